"""Which tables hold the sums of whole days? Those of the quarter hours once more, so that a month is few rows.

A day is one of the centre's zone. `counted_day` says which days there are: a report takes the days that lie wholly in
its step, and quarter hours for the rest, so that every zone and every begin is exact.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from cti.store.interval_tables import INTERVALS
from cti.store.tables import metadata

counted_day = Table(  # no two overlap; whatever is added to a quarter hour in one is added to its day too
    "counted_day",
    metadata,
    Column("start", Integer, primary_key=True, autoincrement=False),  # epoch seconds, multiples of INTERVAL_S
    Column("end", Integer, nullable=False),
)


LEFT_OUT = {"agent_interval": ("queue",)}
"""Agents are asked for without queues most of the time, and somebody may be in forty: of queues, quarter hours tell."""


def _of_days(interval: Table) -> Table:
    """The same columns but those of LEFT_OUT; `start` is that of the day."""
    columns = [
        Column(
            column.name,
            column.type,
            primary_key=column.primary_key,
            nullable=column.nullable,
            autoincrement=False,
            server_default=None if column.primary_key else "0",
        )
        for column in interval.columns
        if column.name not in LEFT_OUT.get(interval.name, ())
    ]
    return Table(interval.name.replace("_interval", "_day"), metadata, *columns, sqlite_with_rowid=False)


DAYS = {interval.name: _of_days(interval) for interval in INTERVALS}
"""By the name of the table of quarter hours."""
