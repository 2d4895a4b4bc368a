"""What is to be looked into because a caller said that it was bad? Opened once for a call, done by somebody.

Knows rows; who becomes the owner, and until when, is decided by the core.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from cti.model.changes import Changed
from cti.store.database import Store
from cti.store.tables import follow_up

MAX_OUTCOME = 200


def row_of(changed: Changed) -> dict[str, Any]:
    """Return a fact of kind FOLLOW_UP as a row."""
    return {
        "contact": changed.contact or "",
        "survey": changed.id.rpartition("/")[2],
        "queue": changed.queue or "",
        "agent": changed.agent or "",
        "flow_version": changed.flow_version or 0,
        "answer": (changed.reason or "")[:60],
        "number": (changed.caller or "")[:80],
        "owner": changed.new,
        "opened_at": changed.at,
        "due_at": changed.at if changed.until is None else changed.until,
        "done_by": "",
        "outcome": "",
    }


def open_all(store: Store, rows: Sequence[dict[str, Any]]) -> int:
    """Open what is not known yet; how many were new. Commits durably. Raises SQLAlchemyError."""
    table, new = follow_up, 0
    with store.durable.begin() as connection:
        for row in rows:
            same = (table.c.contact == row["contact"]) & (table.c.survey == row["survey"])
            if connection.execute(select(table.c.id).where(same)).first() is None:
                connection.execute(insert(table).values(**row))
                new += 1
    return new


def load(store: Store, *, owner: str = "", done: bool = False, limit: int = 100) -> list[dict[str, Any]]:
    """Return open follow-ups, what is due first first; with `done` the newest that are done. Raises SQLAlchemyError."""
    table = follow_up
    query = select(table).where(table.c.done_at.is_not(None) if done else table.c.done_at.is_(None))
    query = query.order_by(table.c.done_at.desc() if done else table.c.due_at, table.c.id)
    if owner:
        query = query.where(table.c.owner == owner)
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query.limit(limit)).mappings()]


def finish(store: Store, number: int, outcome: str, by: str, now: float) -> bool | None:
    """Close one; False if it was done before, None if there is none. Commits durably. Raises SQLAlchemyError."""
    table = follow_up
    with store.durable.begin() as connection:
        known = connection.execute(select(table.c.done_at).where(table.c.id == number)).first()
        if known is None:
            return None
        still_open = (table.c.id == number) & table.c.done_at.is_(None)
        values = {"done_at": now, "done_by": by, "outcome": outcome[:MAX_OUTCOME]}
        return connection.execute(update(table).where(still_open).values(**values)).rowcount == 1
