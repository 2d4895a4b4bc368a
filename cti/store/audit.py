"""Who asked for what, when, and what came of it? Appended by one thread; the loop never waits for the disk.

Append-only: nothing here changes or deletes a row.
"""

from __future__ import annotations

import pwd
from collections.abc import Hashable
from typing import Any

import msgspec
from sqlalchemy import insert, select

from cti.model.audit import AuditEntry
from cti.store.database import Store
from cti.store.row_writer import MAX_PENDING, RETRY_S, RowWriter
from cti.store.tables import audit

SETTLE_S = 1.0  # so long a reader waits for what is being written
MAX_CHARS = {"user": 64, "by": 64, "what": 32, "on": 160, "detail": 2000, "result": 16, "reason": 200}


class AuditLog(RowWriter[AuditEntry]):
    """The table and the thread that writes it. `errors` counts failed tries.

    `lost`: entries beyond MAX_PENDING, and those that no database takes.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        super().__init__("audit", retry_s, most=MAX_PENDING)
        self._store = store
        self._begin()

    def add(self, entry: AuditEntry) -> None:
        """Take in one entry; returns at once. Never raises."""
        self._put(entry)

    def newest(self, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        """Return the newest entries (older than number `before`), the newest first. Blocks. Raises SQLAlchemyError."""
        self.flush(SETTLE_S)
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._store.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [{**row, "detail": msgspec.json.decode(row["detail"])} for row in rows]

    def _write(self, work: dict[Hashable, AuditEntry]) -> None:
        with self._store.durable.begin() as connection:
            connection.execute(insert(audit), [audit_row(entry) for entry in work.values()])


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
