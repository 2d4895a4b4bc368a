"""How do live changes get into the store without anybody waiting for it? One thread; the newest state wins.

A change and the line of the audit trail that tells of it are one transaction: neither is there without the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from cti.model.audit import AuditEntry
from cti.store.database import Store
from cti.store.live_changes import LiveChange, save_live_changes
from cti.store.writer_thread import WriterThread

MAX_ENTRIES = 10_000
RETRY_S = 1.0


@dataclass
class _Owed:
    """What the store does not have yet: a whole state, who changed what on the way to it, and who waits for it."""

    changes: tuple[LiveChange, ...]
    entries: list[AuditEntry] = field(default_factory=list)
    waiting: list[Future[None]] = field(default_factory=list)


class LiveChangeWriter(WriterThread[_Owed]):
    """Stores live changes, again and again until it has worked. `errors`: failed tries; `lost`: entries of the audit
    trail that found no room. `stored`: what the store is known to have, by path.
    """

    def __init__(self, store: Store, stored: Iterable[LiveChange], *, retry_s: float = RETRY_S) -> None:
        super().__init__("live_changes", retry_s)
        self.stored = {change.path: change for change in stored}
        self._store = store
        self._owed: _Owed | None = None
        self._writing = self._refused = False
        self._begin()

    @property
    def is_behind(self) -> bool:
        """Whether the store does not have the newest state yet."""
        with self._wake:
            return self._writing or self._refused or self._owed is not None

    def keep(self, changes: Iterable[LiveChange], entry: AuditEntry | None = None) -> Future[None]:
        """These and no others from now on; returns at once. The future is done when they are stored durably.

        It raises where no database takes them: they hold until a restart.
        """
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

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try, at most `timeout_s`); 1: the store does not have the newest state."""
        self._end(timeout_s)
        return int(self.is_behind)

    def _add(self, owed: _Owed, entries: Iterable[AuditEntry]) -> None:
        for entry in entries:
            if len(owed.entries) < MAX_ENTRIES:
                owed.entries.append(entry)
            else:
                self.lost += 1

    def _waits(self) -> bool:
        return self._owed is not None

    def _take(self) -> _Owed | None:
        owed, self._owed = self._owed, None
        self._writing = owed is not None
        return owed

    def _give_back(self, work: _Owed) -> None:
        self._writing = False
        newer = self._owed or _Owed(work.changes)
        self._owed = _Owed(newer.changes, work.entries, work.waiting + newer.waiting)
        self._add(self._owed, newer.entries)

    def _write(self, work: _Owed) -> None:
        save_live_changes(self._store, work.changes, work.entries)
        self.stored = {change.path: change for change in work.changes}
        self._refused = False

    def _lose(self, work: _Owed, error: Exception) -> None:
        super()._lose(work, error)
        self._refused = True
        for each in work.waiting:
            if each.set_running_or_notify_cancel():
                each.set_exception(error)

    def _done_with(self, work: _Owed | None) -> None:
        self._writing = False

    def _afterwards(self, work: _Owed | None) -> None:
        for each in work.waiting if work is not None else ():
            if not each.done() and each.set_running_or_notify_cancel():
                each.set_result(None)

    def _size(self, work: _Owed) -> int:
        return max(1, len(work.entries))
