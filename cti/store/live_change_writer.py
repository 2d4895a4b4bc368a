"""How do live changes get into the store without anybody waiting for it? One thread; the newest state wins.

A change and the line of the audit trail that tells of it are one transaction: neither is there without the other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.model.audit import AuditEntry
from cti.store.database import Store
from cti.store.live_changes import LiveChange, save_live_changes

MAX_ENTRIES = 10_000
RETRY_S = 1.0

_log = structlog.get_logger(__name__)


@dataclass
class _Owed:
    """What the store does not have yet: a whole state, who changed what on the way to it, and who waits for it."""

    changes: tuple[LiveChange, ...]
    entries: list[AuditEntry] = field(default_factory=list)
    waiting: list[Future[None]] = field(default_factory=list)


class LiveChangeWriter:
    """Stores live changes, again and again until it has worked. `errors`: failed tries; `lost`: entries of the audit
    trail that found no room. `stored`: what the store is known to have, by path.
    """

    def __init__(self, store: Store, stored: Iterable[LiveChange], *, retry_s: float = RETRY_S) -> None:
        self.errors = self.lost = 0
        self.stored = {change.path: change for change in stored}
        self._store, self._retry_s = store, retry_s
        self._owed: _Owed | None = None
        self._wake = threading.Condition()
        self._closing = self._failing = self._writing = False
        self._thread = threading.Thread(target=self._run, name="cti-live-changes", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether the store does not have the newest state yet."""
        with self._wake:
            return self._writing or self._owed is not None

    def keep(self, changes: Iterable[LiveChange], entry: AuditEntry | None = None) -> Future[None]:
        """These and no others from now on; returns at once. The future is done when they are stored durably."""
        stored: Future[None] = Future()
        with self._wake:
            before = self._owed
            owed = self._owed = _Owed(tuple(changes))
            if before is not None:
                owed.entries, owed.waiting = before.entries, [each for each in before.waiting if not each.done()]
            owed.waiting.append(stored)
            if entry is not None:
                self._add(owed, [entry])
            self._wake.notify_all()
        return stored

    def close(self, timeout_s: float = 5.0) -> bool:
        """Write what is left (one last try, at most `timeout_s`); whether the store has all of it."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(timeout_s)
        return not self.is_behind

    def _add(self, owed: _Owed, entries: Iterable[AuditEntry]) -> None:
        for entry in entries:
            if len(owed.entries) < MAX_ENTRIES:
                owed.entries.append(entry)
            else:
                self.lost += 1

    def _owe(self, older: _Owed) -> None:
        """Put back what could not be written, behind what has come since."""
        newer = self._owed or _Owed(older.changes)
        self._owed = _Owed(newer.changes, older.entries, older.waiting + newer.waiting)
        self._add(self._owed, newer.entries)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._owed is not None or self._closing)
                owed, self._owed, last = self._owed, None, self._closing
                self._writing = owed is not None
            written = owed is None or self._try(owed)
            with self._wake:
                self._writing = False
                if owed is not None and not written:
                    self._owe(owed)
                    if not last:
                        self._wake.wait_for(lambda: self._closing, timeout=self._retry_s)
            if owed is not None and written:
                for each in owed.waiting:
                    if each.set_running_or_notify_cancel():
                        each.set_result(None)
            if last:
                return

    def _try(self, owed: _Owed) -> bool:
        try:
            save_live_changes(self._store, owed.changes, owed.entries)
        except SQLAlchemyError as error:
            self.errors += 1
            if not self._failing:
                _log.error("live changes are not stored, and tried again", error=type(error).__name__)
            self._failing = True
            return False
        if self._failing:
            _log.warning("live changes are stored again", errors=self.errors)
        self._failing = False
        self.stored = {change.path: change for change in owed.changes}
        return True
