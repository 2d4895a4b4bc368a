"""How do follow-ups get from the stream of facts into the store? By one thread; the loop never waits for the disk."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from cti.model.changes import Changed, Kind
from cti.ports import Part, told_of
from cti.store import follow_up
from cti.store.database import Store
from cti.store.row_writer import RETRY_S, RowWriter


class FollowUpWriter(RowWriter[Changed]):
    """A ports.Reader, and an api FollowUps. `errors` counts failed tries.

    `lost`: what came beyond MAX_PENDING, and what no database takes.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        super().__init__("follow_ups", retry_s)
        self._store = store
        self._begin()

    @told_of(Kind.FOLLOW_UP)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is Kind.FOLLOW_UP:
            self._put(changed)

    def load(
        self,
        *,
        owner: str,
        done: bool,
        limit: int,
        after: tuple[float, int] | None = None,
        part: Part | None = None,
    ) -> list[dict[str, Any]]:
        """See store/follow_up.load; blocks. Raises SQLAlchemyError."""
        self.flush()
        return follow_up.load(self._store, owner=owner, done=done, limit=limit, after=after, part=part)

    def one(self, number: int) -> dict[str, Any] | None:
        """Return one, open or done; None if there is none; blocks. Raises SQLAlchemyError."""
        self.flush()
        return follow_up.one(self._store, number)

    def finish(self, number: int, outcome: str, by: str, now: float) -> bool | None:
        """Close one; False if it was done before, None if there is none; blocks. Raises SQLAlchemyError."""
        return follow_up.finish(self._store, number, outcome, by, now)

    def _write(self, work: dict[Hashable, Changed]) -> None:
        follow_up.open_told(self._store, list(work.values()))
