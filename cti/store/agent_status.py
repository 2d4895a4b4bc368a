"""What had each agent chosen when the engine stopped? Written from the Changed stream, read back at the start.

One thread writes; the loop never waits for the disk. Only the newest status of an agent matters, so what waits to be
written is bounded by the number of agents.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sqlalchemy import select

from cti.model.changes import Changed, Kind
from cti.model.events import AgentRestored
from cti.model.words import AgentId, AgentStatus
from cti.ports import told_of
from cti.store.database import Store
from cti.store.row_writer import RETRY_S, RowWriter
from cti.store.tables import agent_status
from cti.store.upsert import put

Row = dict[str, Any]


def load_agent_status(store: Store) -> list[AgentRestored]:
    """What the store remembers, as events for the core; unknown words are left out. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        rows = connection.execute(select(agent_status).order_by(agent_status.c.agent)).all()
    known = {status.value for status in AgentStatus}
    return [
        AgentRestored(AgentId(row.agent), AgentStatus(row.status), row.reason, row.since)
        for row in rows
        if row.status in known
    ]


class AgentStatusWriter(RowWriter[Row]):
    """A ports.Reader that keeps agents' status in the store. `errors` counts failed tries; each is tried again."""

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        super().__init__("agent_status", retry_s)
        self._store = store
        self._begin()

    @told_of(Kind.STATUS)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is not Kind.STATUS or changed.cause == "AgentRestored":
            return
        agent = changed.agent or changed.id
        self._put({"agent": agent, "status": changed.new, "reason": changed.reason or "", "since": changed.at}, agent)

    def _write(self, work: dict[Hashable, Row]) -> None:
        with self._store.engine.begin() as connection:
            put(connection, agent_status, list(work.values()), replace=True)
