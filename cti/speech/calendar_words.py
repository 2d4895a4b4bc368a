"""Is a text a date or a time, and which parts has it? Civil arithmetic only: no zone, no clock, not even `datetime`."""

from __future__ import annotations

import re
from typing import NamedTuple

DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
TIME = re.compile(r"([0-9]{2}):([0-9]{2})")
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SAKAMOTO = (0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4)  # offsets of the months; Tomohiko Sakamoto's weekday method, 1992


class Day(NamedTuple):
    """A date of the Gregorian calendar; the weekday counts from Sunday = 0, as Asterisk's digits/day-N does."""

    year: int
    month: int
    day: int
    weekday_from_sunday: int


def split_day(text: str) -> Day:
    """Return the parts of `2026-11-25`. Raises ValueError where it is no date."""
    match = DATE.fullmatch(text)
    if match is None:
        raise ValueError("not a date such as 2026-11-25")
    year, month, day = (int(part) for part in match.groups())
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        raise ValueError("a date that no calendar has")
    shifted = year - 1 if month < 3 else year
    weekday = (shifted + shifted // 4 - shifted // 100 + shifted // 400 + SAKAMOTO[month - 1] + day) % 7
    return Day(year, month, day, weekday)


def split_time(text: str) -> tuple[int, int]:
    """Return hour and minute of `14:05`. Raises ValueError where it is no time of a day."""
    match = TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError("not a time such as 14:05")
    return int(match[1]), int(match[2])


def _days_in(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap else MONTH_DAYS[month - 1]
