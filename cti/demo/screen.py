"""Where does the picture go? Into a terminal, drawn anew; or line by line into whatever stdout is.

A terminal that was closed meanwhile is no error, but the end: there is nobody to show it to. SIGHUP alone does not
tell: it reaches the leader of the session only, which may be a `make` that waits for us [measured].
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live

from cti.demo.facts import Facts
from cti.demo.lines import line
from cti.demo.picture import picture

LINE_EVERY_S = 5.0


class Screen(Protocol):
    def show(self, snapshot: Mapping[str, Any], facts: Facts) -> bool:
        """Show this moment; False where nobody can see it any more."""


class LiveScreen:
    """The whole terminal, drawn anew at each `show`."""

    def __init__(self, console: Console, live: Live) -> None:
        self._console = console
        self._live = live

    def show(self, snapshot: Mapping[str, Any], facts: Facts) -> bool:
        if not self._console.is_terminal:  # no longer: a terminal that was hung up is none
            return False
        size = self._console.size
        try:
            self._live.update(picture(snapshot, facts, size.width, size.height), refresh=True)
        except OSError:
            return False
        return True


class LineScreen:
    """A line every 5 s."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def show(self, snapshot: Mapping[str, Any], facts: Facts) -> bool:
        if facts.up_s < self._next_s:
            return True
        self._next_s = (facts.up_s // LINE_EVERY_S + 1) * LINE_EVERY_S
        return say(line(snapshot, facts))


@contextmanager
def open_screen(*, plain: bool) -> Iterator[Screen]:
    """The screen for this stdout; on the way out the terminal is as it was."""
    console = Console(highlight=False)
    if plain or not console.is_terminal or console.is_dumb_terminal:
        yield LineScreen()
        return
    live = Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
    live.start()
    try:
        yield LiveScreen(console, live)
    finally:
        with suppress(OSError):
            live.stop()


def say(text: str) -> bool:
    """One line for the person; False where he is gone."""
    try:
        print(text, flush=True)
    except OSError:
        # What is still in the buffer would be tried again at exit, and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return False
    return True
