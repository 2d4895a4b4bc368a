"""Which changes have people made while the engine ran? Kept until they are reset, over restarts and reloads.

Paths and JSON values; what they mean is config/live.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select

from cti.model.audit import AuditEntry
from cti.store.audit import audit_row
from cti.store.database import Store
from cti.store.tables import audit, live_change


class LiveChange(msgspec.Struct, frozen=True):
    """One change: where, what (JSON), who said so, when (epoch seconds)."""

    path: str
    value: Any
    by: str
    at: float


def load_live_changes(store: Store) -> list[LiveChange]:
    """Return all, the oldest first; a value that is no JSON is left out. Raises SQLAlchemyError."""
    query = select(live_change).order_by(live_change.c.at, live_change.c.path)
    with store.engine.connect() as connection:
        rows = connection.execute(query).all()
    found = []
    for row in rows:
        try:
            value = msgspec.json.decode(row.value)
        except msgspec.DecodeError:
            continue
        found.append(LiveChange(row.path, value, row.by, row.at))
    return found


def save_live_changes(store: Store, changes: Iterable[LiveChange], entries: Iterable[AuditEntry] = ()) -> None:
    """Keep these and no others, and who changed what on the way there; durable when this returns.

    Raises SQLAlchemyError: then none of it is kept.
    """
    told = [audit_row(entry) for entry in entries]
    rows = [
        msgspec.structs.asdict(change) | {"value": msgspec.json.encode(change.value).decode()} for change in changes
    ]
    with store.durable.begin() as connection:
        connection.execute(delete(live_change))
        if rows:
            connection.execute(insert(live_change), rows)
        if told:
            connection.execute(insert(audit), told)


def values_of(live: Mapping[str, LiveChange]) -> dict[str, Any]:
    """Return what changes say, by path."""
    return {path: change.value for path, change in live.items()}


def without(live: Mapping[str, LiveChange], dropped: Iterable[tuple[str, str]]) -> dict[str, LiveChange]:
    """Return those that are not `dropped` (path, and why)."""
    gone = {path for path, _ in dropped}
    return {path: change for path, change in live.items() if path not in gone}
