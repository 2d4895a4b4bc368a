"""Which numbers do facts have in the history? In order of time, and never the same from two engines on one database.

A number is a count and the engine that gave it. The count is the time in parts of a millisecond, or one more than the
last where that is later: a burst runs ahead of the clock, and a clock that was set back is not followed.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from cti.store.database import Store
from cti.store.history_facts import Rows
from cti.store.tables import agent_fact, contact_fact, history_engine

ENGINES = 1024  # so many starts later an engine gets the same place again
PER_MS = 256  # counts: with the engines some 2**59 in our time, and 2**63 is the end


class FactNumbers:
    """The counts of one engine, begun at `now` (epoch seconds). Raises SQLAlchemyError."""

    def __init__(self, store: Store, now: float) -> None:
        self.start = _enter(store, now)  # its row of history_engine
        self.last = max(_count(now), _newest(store) // ENGINES)

    def take(self, at: float, how_many: int = 1) -> int:
        """The count for a fact of the time `at`, or the first of `how_many` that follow one another."""
        first, counted = self.last + 1, _count(at)
        first = counted if counted > first else first
        self.last = first + how_many - 1
        return first

    def give(self, rows: Rows) -> Rows:
        """Make numbers of the counts in `rows`."""
        engine = self.start % ENGINES
        rows.contact_fact = [(each[0] * ENGINES + engine, *each[1:]) for each in rows.contact_fact]
        rows.agent_fact = [(each[0] * ENGINES + engine, *each[1:]) for each in rows.agent_fact]
        return rows


def _count(at: float) -> int:
    return int(at * 1000) * PER_MS


def _enter(store: Store, now: float) -> int:
    """The row of an engine that starts."""
    with store.engine.begin() as connection:
        found = connection.execute(insert(history_engine).values(at=now)).inserted_primary_key
        assert found is not None
        connection.execute(delete(history_engine).where(history_engine.c.id <= found[0] - ENGINES))
    return int(found[0])


def _newest(store: Store) -> int:
    with store.engine.connect() as connection:
        found = [connection.execute(select(func.max(table.c.id))).scalar() for table in (contact_fact, agent_fact)]
    return max((number for number in found if number is not None), default=0)
