"""What does a request for a callback become? A promise; or a follow-up, for a message whose owner cannot be called.

Each within one transaction: what a caller has been told is never half there. Blocks for the disk: callers run it in a
thread. Rows are personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from cti.model.dialling import CallbackKind, LeadId
from cti.model.promise import Number, Promise
from cti.model.words import CallId
from cti.store import follow_up
from cti.store.database import Store
from cti.store.tables import callback, callback_request
from cti.store.tables import follow_up as follow_up_table

BY_CALLER = "callback"  # the kind of a request that a caller, or the script for times without an engine, has made
UNASKED = frozenset({CallbackKind.ABANDONED, CallbackKind.FOLLOW_UP})  # nobody was told of it: nothing is owed
KINDS = (BY_CALLER, *CallbackKind)
AT_ONCE = frozenset({CallbackKind.VIRTUAL_HOLD, CallbackKind.ABANDONED, CallbackKind.VOICEMAIL})  # they wait already
NEW, TAKEN, UNUSABLE, ASIDE = "new", "taken", "unusable", "follow_up"  # states of a request
MOST_AT_ONCE = 500

_encode = msgspec.json.Encoder().encode
_skills = msgspec.json.Decoder(dict[str, int]).decode
_words = msgspec.json.Decoder(dict[str, str]).decode

Placed = tuple[Number, str]
Place = Callable[[str, str], Placed | None]
"""For (number, queue): which number in E.164 is called, with its zones, and which queue it is for."""
Watch = Callable[[Sequence[str]], AbstractContextManager[None]]
"""What is around a transaction that takes these requests (Unanswered.watched)."""


def _unwatched(_requests: Sequence[str]) -> AbstractContextManager[None]:
    return nullcontext()


def take_requests(store: Store, place: Place, watch: Watch = _unwatched) -> tuple[list[Promise], int]:
    """Make promises of new requests; with them, how many that somebody waits for could not be used.

    Raises SQLAlchemyError; then nothing is done, or all of it and only the answer was lost: `watch` knows the requests.
    """
    table, made, unusable, taken = callback_request, list[Promise](), 0, list[str]()
    query = select(table).where(table.c.state == NEW, table.c.kind.in_(KINDS)).order_by(table.c.at)
    with watch(taken), store.durable.begin() as connection:
        for row in connection.execute(query.limit(MOST_AT_ONCE)).mappings().all():
            taken.append(row["id"])
            promise, state = _take(connection, row, place)
            unusable += state == UNUSABLE and row["kind"] not in UNASKED
            made += [promise] if promise is not None else []
            connection.execute(update(table).where(table.c.id == row["id"]).values(state=state))
    return made, unusable


def promise_at_once(store: Store, request: dict[str, Any], placed: Placed, watch: Watch = _unwatched) -> Promise | None:
    """Keep a request (a row) and the promise that it becomes; None where this request was made before.

    Raises SQLAlchemyError, as `take_requests` does.
    """
    try:
        with watch([request["id"]]), store.durable.begin() as connection:
            values = {"caller": "", "linkedid": "", "uniqueid": "", "taken_at": request["at"]} | request
            connection.execute(insert(callback_request).values(values | {"state": TAKEN}))
            same = callback_request.c.id == request["id"]
            row = connection.execute(select(callback_request).where(same)).mappings().one()
            return _made(connection, row, placed)
    except IntegrityError:
        return None


def _take(connection: Connection, row: RowMapping, place: Place) -> tuple[Promise | None, str]:
    placed = place(row["number"], row["queue"])
    message = row["kind"] == CallbackKind.VOICEMAIL
    if message and (placed is None or not row["connect"]):
        _for_a_person(connection, row)
        return None, ASIDE
    if placed is None:
        return None, UNUSABLE
    return _made(connection, row, placed), TAKEN


def _for_a_person(connection: Connection, row: RowMapping) -> None:
    """A message whose owner cannot be called, or need not be: somebody is to hear it."""
    written = follow_up.message(row["id"], row["queue"], row["number"], row["recording"])
    times = {"opened_at": row["at"], "due_at": row["at"] + follow_up.MESSAGE_DUE_S}
    follow_up.open_one(connection, written | times | {"answer": f"{row['message_s']:.0f} s"})


def _made(connection: Connection, row: RowMapping, placed: Placed) -> Promise | None:
    if connection.execute(select(callback.c.id).where(callback.c.request == row["id"])).first() is not None:
        return None  # it was made before
    promise = _promise(row, placed)
    values = {
        "request": row["id"],
        "kind": promise.kind.value,
        "queue": promise.queue,
        "number": promise.number.number,
        "state": promise.state.value,
        "promised_at": promise.promised_at,
        "due_at": promise.due_at,
        "body": "",
    }
    name = connection.execute(insert(callback).values(values)).inserted_primary_key
    assert name is not None
    promise = msgspec.structs.replace(promise, id=LeadId(name[0]))
    body = {"body": _encode(promise).decode()}
    connection.execute(update(callback).where(callback.c.id == promise.id).values(body))
    if promise.follow_up:
        ours = follow_up_table.c.id == promise.follow_up
        connection.execute(update(follow_up_table).where(ours).values(callback=promise.id))
    return promise


def _promise(row: RowMapping, placed: Placed) -> Promise:
    number, queue = placed
    kind, at = _kind(row), row["at"]
    due_at = at if row["due_at"] is None else row["due_at"]
    waits_from = at if kind in AT_ONCE else due_at  # whom we have promised a time waits from then on
    return Promise(
        LeadId(0),
        kind,
        number,
        queue,
        at,
        due_at,
        topic=row["topic"],
        since=waits_from if row["since"] is None else row["since"],
        agent=row["agent"],
        expires_at=row["expires_at"],
        given=row["caller"],
        call=CallId(row["uniqueid"]),
        requires=_skills(row["requires"]),
        head_start_s=row["head_start_s"],
        customer=_words(row["customer"]),
        recordings=(row["recording"],) if row["recording"] else (),
        node=row["uniqueid"].partition("/")[0] if row["recording"] else "",
        follow_up=row["follow_up"] or 0,
    )


def _kind(row: RowMapping) -> CallbackKind:
    if row["kind"] != BY_CALLER:
        return CallbackKind(row["kind"])
    return CallbackKind.VIRTUAL_HOLD if row["uniqueid"] else CallbackKind.ABANDONED
