"""What is the person told who waits for a benchmark? On stderr: stdout is the figures'."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """A line."""
    print(text, file=sys.stderr, flush=True)


def say_meanwhile(text: str) -> None:
    """How far it has come: the next one is written over it. A line that is to stay begins with `say("")`."""
    print(f"\r{text}", end="", file=sys.stderr, flush=True)
