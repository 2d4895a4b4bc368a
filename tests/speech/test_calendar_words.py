"""Are dates dates? Compared with Python's own calendar."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.speech.calendar_words import split_day, split_time

pytestmark = pytest.mark.unit


@settings(deadline=None)
@given(st.dates())
def test_weekdays(day: date) -> None:
    assert split_day(day.isoformat()) == (day.year, day.month, day.day, day.isoweekday() % 7)


@settings(deadline=None)
@given(st.integers(0, 2200), st.integers(0, 14), st.integers(0, 33))
def test_days_that_no_calendar_has(year: int, month: int, day: int) -> None:
    text = f"{year:04d}-{month:02d}-{day:02d}"
    real = False
    with contextlib.suppress(ValueError):
        real = bool(date(year, month, day))
    if real:
        assert split_day(text).day == day
    else:
        with pytest.raises(ValueError, match="date"):
            split_day(text)


def test_times() -> None:
    assert split_time("23:59") == (23, 59)
    for wrong in ("24:00", "9:00", "12:60", "noon", ""):
        with pytest.raises(ValueError, match="time"):
            split_time(wrong)
