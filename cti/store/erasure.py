"""How is a person's number taken out of everything that is kept? Each table, and then a look whether it is gone.

Sums stay (they hold no number), and so does a do-not-call entry: it is his own wish, and could not be kept otherwise.
Blocks for the disk. What the engine has in memory of a call that goes on is not touched: ask again when it is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, Text, delete, func, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from cti.model.audit import AuditEntry
from cti.store import callback_erasure
from cti.store.audit import audit_row
from cti.store.database import Store
from cti.store.leads import forget_number
from cti.store.survey_asked import key_of
from cti.store.tables import (
    attempt,
    audit,
    callback,
    callback_request,
    contact_history,
    do_not_call,
    follow_up,
    hook_message,
    metadata,
    survey_asked,
)


@dataclass
class Erased:
    """`rows` by table; `recordings`: files on an Asterisk machine, no ending; `left`: rows that still name him."""

    rows: dict[str, int] = field(default_factory=dict)
    recordings: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    vacuumed: bool = True  # what was freed on the disk is overwritten


def erase(store: Store, forms: Sequence[str], by: str, uid: int | None, now: float) -> Erased:
    """Take the number out, however it is written in one of `forms` (E.164 first). Durable. Raises SQLAlchemyError.

    Open promises are to be taken back before (callback_erasure.open_of): the core keeps those in memory.
    """
    found = Erased()
    promised = callback_erasure.erase(store, forms[0], lambda text: text in forms)
    found.rows["callback, callback_request, follow_up"] = promised.rows
    found.recordings += promised.recordings
    with store.durable.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        attempts = _count(connection, attempt, ("number",), forms)
        _history(connection, forms, found)
        told = delete(hook_message).where(_names(hook_message, ("body",), forms))
        found.rows["hook_message"] = connection.execute(told).rowcount
    found.rows["lead"] = sum(forget_number(store, form) for form in forms)
    found.rows["attempt"] = attempts
    found.vacuumed = _overwrite_freed(store)
    found.left = _left(store, forms)
    detail = {"rows": sum(found.rows.values()), "left": sum(found.left.values())}
    entry = AuditEntry(now, uid, by, "number.erase", "", detail, "failed" if found.left else "done")
    with store.durable.begin() as connection:
        connection.execute(insert(audit), [audit_row(entry)])
    return found


def _history(connection: Connection, forms: Sequence[str], found: Erased) -> None:
    gone = update(contact_history).where(contact_history.c.caller.in_(forms)).values(caller="")
    found.rows["contact_history"] = connection.execute(gone).rowcount
    asked = delete(survey_asked).where(survey_asked.c.customer.in_([key_of(form) for form in forms]))
    found.rows["survey_asked"] = connection.execute(asked).rowcount


def _names(table: Table, columns: Sequence[str], forms: Collection[str]) -> ColumnElement[bool]:
    """Rows that hold one of `forms` anywhere in `columns`."""
    return or_(*(table.c[name].contains(form, autoescape=True) for name in columns for form in forms))


def _count(connection: Connection, table: Table, columns: Sequence[str], forms: Collection[str]) -> int:
    query = select(func.count()).select_from(table).where(_names(table, columns, forms))
    return int(connection.execute(query).scalar_one())


def _left(store: Store, forms: Collection[str]) -> dict[str, int]:
    """Rows of any table, in any column of text, that still hold the number."""
    found: dict[str, int] = {}
    with store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            texts = [column.name for column in table.columns if isinstance(column.type, String | Text)]
            if texts and table is not do_not_call:
                count = _count(connection, table, texts, forms)
                found |= {table.name: count} if count else {}
    return found


def _overwrite_freed(store: Store) -> bool:
    """Nothing of what was deleted stays in the file; False where somebody else holds the database."""
    touched: Sequence[Any] = (
        contact_history,
        survey_asked,
        follow_up,
        callback_request,
        callback,
        hook_message,
        attempt,
    )
    engine = store.durable.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("COMMIT")  # measured: pg8000's ping has begun a transaction
                for table in touched:
                    connection.exec_driver_sql(f"VACUUM {table.name}")
                return True
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").first()
            return busy is not None and busy[0] == 0
    except SQLAlchemyError:
        return False
