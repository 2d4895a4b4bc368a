"""What had each agent chosen when the engine stopped? Written from the Changed stream, read back at the start.

One thread writes; the loop never waits for the disk. Only the newest status of an agent matters, so what waits to be
written is bounded by the number of agents.
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cti.model.changes import Changed, Kind
from cti.model.events import AgentRestored
from cti.model.words import AgentId, AgentStatus
from cti.ports import told_of
from cti.store.database import Store
from cti.store.tables import agent_status
from cti.store.upsert import put
from cti.store.writer_thread import WriterThread

RETRY_S = 1.0

Row = dict[str, Any]

_log = structlog.get_logger(__name__)


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


class StoreWriter(WriterThread[dict[str, Row]]):
    """A ports.Reader that keeps agents' status in the store. `errors` counts failed tries; each is tried again.

    `close()` writes what is left (one last try, at most `timeout_s`) and returns the number of statuses not written.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        super().__init__("cti-store", retry_s)
        self.written = 0
        self._store = store
        self._pending: dict[str, Row] = {}
        self._begin()

    @told_of(Kind.STATUS)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is not Kind.STATUS or changed.cause == "AgentRestored":
            return
        agent = changed.agent or changed.id
        row = {"agent": agent, "status": changed.new, "reason": changed.reason or "", "since": changed.at}
        with self._wake:
            self._pending[agent] = row
            self._wake.notify()

    def close(self, timeout_s: float = 5.0) -> int:
        self._end(timeout_s)
        return len(self._pending)

    def trouble(self) -> str | None:
        """What a person should know, or None."""
        return f"store: {len(self._pending)} agents' status not written yet" if self._failing else None

    def _waits(self) -> bool:
        return bool(self._pending)

    def _take(self) -> dict[str, Row] | None:
        rows, self._pending = self._pending, {}
        return rows or None

    def _give_back(self, work: dict[str, Row]) -> None:
        self._pending = work | self._pending

    def _write(self, work: dict[str, Row]) -> None:
        with self._store.engine.begin() as connection:
            put(connection, agent_status, list(work.values()), replace=True)
        self.written += len(work)

    def _tell_failed(self, work: dict[str, Row], error: SQLAlchemyError) -> None:
        _log.error("agent_status_not_written", agents=len(work), error=type(error).__name__)

    def _tell_works_again(self) -> None:
        _log.warning("agent_status_written_again", errors=self.errors)
