"""What is kept of a customer among callbacks, requests and follow-ups, and how is it forgotten? By number, or by age.

Whoever erases takes back first what is still open (the core keeps that in memory), and deletes the recordings once the
rows are gone. Blocks for the disk: callers run it in a thread. Numbers are personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Column, Connection, Table, delete, exists, or_, select
from sqlalchemy.sql.elements import ColumnElement

from cti.model.dialling import OPEN_CALLBACKS, LeadId
from cti.model.promise import Promise
from cti.store.bulk import in_portions
from cti.store.callbacks import open_promises
from cti.store.database import Store
from cti.store.promising import NEW
from cti.store.tables import callback, callback_request, follow_up

_decode = msgspec.json.Decoder(Promise).decode

Same = Callable[[str], bool]
"""Whether a text, as a caller's network or a person wrote it, is the number."""


class Forgotten(msgspec.Struct, frozen=True):
    """How many rows are gone, and the messages that belonged to them: paths on the Asterisk's machine, no ending."""

    rows: int
    recordings: tuple[str, ...] = ()


def open_of(store: Store, number: str) -> list[LeadId]:
    """Return the open promises to `number` (E.164): to be taken back before it is erased. Raises SQLAlchemyError."""
    ours = (callback.c.number == number, callback.c.state.in_(OPEN_CALLBACKS))
    with store.engine.connect() as connection:
        return [LeadId(name) for name in connection.execute(select(callback.c.id).where(*ours)).scalars()]


def erase(store: Store, number: str, same: Same) -> Forgotten:
    """Forget `number` (E.164), and whatever `same` says is it. Durable. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        request, work = callback_request.c, follow_up.c
        theirs = select(callback.c.request).where(callback.c.number == number)
        bodies = connection.execute(select(callback.c.body).where(callback.c.number == number)).scalars()
        heard = tuple(file for body in bodies for file in _decode(body).recordings)  # its own, and of those it took in
        asked = _known(connection, callback_request, (request.number, request.caller), same)
        worked = _known(connection, follow_up, (work.number,), same)
        by_promise = request.id.in_(theirs)
        gone = [
            _forget(connection, callback_request, by_promise),
            *(
                _forget(connection, callback_request, or_(request.number.in_(some), request.caller.in_(some)))
                for some in in_portions(asked)
            ),
            *(_forget(connection, follow_up, work.number.in_(some)) for some in in_portions(worked)),
            _forget(connection, callback, callback.c.number == number),
        ]
    return _all([*gone, Forgotten(0, heard)])


def forget_before(store: Store, before: float, portion: int, recorded_before: float | None = None) -> Forgotten:
    """Forget up to `portion` rows of each table that had ended `before` (epoch s). Durable. Raises SQLAlchemyError.

    A follow-up ends when it is done, a promise at its last moment. A request stays as long as its promise, and as long
    as its message is of use to anybody. What was left or opened with a recording since `recorded_before` stays.
    """
    promise, request, work = callback.c, callback_request.c, follow_up.c
    ended = promise.state.not_in(OPEN_CALLBACKS) & (promise.promised_at < before) & (promise.due_at < before)
    promised = exists().where(promise.request == request.id)
    to_hear = exists().where(work.recording == request.recording)
    asked = (request.at < before) & (request.state != NEW) & ~promised & or_(request.recording == "", ~to_hear)
    worked = work.done_at < before
    if recorded_before is not None:
        asked &= or_(request.recording == "", request.at < recorded_before)
        worked &= or_(work.recording == "", work.opened_at < recorded_before)
    gone = list[Forgotten]()
    for table, old in ((follow_up, worked), (callback, ended), (callback_request, asked)):
        with store.engine.connect() as connection:
            which = connection.execute(select(table.c.id).where(old).limit(portion)).scalars().all()
        with store.durable.begin() as connection:
            gone += [_forget(connection, table, table.c.id.in_(some) & old) for some in in_portions(which)]
    found = _all(gone)
    return msgspec.structs.replace(found, recordings=_of_no_more_use(store, found.recordings))


def delete_recordings(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Delete those messages that lie on this machine: these, and those that are on an Asterisk's own."""
    gone, elsewhere = [], []
    for name in names:
        path = Path(f"{name}.wav")
        try:
            path.unlink()
            gone.append(str(path))
        except OSError:
            elsewhere.append(str(path))
    return gone, elsewhere


def _of_no_more_use(store: Store, recordings: Sequence[str]) -> tuple[str, ...]:
    """A promise that took another in has its message too."""
    if not recordings:
        return ()
    taken = {file for promise in open_promises(store) for file in promise.recordings}
    return tuple(file for file in recordings if file not in taken)


def _known(connection: Connection, table: Table, columns: Collection[Column[str]], same: Same) -> list[str]:
    """Every way in which the number is written there."""
    found = {text for column in columns for text in connection.execute(select(column).distinct()).scalars() if text}
    return sorted(text for text in found if same(text))


def _forget(connection: Connection, table: Table, which: ColumnElement[bool]) -> Forgotten:
    recordings = ()
    if "recording" in table.c:
        files = select(table.c.recording).where(which, table.c.recording != "")
        recordings = tuple(connection.execute(files).scalars())
    return Forgotten(connection.execute(delete(table).where(which)).rowcount, recordings)


def _all(gone: Collection[Forgotten]) -> Forgotten:
    files = dict.fromkeys(file for each in gone for file in each.recordings)
    return Forgotten(sum(each.rows for each in gone), tuple(files))
