"""Which callbacks are promised, and how far is each? Requests become promises in promising.py; the core says how they
go on, and a follow-up or a message that waits for one hears how it ended.

Blocks for the disk: callers run it in a thread. Bodies are personal data.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

import msgspec
import structlog
from sqlalchemy import RowMapping, select, update

from cti.model.dialling import OPEN_CALLBACKS, AttemptResult, CallbackState, CampaignName, LeadId
from cti.model.promise import Promise, Tried
from cti.outbound.came import of_dial
from cti.ports import Part
from cti.store import follow_up
from cti.store.attempts import CALLBACKS
from cti.store.attempts import OPEN as OPEN_ATTEMPTS
from cti.store.bulk import in_portions
from cti.store.database import Store
from cti.store.paging import behind, of_part
from cti.store.tables import attempt, callback

ROOM = CampaignName(CALLBACKS)
UNREADABLE = 100  # a page looks over so many
UNKEPT = (CallbackState.FAILED, CallbackState.EXPIRED)

_log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Promise).decode


def open_promises(store: Store) -> list[Promise]:
    """Return what an earlier process has left, in order. Raises SQLAlchemyError.

    The newest attempt may be ahead of what was written of its promise: then it is DIALLING, and its last try has the
    result that is known; none where its attempt is in the air. An attempt that was never written down was not made.
    """
    query = select(callback.c.body).where(callback.c.state.in_(OPEN_CALLBACKS)).order_by(callback.c.id)
    with store.engine.connect() as connection:
        found = [each for body in connection.execute(query).scalars() if (each := _readable(body)) is not None]
        newest: dict[int, RowMapping] = {}
        for some in in_portions([each.id for each in found]):
            ours = select(attempt).where(attempt.c.lead.in_(some), attempt.c.campaign == ROOM)
            newest |= {row["lead"]: row for row in connection.execute(ours.order_by(attempt.c.attempt_no)).mappings()}
    return [_as_left(promise, newest.get(promise.id)) for promise in found]


def promises_for(store: Store, requests: Sequence[str]) -> dict[str, Promise]:
    """Return the open promises that these requests have become, by request. Raises SQLAlchemyError."""
    found: dict[str, Promise] = {}
    with store.engine.connect() as connection:
        for some in in_portions(requests):
            ours = select(callback.c.request, callback.c.body).where(callback.c.request.in_(some))
            for request, body in connection.execute(ours.where(callback.c.state.in_(OPEN_CALLBACKS))):
                promise = _readable(body)
                found |= {request: promise} if promise is not None else {}
    return found


def _readable(body: str) -> Promise | None:
    """One row that cannot be read must not keep the others from being kept. It stays, for a person to look at."""
    try:
        return _decode(body)
    except (msgspec.MsgspecError, ValueError):
        _log.error("a promised callback cannot be read; it stays in the store as it is")
        return None


def _as_left(promise: Promise, made: RowMapping | None) -> Promise:
    last = promise.tries[-1] if promise.tries else None
    if made is None or (last is not None and last.attempt_no > made["attempt_no"]):
        if last is None or promise.state is not CallbackState.DIALLING:
            return promise
        tried = msgspec.structs.replace(last, result=AttemptResult.NOT_DIALLED)
    else:
        known = next((each for each in promise.tries if each.attempt_no == made["attempt_no"]), None)
        if known is not None and known.result is not None:
            return promise
        at, number = made["intended_at"] or promise.due_at, promise.number.number
        result = None if made["state"] in OPEN_ATTEMPTS else of_dial(made["result"])
        tried = Tried(at, ROOM, promise.id, number, made["attempt_no"], result)
    tries = (*(each for each in promise.tries if each.attempt_no != tried.attempt_no), tried)
    return msgspec.structs.replace(promise, state=CallbackState.DIALLING, tries=tries)


def keep(store: Store, promises: Sequence[Promise]) -> None:
    """Write down durably how these stand now. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        for promise in promises:
            row = {"state": promise.state.value, "due_at": promise.due_at, "body": _encode(promise).decode()}
            connection.execute(update(callback).where(callback.c.id == promise.id).values(row))
            if promise.follow_up and promise.state not in OPEN_CALLBACKS:
                follow_up.called_back(connection, promise)
            elif promise.recordings and promise.state in UNKEPT:
                follow_up.not_heard(connection, promise)


def promises(
    store: Store,
    *,
    all_of_them: bool = False,
    limit: int = 200,
    after: tuple[float, int] | None = None,
    part: Part | None = None,
) -> list[Promise]:
    """Return the open promises, the next one first; or the newest of all; only those behind (due_at, id) of `after`.

    Of `part`, and of no queue. Raises SQLAlchemyError.
    """
    query = of_part(select(callback.c.body), part, callback.c.queue)
    if all_of_them:
        query = behind(query, (callback.c.id,), None if after is None else after[1:], newest_first=True)
    else:
        query = behind(query.where(callback.c.state.in_(OPEN_CALLBACKS)), (callback.c.due_at, callback.c.id), after)
    with store.engine.connect() as connection:
        found = map(_readable, connection.execute(query.limit(limit + UNREADABLE)).scalars())
        return list(islice((each for each in found if each is not None), limit))


def beyond(store: Store, part: Part, *, number: str | None = None, ids: Collection[int] = ()) -> set[int]:
    """Return which promises are of queues outside `part`: of the open ones to `number`, or of these `ids`.

    Raises SQLAlchemyError.
    """
    meant = (
        callback.c.id.in_(ids)
        if number is None
        else callback.c.state.in_(OPEN_CALLBACKS) & (callback.c.number == number)
    )
    query = select(callback.c.id).where(meant, callback.c.queue != "", callback.c.queue.not_in(part.queues))
    with store.engine.connect() as connection:
        return set(connection.execute(query).scalars())


def promises_of(store: Store, agent: str, limit: int) -> list[Promise]:
    """Return the open promises that `agent` is to keep himself, the next one first. Raises SQLAlchemyError."""
    his = callback.c.body.contains(f'"agent":"{agent}"', autoescape=True)  # a first sieve: the body decides
    query = select(callback.c.body).where(callback.c.state.in_(OPEN_CALLBACKS), his).order_by(callback.c.due_at)
    with store.engine.connect() as connection:
        found = [_readable(body) for body in connection.execute(query.limit(limit)).scalars()]
    return [each for each in found if each is not None and each.agent == agent]


def promise_of(store: Store, name: LeadId) -> Promise | None:
    """Return one promise, open or not; None where there is none. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        body = connection.execute(select(callback.c.body).where(callback.c.id == name)).scalar_one_or_none()
    return None if body is None else _decode(body)
