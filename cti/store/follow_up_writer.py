"""How do follow-ups get from the stream of facts into the store? By one thread; the loop never waits for the disk."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.model.changes import Changed, Kind
from cti.ports import told_of
from cti.store import follow_up
from cti.store.database import Store

MAX_PENDING = 10_000
RETRY_S = 1.0

_log = structlog.get_logger(__name__)


class FollowUpWriter:
    """A ports.Reader, and an api FollowUps. `errors` counts failed tries, each tried again.

    `lost`: what came beyond MAX_PENDING.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        self.errors = self.lost = self.opened = 0
        self._store, self._retry_s = store, retry_s
        self._pending: list[Changed] = []
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="cti-follow-up", daemon=True)
        self._thread.start()

    @told_of(Kind.FOLLOW_UP)
    def apply(self, changed: Changed) -> None:
        """Take in one fact; returns at once. Never raises."""
        if changed.kind is not Kind.FOLLOW_UP:
            return
        with self._wake:
            if len(self._pending) >= MAX_PENDING:
                self.lost += 1
                return
            self._pending.append(changed)
            self._wake.notify_all()

    def load(
        self, *, owner: str, done: bool, limit: int, after: tuple[float, int] | None = None
    ) -> list[dict[str, Any]]:
        """See store/follow_up.load; blocks. Raises SQLAlchemyError."""
        self._flush()
        return follow_up.load(self._store, owner=owner, done=done, limit=limit, after=after)

    def one(self, number: int) -> dict[str, Any] | None:
        """Return one, open or done; None if there is none; blocks. Raises SQLAlchemyError."""
        self._flush()
        return follow_up.one(self._store, number)

    def finish(self, number: int, outcome: str, by: str, now: float) -> bool | None:
        """Close one; False if it was done before, None if there is none; blocks. Raises SQLAlchemyError."""
        return follow_up.finish(self._store, number, outcome, by, now)

    def _flush(self, timeout_s: float = 1.0) -> None:
        """Wait for what came before."""
        with self._wake:
            self._wake.wait_for(lambda: not self._pending, timeout=timeout_s)

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try); how many were not written."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(timeout_s)
        return len(self._pending)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._pending or self._closing)
                rows, last = list(self._pending), self._closing
            written = not rows or self._try(rows)
            with self._wake:
                if written:
                    del self._pending[: len(rows)]
                    self._wake.notify_all()
                elif not last:
                    self._wake.wait_for(lambda: self._closing, timeout=self._retry_s)
                if last and not (written and self._pending):
                    return

    def _try(self, told: list[Changed]) -> bool:
        try:
            self.opened += follow_up.open_told(self._store, told)
        except SQLAlchemyError as error:
            if not self.errors:
                _log.error("follow_ups_not_written", count=len(told), error=type(error).__name__)
            self.errors += 1
            return False
        return True
