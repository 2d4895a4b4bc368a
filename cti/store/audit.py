"""Who asked for what, when, and what came of it? Appended by one thread; the loop never waits for the disk.

Append-only: nothing here changes or deletes a row.
"""

from __future__ import annotations

import pwd
import threading
from collections import deque
from typing import Any

import msgspec
import structlog
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from cti.model.audit import AuditEntry
from cti.store.database import Store
from cti.store.tables import audit

MAX_PENDING = 10_000
RETRY_S = 1.0
SETTLE_S = 1.0  # so long a reader waits for what is being written
MAX_CHARS = {"user": 64, "by": 64, "what": 32, "on": 160, "detail": 2000, "result": 16, "reason": 200}

_log = structlog.get_logger(__name__)


class AuditLog:
    """The table and the thread that writes it. `errors` counts failed tries, `lost` entries beyond MAX_PENDING."""

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        self.errors = self.lost = 0
        self._store = store
        self._retry_s = retry_s
        self._pending: deque[AuditEntry] = deque()
        self._changed = threading.Condition()
        self._closing = self._failing = False
        self._thread = threading.Thread(target=self._run, name="cti-audit", daemon=True)
        self._thread.start()

    def add(self, entry: AuditEntry) -> None:
        """Take in one entry; returns at once. Never raises."""
        with self._changed:
            if len(self._pending) >= MAX_PENDING:
                self.lost += 1
                return
            self._pending.append(entry)
            self._changed.notify_all()

    def newest(self, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        """Return the newest entries (older than number `before`), the newest first. Blocks. Raises SQLAlchemyError."""
        with self._changed:
            self._changed.wait_for(lambda: not self._pending, timeout=SETTLE_S)
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [{**row, "detail": msgspec.json.decode(row["detail"])} for row in rows]

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try); the number of entries not written."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return len(self._pending)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._closing)
                entries, last = list(self._pending), self._closing
            written = not entries or self._try(entries)
            with self._changed:
                if written:
                    for _ in entries:
                        self._pending.popleft()
                    self._changed.notify_all()
                elif not last:
                    self._changed.wait_for(lambda: self._closing, timeout=self._retry_s)
                done = last and not (written and self._pending)
            if done:
                return

    def _try(self, entries: list[AuditEntry]) -> bool:
        try:
            with self._store.durable.begin() as connection:
                connection.execute(insert(audit), [audit_row(entry) for entry in entries])
        except SQLAlchemyError as error:
            self.errors += 1
            if not self._failing:
                _log.error("audit_not_written", entries=len(entries), error=type(error).__name__)
            self._failing = True
            return False
        except Exception as error:  # entries that no database takes: one more try would fail too
            self.lost += len(entries)
            _log.error("audit_entries_lost", entries=len(entries), error=type(error).__name__)
        if self._failing:
            _log.warning("audit_written_again", errors=self.errors, lost=self.lost)
        self._failing = False
        return True


def write_entry(store: Store, entry: AuditEntry) -> None:
    """Write one entry at once, for a command that has no engine; durable when it returns. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        connection.execute(insert(audit), [audit_row(entry)])


def audit_row(entry: AuditEntry) -> dict[str, Any]:
    """Return `entry` as a row of the table; blocks: it may ask the directory for the user's name."""
    row = msgspec.structs.asdict(entry) | {"user": entry.user or _name_of(entry.uid), "detail": _detail(entry.detail)}
    return {key: value[: MAX_CHARS[key]] if key in MAX_CHARS else value for key, value in row.items()}


def _detail(detail: dict[str, Any]) -> str:
    text = msgspec.json.encode(detail).decode()
    return text if len(text) <= MAX_CHARS["detail"] else msgspec.json.encode({"keys": sorted(detail)[:50]}).decode()


def _name_of(uid: int | None) -> str:
    """The directory may be far away: asked in the writing thread only."""
    if uid is None:
        return ""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a uid without a name, as in containers
        return str(uid)
