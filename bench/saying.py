"""What is the person told who waits for a benchmark? On stderr: stdout is the figures'."""

from __future__ import annotations

import math
import sys
import time

LINE_EVERY_S = 10.0


def say(text: str) -> None:
    """A line."""
    print(text, file=sys.stderr, flush=True)


class Meanwhile:
    """How far has it come? At a terminal each is written over the last one; a file gets a line now and then."""

    def __init__(self) -> None:
        self._told_at = -math.inf

    def __call__(self, text: str) -> None:
        """A line that is to stay begins with `say("")`."""
        if sys.stderr.isatty():
            print(f"\r{text}", end="", file=sys.stderr, flush=True)
        elif (now := time.monotonic()) - self._told_at >= LINE_EVERY_S:
            self._told_at = now
            say(text.strip())


say_meanwhile = Meanwhile()
