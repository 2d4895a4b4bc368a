"""What did listening to those who answered tell, and what did agents say of them afterwards? Kept by one thread."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sqlalchemy import select

from cti.model.changes import Changed, Kind
from cti.model.words import DialResult
from cti.outbound.amd_advice import Verdict
from cti.outbound.lead import from_one_word
from cti.ports import told_of
from cti.store.amd_tables import amd_verdict
from cti.store.database import Store
from cti.store.row_writer import RETRY_S, RowWriter
from cti.store.tables import attempt
from cti.store.upsert import put

MOST_LOADED = 20_000
_HEARD = (DialResult.HUMAN, DialResult.MACHINE)


class AmdVerdicts(RowWriter[dict[str, Any]]):
    """A ports.Reader. `errors` counts failed tries; `lost`: what came beyond MAX_PENDING, or no database takes."""

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        super().__init__("amd_verdicts", retry_s)
        self._store = store
        self._begin()

    @told_of(Kind.ATTEMPT)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is not Kind.ATTEMPT or changed.new not in _HEARD or not changed.reason:
            return
        heard, _, cause = changed.reason.partition(" ")
        listened_s = changed.seconds or 0.0
        self._put({"attempt": changed.id, "at": changed.at, "heard": heard, "cause": cause, "listened_s": listened_s})

    def _write(self, work: dict[Hashable, dict[str, Any]]) -> None:
        with self._store.engine.begin() as connection:
            put(connection, amd_verdict, list(work.values()), replace=False)


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
