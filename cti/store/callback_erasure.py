"""What is kept of a customer among callbacks, requests and follow-ups, and how is it forgotten? By number, or by age.

Whoever erases takes back first what is still open (the core keeps that in memory), and removes the recordings, which
lie on an Asterisk's machine. Blocks for the disk: callers run it in a thread. Numbers are personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec
from sqlalchemy import Column, Connection, Table, delete, or_, select
from sqlalchemy.sql.elements import ColumnElement

from cti.model.dialling import LeadId
from cti.store.bulk import in_portions
from cti.store.callbacks import OPEN
from cti.store.database import Store
from cti.store.promising import NEW
from cti.store.tables import callback, callback_request, follow_up

Same = Callable[[str], bool]
"""Whether a text, as a caller's network or a person wrote it, is the number."""


class Forgotten(msgspec.Struct, frozen=True):
    """How many rows are gone, and the messages that belonged to them: paths on the Asterisk's machine, no ending."""

    rows: int
    recordings: tuple[str, ...] = ()


def open_of(store: Store, number: str) -> list[LeadId]:
    """Return the open promises to `number` (E.164): to be taken back before it is erased. Raises SQLAlchemyError."""
    ours = (callback.c.number == number, callback.c.state.in_(OPEN))
    with store.engine.connect() as connection:
        return [LeadId(name) for name in connection.execute(select(callback.c.id).where(*ours)).scalars()]


def erase(store: Store, number: str, same: Same) -> Forgotten:
    """Forget `number` (E.164), and whatever `same` says is it. Durable. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        request, work = callback_request.c, follow_up.c
        theirs = select(callback.c.request).where(callback.c.number == number)
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
    return _all(gone)


def forget_before(store: Store, before: float) -> Forgotten:
    """Forget what has ended, and had begun before `before` (epoch s). Durable. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        ended = (callback.c.promised_at < before) & callback.c.state.not_in(OPEN)
        still = select(callback.c.request).where(callback.c.state.in_(OPEN))
        request, work = callback_request.c, follow_up.c
        unheard = select(work.recording).where(work.done_at.is_(None), work.recording != "")
        old = (request.at < before) & (request.state != NEW) & request.id.not_in(still)
        old &= request.recording.not_in(unheard)
        gone = [
            _forget(connection, callback_request, old),
            _forget(connection, callback, ended),
            _forget(connection, follow_up, (work.opened_at < before) & work.done_at.is_not(None)),
        ]
    return _all(gone)


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
