"""What does a newcomer see? The demo centre: Asterisk, the engine, ten agents' phones and callers, live in a terminal.

Starts the engine as any operator does (`cti run`) and looks at it through its control socket: no room of the engine
knows that it is watched.
"""

from __future__ import annotations

from collections.abc import Sequence

from cti.loading import quietly_ended


def main(arguments: Sequence[str]) -> int:
    """Run `cti demo ARGUMENTS`; the exit code (0 done, 1 a call was lost or something failed, 2 wrong words)."""
    with quietly_ended():
        from cti.demo.run import run_demo
        from cti.demo.wishes import read_wishes

    return run_demo(read_wishes(arguments))
