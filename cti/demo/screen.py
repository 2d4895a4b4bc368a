"""Where does the picture go? Into a terminal, drawn anew; or line by line into whatever stdout is.

A terminal that was closed meanwhile is no error: there is nobody to show it to.
"""

from __future__ import annotations

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
    def show(self, snapshot: Mapping[str, Any], facts: Facts) -> None:
        """Show this moment."""


class LiveScreen:
    """The whole terminal, drawn anew at each `show`."""

    def __init__(self, console: Console, live: Live) -> None:
        self._console = console
        self._live = live

    def show(self, snapshot: Mapping[str, Any], facts: Facts) -> None:
        with suppress(OSError):
            size = self._console.size
            self._live.update(picture(snapshot, facts, size.width, size.height), refresh=True)


class LineScreen:
    """A line every 5 s."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def show(self, snapshot: Mapping[str, Any], facts: Facts) -> None:
        if facts.up_s >= self._next_s:
            self._next_s = (facts.up_s // LINE_EVERY_S + 1) * LINE_EVERY_S
            say(line(snapshot, facts))


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


def say(text: str) -> None:
    """One line for the person, if he is still there."""
    with suppress(OSError):
        print(text, flush=True)
