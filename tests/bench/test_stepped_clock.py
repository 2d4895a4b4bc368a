"""A clock that somebody else can shift: seen by this process at once, in both directions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench.stepped_clock import shift_wall_clock, step

pytestmark = pytest.mark.unit


def test_a_step_is_seen_at_once_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    true = time.time
    monkeypatch.setattr(time, "time", true)  # and put back afterwards
    step(tmp_path / "clock", 0.0)
    shift_wall_clock(tmp_path / "clock")
    for by_s in (3600.0, -60.0, 0.0):
        step(tmp_path / "clock", by_s)
        before = true()
        shown = time.time() - by_s
        assert before - 1e-3 <= shown <= true() + 1e-3  # a double of this size has microseconds
