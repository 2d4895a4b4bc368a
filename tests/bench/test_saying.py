"""Where does a benchmark tell how far it has come?"""

from __future__ import annotations

import io
import sys
import time

import pytest

from bench.saying import LINE_EVERY_S, Meanwhile

pytestmark = pytest.mark.unit


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_written_over_and_a_file_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(place: io.StringIO) -> str:
        now = [50.0]
        monkeypatch.setattr(sys, "stderr", place)
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        meanwhile = Meanwhile()
        for day in range(1, 4):
            meanwhile(f" day {day}")
            now[0] += LINE_EVERY_S / 2
        return place.getvalue()

    assert told(Terminal()) == "\r day 1\r day 2\r day 3"
    assert told(io.StringIO()) == "day 1\nday 3\n"
