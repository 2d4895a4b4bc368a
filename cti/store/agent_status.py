"""What had each agent chosen when the engine stopped? Written from the Changed stream, read back at the start.

One thread writes; the loop never waits for the disk. Only the newest status of an agent matters, so what waits to be
written is bounded by the number of agents.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from cti.model.changes import Changed, Kind
from cti.model.events import AgentRestored
from cti.model.words import AgentId, AgentStatus
from cti.store.database import Store
from cti.store.tables import agent_status

RETRY_S = 1.0

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


class StoreWriter:
    """A ports.Reader that keeps agents' status in the store. `errors` counts failed tries; each is tried again.

    `close()` writes what is left (one last try, at most `timeout_s`) and returns the number of statuses not written.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        self.errors = self.written = 0
        self._store = store
        self._retry_s = retry_s
        self._pending: dict[str, dict[str, Any]] = {}
        self._wake = threading.Condition()
        self._closing = False
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="cti-store", daemon=True)
        self._thread.start()

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
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout_s)
        return len(self._pending)

    def trouble(self) -> str | None:
        """What a person should know, or None."""
        return f"store: {len(self._pending)} agents' status not written yet" if self._failing else None

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._pending or self._closing)
                rows, self._pending = self._pending, {}
                last = self._closing
            if rows and not self._try(rows):
                with self._wake:
                    self._pending = rows | self._pending
                    if not last:
                        self._wake.wait_for(lambda: self._closing, timeout=self._retry_s)
            if last:
                return

    def _try(self, rows: Mapping[str, dict[str, Any]]) -> bool:
        try:
            with self._store.engine.begin() as connection:
                connection.execute(delete(agent_status).where(agent_status.c.agent.in_(list(rows))))
                connection.execute(insert(agent_status), list(rows.values()))
        except SQLAlchemyError as error:
            self.errors += 1
            if not self._failing:
                _log.error("agent_status_not_written", agents=len(rows), error=type(error).__name__)
            self._failing = True
            return False
        if self._failing:
            _log.warning("agent_status_written_again", errors=self.errors)
        self._failing = False
        self.written += len(rows)
        return True
