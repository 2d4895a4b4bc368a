"""How do whole days stay the sums of their quarter hours? Added to in the same transaction, and made from them first.

A day is begun by whoever adds the first sums to one that is not counted: it is made of the quarter hours that are
there. Two engines (PostgreSQL): one makes the day, and whoever has not seen it waits for that, and adds his own to it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, delete, func, insert, select

from cti.store.day_tables import DAYS, counted_day
from cti.store.interval_tables import GREATEST, INTERVAL_S, INTERVALS

_LOCK = 0x637471  # PostgreSQL advisory lock: "cti, q"


class Day(NamedTuple):
    """From `start` to `end` (epoch seconds), the end left out."""

    start: int
    end: int


def day_of(start: int, zone: str) -> Day:
    """The day of `zone` that the quarter hour is in."""
    where = ZoneInfo(zone)
    day = datetime.fromtimestamp(start, where).date()
    begin, end = (datetime.combine(each, time(), where).timestamp() for each in (day, day + timedelta(days=1)))
    return Day(int(begin // INTERVAL_S) * INTERVAL_S, int(end // INTERVAL_S) * INTERVAL_S)


def counted(connection: Connection, begin: float, end: float) -> list[Day]:
    """The counted days that lie wholly between `begin` and `end`, in order. Raises SQLAlchemyError."""
    wanted = (counted_day.c.start >= begin, counted_day.c.end <= end)
    return [Day(*row) for row in connection.execute(select(counted_day).where(*wanted).order_by(counted_day.c.start))]


def days_of(connection: Connection, starts: Sequence[int], zone: str) -> dict[int, Day]:
    """The counted day of each quarter hour of `starts`; days that are missing are made, and left out here.

    To be asked in the transaction that has written these quarter hours, after that: a day that is made has them.
    """
    found, missing = _look(connection, starts)
    if missing:
        _lock(connection)
        found, missing = _look(connection, starts)
    while missing:
        made = begin_day(connection, missing[0], zone)
        missing = [start for start in missing if not made.start <= start < made.end]
    return found


def begin_day(connection: Connection, start: int, zone: str) -> Day:
    """Make the day of `zone` that `start` is in out of its quarter hours; where another zone's day is, it is shorter.

    `start` is in no counted day. Raises SQLAlchemyError.
    """
    day, days = day_of(start, zone), counted_day.c
    before = connection.execute(select(func.max(days.end)).where(days.end <= start, days.end > day.start)).scalar()
    after = connection.execute(select(func.min(days.start)).where(days.start > start, days.start < day.end)).scalar()
    day = Day(before or day.start, after or day.end)
    connection.execute(insert(counted_day).values(start=day.start, end=day.end))
    for table in INTERVALS:
        connection.execute(_sum_of(table, day))
    return day


def make_older(connection: Connection, before: int, zone: str) -> bool:
    """Make the newest day that has sums before `before` and is not counted (of an earlier version); False: none."""
    first = min(_firsts(connection), default=before)
    earlier = select(counted_day).where(counted_day.c.start < before).order_by(counted_day.c.start)
    days, at = [Day(*row) for row in connection.execute(earlier)], before
    while at > first:
        if days and days[-1].end >= at:
            at = days.pop().start
            continue
        gap = days[-1].end if days else first
        newest = (
            connection.scalar(select(func.max(table.c.start)).where(table.c.start >= gap, table.c.start < at))
            for table in INTERVALS
        )
        found = max((start for start in newest if start is not None), default=None)
        if found is not None:
            _lock(connection)
            if _look(connection, [found])[1]:
                begin_day(connection, found, zone)
            return True
        at = gap
    return False


def forget_quarters(connection: Connection, before: int) -> int:
    """Delete the quarter hours of the oldest counted day that ended until `before` and has some; how many rows."""
    oldest = min(_firsts(connection), default=before)
    wanted = (counted_day.c.end > oldest, counted_day.c.end <= before)
    day = connection.execute(select(counted_day).where(*wanted).order_by(counted_day.c.start).limit(1)).first()
    if day is None or oldest < day.start:  # what is in no day stays: it is nowhere else
        return 0
    return sum(
        connection.execute(delete(table).where(table.c.start >= day.start, table.c.start < day.end)).rowcount
        for table in INTERVALS
    )


def _firsts(connection: Connection) -> list[int]:
    starts = (connection.scalar(select(func.min(table.c.start))) for table in INTERVALS)
    return [start for start in starts if start is not None]


def _look(connection: Connection, starts: Sequence[int]) -> tuple[dict[int, Day], list[int]]:
    if not starts:
        return {}, []
    wanted = (counted_day.c.start <= max(starts), counted_day.c.end > min(starts))
    days = [Day(*row) for row in connection.execute(select(counted_day).where(*wanted).order_by(counted_day.c.start))]
    begins, found, missing = [day.start for day in days], {}, []
    for start in starts:
        place = bisect_right(begins, start) - 1
        if place >= 0 and start < days[place].end:
            found[start] = days[place]
        else:
            missing.append(start)
    return found, missing


def _sum_of(table: Table, day: Day) -> Any:
    keys = [column for column in table.primary_key if column.name != "start" and column.name in DAYS[table.name].c]
    names = [column for column in table.columns if column.name not in table.primary_key.columns]
    start = select(counted_day.c.start).where(counted_day.c.start == day.start).scalar_subquery()
    sums = [(func.max if column.name in GREATEST else func.sum)(column) for column in names]
    asked = select(start, *keys, *sums).where(table.c.start >= day.start, table.c.start < day.end).group_by(*keys)
    columns = ["start", *(column.name for column in (*keys, *names))]
    return insert(DAYS[table.name]).from_select(columns, asked)


def _lock(connection: Connection) -> None:
    """Days are made one after the other: who has waited finds the day that the other made. SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
