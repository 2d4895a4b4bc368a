"""How is a person's number taken out of everything that is kept? Each table, and then a look whether it is gone.

What has a field for numbers is erased there, as what it is; wherever else one was written (what an agent noted, what a
flow carried), it is overwritten.

Sums stay (they hold no number), and so does a do-not-call entry: it is his own wish, and could not be kept otherwise.
Blocks for the disk. What the engine has in memory of a call that goes on is not touched: ask again when it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from cti.model.audit import AuditEntry
from cti.store import callback_erasure, overwriting
from cti.store.audit import audit_row
from cti.store.database import Store
from cti.store.leads import forget_number
from cti.store.people_tables import kept_answer
from cti.store.survey_asked import key_of
from cti.store.tables import attempt, audit, contact_history, hook_message, survey_asked


@dataclass
class Erased:
    """`rows` by table; `recordings`: files on an Asterisk machine, no ending; `left`: rows that still name him.

    `calls`: his calls (<node>/<Uniqueid>), as far back as the history goes: recordings of flows are named by them.
    """

    rows: dict[str, int] = field(default_factory=dict)
    recordings: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    perhaps: dict[str, int] = field(default_factory=dict)  # rows with what may be a count, or have more before it
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
        tried = select(func.count()).select_from(attempt).where(attempt.c.number.in_(forms))
        attempts = int(connection.execute(tried).scalar_one())
        _history(connection, forms, found)
        _messages(connection, forms, found)
    found.rows["lead"] = sum(forget_number(store, form) for form in forms)
    found.rows["attempt"] = attempts
    rest = overwriting.overwrite(store, forms)
    found.rows |= {f"{name} (overwritten there)": count for name, count in rest.items()}
    found.vacuumed = _overwrite_freed(store)
    with store.engine.connect() as connection:
        found.left, found.perhaps = overwriting.left(connection, forms)
    detail = {"rows": sum(found.rows.values()), "left": sum(found.left.values())}
    entry = AuditEntry(now, uid, by, "number.erase", "", detail, "failed" if found.left else "done")
    with store.durable.begin() as connection:
        connection.execute(insert(audit), [audit_row(entry)])
    return found


def _history(connection: Connection, forms: Sequence[str], found: Erased) -> None:
    his = contact_history.c.caller.in_(forms)
    calls = connection.execute(select(contact_history.c.contact, contact_history.c.call).where(his))
    found.calls = sorted({name for row in calls for name in row})
    gone = update(contact_history).where(his).values(caller="")
    found.rows["contact_history"] = connection.execute(gone).rowcount
    asked = delete(survey_asked).where(survey_asked.c.customer.in_([key_of(form) for form in forms]))
    found.rows["survey_asked"] = connection.execute(asked).rowcount


def _messages(connection: Connection, forms: Sequence[str], found: Erased) -> None:
    """Those that wait are not to be sent either; answers kept for a key say from now on that theirs was told."""
    told = list(overwriting.named(connection, hook_message, forms))
    for row in told:
        connection.execute(delete(hook_message).where(overwriting.is_row(hook_message, row.key)))
    found.rows["hook_message"] = len(told)
    answers = list(overwriting.named(connection, kept_answer, forms))
    for row in answers:
        connection.execute(update(kept_answer).where(overwriting.is_row(kept_answer, row.key)).values(body=b""))
    found.rows["kept_answer"] = len(answers)


def _overwrite_freed(store: Store) -> bool:
    """Nothing of what was deleted stays in the file; False where somebody else holds the database."""
    engine = store.durable.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("COMMIT")  # measured: pg8000's ping has begun a transaction
                for table in overwriting.tables():
                    connection.exec_driver_sql(f"VACUUM {table.name}")
                return True
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").first()
            return busy is not None and busy[0] == 0
    except SQLAlchemyError:
        return False
