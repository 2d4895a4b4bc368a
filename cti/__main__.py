"""`python -m cti` is `cti`. How does a signal end what has only begun to load? In words and with 0, as at any time."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

from cti.loading import quietly_ended


def main() -> None:
    """Be the command `cti`."""
    if sys.argv[1:2] == ["run"]:  # its own handlers come with the loop, a second or more from now
        signal.signal(signal.SIGHUP, _read_anyway)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop_loading)
    with quietly_ended():
        from cti.cli.main import app

    app(prog_name="cti")


def _stop_loading(_number: int, _frame: FrameType | None) -> NoReturn:
    print("engine stops before it has started", file=sys.stderr)
    raise SystemExit(0)


def _read_anyway(_number: int, _frame: FrameType | None) -> None:
    """The file will be read: a request to read it again must not end the process, as it does where nobody listens."""


if __name__ == "__main__":
    main()
