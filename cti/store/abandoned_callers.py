"""Who gave up waiting, and is called back although he did not ask? A row among the requests, where his queue says so.

By a thread of its own; the loop never waits for the disk. It is a courtesy: what comes beyond MAX_PENDING, or had not
been written when the engine died, is lost. Numbers are personal data, and in no message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.model.changes import Changed, Kind
from cti.model.policy import Center
from cti.model.words import Outcome
from cti.ports import told_of
from cti.store.database import Store
from cti.store.tables import callback_request
from cti.store.upsert import put
from cti.store.writer_thread import WriterThread

KIND = "abandoned"
MAX_PENDING = 10_000
RETRY_S = 1.0
_NUMBER = re.compile(r"\+?[0-9]{5,19}")  # nothing shorter is called back: another extension, an emergency call

_log = structlog.get_logger(__name__)


class AbandonedCallers(WriterThread[list[dict[str, Any]]]):
    """A ports.Reader. `errors` counts failed tries, each tried again; `lost`: what came beyond MAX_PENDING."""

    def __init__(self, store: Store, policy: Callable[[], Center], *, retry_s: float = RETRY_S) -> None:
        super().__init__("cti-abandoned", retry_s)
        self.lost = 0
        self._store, self._policy = store, policy
        self._pending: list[dict[str, Any]] = []
        self._begin()

    @told_of(Kind.VISIT)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        row = request_of(changed, self._policy())
        if row is None:
            return
        with self._wake:
            if len(self._pending) >= MAX_PENDING:
                self.lost += 1
                return
            self._pending.append(row)
            self._wake.notify_all()

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try); how many were not written."""
        self._end(timeout_s)
        return len(self._pending)

    def _waits(self) -> bool:
        return bool(self._pending)

    def _take(self) -> list[dict[str, Any]] | None:
        rows, self._pending = self._pending, []
        return rows or None

    def _give_back(self, work: list[dict[str, Any]]) -> None:
        self._pending = [*work, *self._pending]

    def _write(self, work: list[dict[str, Any]]) -> None:
        with self._store.durable.begin() as connection:
            put(connection, callback_request, work, replace=False)

    def _tell_failed(self, work: list[dict[str, Any]], error: SQLAlchemyError) -> None:
        _log.error("abandoned_callers_not_written", count=len(work), error=type(error).__name__)

    def _tell_works_again(self) -> None:
        _log.info("abandoned_callers_written_again")


def request_of(changed: Changed, policy: Center) -> dict[str, Any] | None:
    """Return the row of callback_request for a caller who gave up and is to be called back; None for all else."""
    if changed.kind is not Kind.VISIT or changed.new != Outcome.ABANDONED or changed.outbound:
        return None
    queue = policy.queues.get(changed.queue or "")
    wanted = queue.callback_abandoned if queue is not None else None
    if wanted is None or (changed.wait_s or 0.0) < wanted.min_wait_s:
        return None
    number = changed.caller or ""
    if _NUMBER.fullmatch(number) is None:
        return None
    return {
        "id": f"gave-up-{hashlib.blake2b(changed.id.encode(), digest_size=16).hexdigest()}",
        "at": changed.at,
        "caller": number,
        "number": number,
        "queue": changed.queue,
        "linkedid": "",
        "uniqueid": (changed.call or "")[:150],
        "state": "new",
        "taken_at": changed.at,
        "kind": KIND,
        "since": changed.since,
        "due_at": changed.at + wanted.after_s,
    }
