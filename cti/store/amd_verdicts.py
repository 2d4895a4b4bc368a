"""What did listening to those who answered tell, and what did agents say of them afterwards? Kept by one thread."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cti.model.changes import Changed, Kind
from cti.model.words import DialResult
from cti.outbound.amd_advice import Verdict
from cti.outbound.lead import from_one_word
from cti.ports import told_of
from cti.store.amd_tables import amd_verdict
from cti.store.database import Store
from cti.store.tables import attempt
from cti.store.upsert import put
from cti.store.writer_thread import WriterThread

MAX_PENDING = 10_000
MOST_LOADED = 20_000
RETRY_S = 1.0
_HEARD = (DialResult.HUMAN, DialResult.MACHINE)

_log = structlog.get_logger(__name__)


class AmdVerdicts(WriterThread[list[dict[str, Any]]]):
    """A ports.Reader. `errors` counts failed tries, each tried again; `lost`: what came beyond MAX_PENDING."""

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        super().__init__("cti-amd", retry_s)
        self.lost = 0
        self._store = store
        self._pending: list[dict[str, Any]] = []
        self._begin()

    @told_of(Kind.ATTEMPT)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is not Kind.ATTEMPT or changed.new not in _HEARD or not changed.reason:
            return
        heard, _, cause = changed.reason.partition(" ")
        with self._wake:
            if len(self._pending) >= MAX_PENDING:
                self.lost += 1
                return
            seconds = changed.seconds or 0.0
            row = {"attempt": changed.id, "at": changed.at, "heard": heard, "cause": cause, "listened_s": seconds}
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
        with self._store.engine.begin() as connection:
            put(connection, amd_verdict, work, replace=False)

    def _tell_failed(self, work: list[dict[str, Any]], error: SQLAlchemyError) -> None:
        _log.error("amd_verdicts_not_written", count=len(work), error=type(error).__name__)

    def _tell_works_again(self) -> None:
        _log.info("amd_verdicts_written_again")


def verdicts_of(store: Store, campaign: str) -> list[Verdict]:
    """The newest verdicts of a campaign, with what agents noted. Blocks. Raises SQLAlchemyError."""
    query = select(amd_verdict.c.heard, amd_verdict.c.cause, amd_verdict.c.listened_s, attempt.c.result)
    query = query.join_from(amd_verdict, attempt, attempt.c.id == amd_verdict.c.attempt)
    query = query.where(attempt.c.campaign == campaign).order_by(amd_verdict.c.at.desc()).limit(MOST_LOADED)
    with store.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [Verdict(row.heard, row.cause, row.listened_s, from_one_word(_known(row.result))[1]) for row in rows]


def _known(result: str) -> str:
    """The switch's own word for a person is no disposition."""
    return "" if result in tuple(DialResult) else result
