"""At which moment does the clock on the wall show a time? Wall time of a zone to epoch seconds, over clock changes.

Knows nothing of hours or holidays, and never asks for the present time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60


def first_moment(zone: ZoneInfo, day: date, minute: int) -> float:
    """Return when (epoch s) the clock in `zone` first shows `minute` of `day` (> 1440: on the day after) or more.

    A time that is left out in spring begins where the gap ends.
    """
    return _moment(zone, day, minute, fold=0)


def last_moment(zone: ZoneInfo, day: date, minute: int) -> float:
    """Return the moment from which on the clock never again shows less than `minute` of `day`.

    Of a time that comes twice in autumn it is the second; of the one to which the clock is put back, the first.
    """
    return _moment(zone, day, minute, fold=1)


def local_date(zone: ZoneInfo, now: float) -> date:
    """Return the date that a calendar in `zone` shows at `now` (epoch s)."""
    return datetime.fromtimestamp(now, zone).date()


def day_begins(zone: ZoneInfo, now: float, days: int = 0) -> float:
    """Return when the day begins in `zone` that is `days` after today's (less than 0: before)."""
    return first_moment(zone, local_date(zone, now) + timedelta(days=days), 0)


def date_begins(zone: ZoneInfo, written: str, days: int = 0) -> float:
    """Return when a date written as 2026-12-24 (and `days` later) begins in `zone`. Raises ValueError."""
    return first_moment(zone, date.fromisoformat(written) + timedelta(days=days), 0)


def _moment(zone: ZoneInfo, day: date, minute: int, fold: int) -> float:
    day += timedelta(days=minute // DAY_MINUTES)
    minute %= DAY_MINUTES
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    first, second = wall.timestamp(), wall.replace(fold=1).timestamp()
    if second >= first:  # later: the time comes twice (PEP 495)
        if not fold or second == first:
            return first
        shown = datetime.fromtimestamp(second - 1, zone).replace(tzinfo=None)
        return second if shown < wall.replace(tzinfo=None) else first
    return _end_of_gap(zone, second, first)


def _end_of_gap(zone: ZoneInfo, before: float, after: float) -> float:
    """Return the clock change between two moments (PEP 495: a time in a gap has its two readings around it)."""
    low, high = int(before), int(after)
    new = datetime.fromtimestamp(high, zone).utcoffset()
    if datetime.fromtimestamp(low, zone).utcoffset() == new:
        return float(low)
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == new:
            high = middle
        else:
            low = middle
    return float(high)
