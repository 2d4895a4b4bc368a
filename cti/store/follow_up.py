"""What is to be looked into because a caller said that it was bad, or left a message? Opened once, done by somebody.

Knows rows; who becomes the owner, and until when, is decided by the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, case, insert, select, update

from cti.model.changes import Changed
from cti.model.dialling import CallbackKind, CallbackState
from cti.model.promise import Promise
from cti.ports import Part
from cti.store.database import Store
from cti.store.paging import behind, of_part
from cti.store.tables import callback_request, follow_up

MAX_OUTCOME = 200
TOPIC = "follow-up"  # of the calls for them: no other promise to that number is the same
MESSAGE_DUE_S = 86_400.0  # a message is to be heard within a day


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


def open_told(store: Store, told: Sequence[Changed]) -> int:
    """Open what facts of kind FOLLOW_UP tell, with the requests for the calls that they ask for; how many were new.

    Commits durably. Raises SQLAlchemyError.
    """
    new = 0
    with store.durable.begin() as connection:
        for fact in told:
            number = open_one(connection, row_of(fact))
            new += number is not None
            if number is not None and fact.seconds is not None and fact.caller:
                connection.execute(insert(callback_request).values(_call_of(fact, number, fact.at + fact.seconds)))
    return new


def _call_of(fact: Changed, number: int, due_at: float) -> dict[str, Any]:
    """The request for the call that it opens: by its owner, where that is the agent who talked."""
    given = (fact.caller or "")[:20]
    row = {"id": f"follow-up-{number}", "at": fact.at, "caller": given, "number": given, "queue": fact.queue or ""}
    row |= {"linkedid": "", "uniqueid": "", "state": "new", "taken_at": fact.at, "kind": CallbackKind.FOLLOW_UP.value}
    by = fact.agent if fact.agent and fact.agent == fact.new else ""
    return row | {"due_at": due_at, "agent": by or "", "topic": TOPIC, "follow_up": number}


def open_one(connection: Connection, row: Mapping[str, Any]) -> int | None:
    """Open it within the caller's transaction; its number, None where it was known before. Raises SQLAlchemyError."""
    table = follow_up
    same = (table.c.contact == row["contact"]) & (table.c.survey == row["survey"])
    if connection.execute(select(table.c.id).where(same)).first() is not None:
        return None
    made = connection.execute(insert(table).values(**row)).inserted_primary_key
    assert made is not None
    return int(made[0])


def called_back(connection: Connection, promise: Promise) -> None:
    """The callback for it has ended: reached, it is done; otherwise its owner sees why not. Raises SQLAlchemyError."""
    said = f"callback {promise.id}: {promise.reason or promise.state.value}"
    values: dict[str, Any] = {"outcome": said}
    if promise.state is CallbackState.KEPT:
        ended = max((tried.at for tried in promise.tries), default=promise.due_at)
        values = {"outcome": f"called back (callback {promise.id})", "done_at": ended, "done_by": "callback"}
    ours = (follow_up.c.id == promise.follow_up) & follow_up.c.done_at.is_(None)
    connection.execute(update(follow_up).where(ours).values(**values))


def not_heard(connection: Connection, promise: Promise) -> None:
    """Nobody was reached: what he has left is to be heard all the same. Raises SQLAlchemyError."""
    for number, recording in enumerate(promise.recordings, 1):
        row = message(f"callback-{promise.id}-{number}", promise.queue, promise.number.number, recording)
        because = f"not reached (callback {promise.id})"
        times = {"opened_at": promise.promised_at, "due_at": promise.due_at + MESSAGE_DUE_S}
        open_one(connection, row | times | {"answer": because})


def message(name: str, queue: str, number: str, recording: str) -> dict[str, Any]:
    """Return the row of a message that somebody of `queue` is to hear, yet without its times."""
    row = {"contact": name, "survey": "", "queue": queue, "owner": queue, "number": number, "recording": recording}
    return row | {"agent": "", "flow_version": 0, "answer": "", "done_by": "", "outcome": ""}


def load(
    store: Store,
    *,
    owner: str = "",
    done: bool = False,
    limit: int = 100,
    after: tuple[float, int] | None = None,
    part: Part | None = None,
) -> list[dict[str, Any]]:
    """Return open follow-ups, of `part` only, what is due first first; with `done` the newest that are done.

    Only those behind (due_at, id) of `after`, with `done` (done_at, id). Raises SQLAlchemyError.
    """
    table = follow_up
    query = select(table).where(table.c.done_at.is_not(None) if done else table.c.done_at.is_(None))
    query = behind(query, (table.c.done_at if done else table.c.due_at, table.c.id), after, newest_first=done)
    query = of_part(query, part, table.c.queue, case((table.c.agent != "", table.c.agent), else_=table.c.owner))
    if owner:
        query = query.where(table.c.owner == owner)
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query.limit(limit)).mappings()]


def one(store: Store, number: int) -> dict[str, Any] | None:
    """Return one of them, None where there is none. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        row = connection.execute(select(follow_up).where(follow_up.c.id == number)).mappings().first()
    return None if row is None else dict(row)


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
