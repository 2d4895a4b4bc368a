"""Has this number been dialled, why, and what came of it? The intent of every dial is on the disk before the dial.

The exact rules (who may be dialled when, what a result means) are the campaign's; what is checked here is what must
hold at the moment of dialling: nobody on a do-not-call list, no attempt made twice, no number dialled twice at once.
Blocks for the disk: callers run it in a thread.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, desc, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from cti.model.dialling import CALLBACKS as CALLBACKS
from cti.model.dialling import attempt_id as attempt_id
from cti.store.bulk import in_portions
from cti.store.database import Store
from cti.store.do_not_call import Entry, blocked_of
from cti.store.tables import attempt, lead

MOST_IN_JOURNAL = 1_000

_table = attempt
_LEDGER_LOCK = 0x637472  # PostgreSQL advisory lock, with a number: "cti, r"


class AttemptState(StrEnum):
    """How far an attempt is. A death over INTENDED or SENT leaves it so: `open_attempts` tells at the next start."""

    INTENDED = "intended"  # on the disk; nobody may have been dialled yet
    SENT = "sent"  # the switch was asked
    ENDED = "ended"
    UNKNOWN = "unknown"  # nobody can tell what came of it


OPEN = (AttemptState.INTENDED, AttemptState.SENT)


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One dialling of one number of one lead. `number` is personal data; times are epoch seconds, None: not yet.

    `rule`: why it was made, and once it has ended why it ended so. `by`: who decided (the engine, an agent, a person).
    """

    campaign: str
    lead: int
    attempt_no: int
    number_index: int
    number: str
    contact: str = ""
    state: AttemptState = AttemptState.INTENDED
    result: str = ""
    rule: str = ""
    by: str = "engine"
    intended_at: float | None = None
    sent_at: float | None = None
    ended_at: float | None = None

    @property
    def id(self) -> str:
        """The name of the attempt, and of its channel."""
        return attempt_id(self.campaign, self.lead, self.attempt_no)


class NotNow(StrEnum):
    """Why an attempt must not be made, as it turned out at the moment of dialling."""

    DO_NOT_CALL = "do_not_call"
    NUMBER_IN_DIAL = "number_in_dial"  # another attempt at the same number is open
    ALREADY_MADE = "already_made"  # this very attempt has been intended before: it must not be made twice


class Intent(msgspec.Struct, frozen=True):
    """What came of an intent. `why_not` None: it is on the disk, dial. `entry`: the do-not-call entry that says no."""

    why_not: NotNow | None = None
    entry: Entry | None = None


def intend(store: Store, wanted: Attempt, now: float) -> Intent:
    """Commit durably that `wanted` will be dialled now, or say why it must not be. Raises SQLAlchemyError.

    Only after an Intent without `why_not` may anybody be dialled.
    """
    row = _row(wanted) | {"state": AttemptState.INTENDED.value, "intended_at": now}
    with store.durable.connect() as connection:
        _alone_at(connection, wanted.number)
        try:  # the insert first: on SQLite it takes the write lock, and nothing changes between checks and commit
            connection.execute(insert(_table).values(row))
        except IntegrityError:
            return Intent(NotNow.ALREADY_MADE)
        entry = blocked_of(connection, [wanted.number], wanted.campaign, now).get(wanted.number)
        if entry is not None:
            connection.rollback()
            return Intent(NotNow.DO_NOT_CALL, entry)
        same = (_table.c.number == wanted.number, _table.c.state.in_(OPEN), _table.c.id != wanted.id)
        if connection.execute(select(_table.c.id).where(*same).limit(1)).first() is not None:
            connection.rollback()
            return Intent(NotNow.NUMBER_IN_DIAL)
        if wanted.campaign != CALLBACKS:
            counted = update(lead).where(lead.c.id == wanted.lead, lead.c.attempts < wanted.attempt_no)
            connection.execute(counted.values(attempts=wanted.attempt_no, changed_at=now))
        connection.commit()
    return Intent()


def _alone_at(connection: Connection, number: str) -> None:
    """On PostgreSQL neither of two at once would see the other's row."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:ledger, hashtext(:number))")
        connection.execute(lock, {"ledger": _LEDGER_LOCK, "number": number})


def sent(store: Store, attempt_name: str, now: float) -> bool:
    """The switch was asked. False if the attempt is not INTENDED (any more). Raises SQLAlchemyError."""
    ours = (_table.c.id == attempt_name, _table.c.state == AttemptState.INTENDED)
    with store.engine.begin() as connection:
        done = connection.execute(update(_table).where(*ours).values(state=AttemptState.SENT.value, sent_at=now))
    return done.rowcount == 1


def ended(
    store: Store,
    attempt_name: str,
    result: str,
    now: float,
    *,
    rule: str = "",
    contact: str = "",
    by: str = "",
    state: AttemptState = AttemptState.ENDED,
) -> bool:
    """Keep durably what came of an attempt; False if it had ended before: the first word stays. Raises SQLAlchemyError.

    `state` UNKNOWN: we died over it and nobody can tell; a late word then still counts.
    """
    values: dict[str, Any] = {"state": state.value, "result": result, "ended_at": now}
    values |= {key: value for key, value in (("rule", rule), ("contact", contact), ("by", by)) if value}
    before = OPEN if state is AttemptState.UNKNOWN else (*OPEN, AttemptState.UNKNOWN)
    with store.durable.begin() as connection:
        ours = (_table.c.id == attempt_name, _table.c.state.in_(before))
        return connection.execute(update(_table).where(*ours).values(values)).rowcount == 1


def open_attempts(store: Store) -> list[Attempt]:
    """Return what was intended or sent and has not ended: after a start, what we died over. The oldest first."""
    query = select(_table).where(_table.c.state.in_(OPEN)).order_by(_table.c.intended_at, _table.c.id)
    with store.engine.connect() as connection:
        return [attempt_of(row) for row in connection.execute(query).mappings()]


def attempts_of(store: Store, number: str, limit: int = MOST_IN_JOURNAL) -> list[Attempt]:
    """Return every attempt at `number`, over all campaigns, the newest first. Raises SQLAlchemyError."""
    query = select(_table).where(_table.c.number == number).order_by(desc(_table.c.intended_at), desc(_table.c.id))
    with store.engine.connect() as connection:
        return [attempt_of(row) for row in connection.execute(query.limit(limit)).mappings()]


def attempts_since(store: Store, numbers: Collection[str], since: float) -> dict[str, list[Attempt]]:
    """Return the attempts at each of `numbers` since then, over all campaigns, the oldest first: what caps count."""
    found: dict[str, list[Attempt]] = {number: [] for number in numbers}
    with store.engine.connect() as connection:
        for some in in_portions(sorted(found)):
            ours = (_table.c.number.in_(some), _table.c.intended_at >= since)
            for row in connection.execute(select(_table).where(*ours).order_by(_table.c.intended_at)).mappings():
                found[row["number"]].append(attempt_of(row))
    return found


def _row(made: Attempt) -> dict[str, Any]:
    return {"id": made.id, **{name: getattr(made, name) for name in made.__struct_fields__}}


def attempt_of(row: RowMapping) -> Attempt:
    """Return the attempt of a row of the table."""
    found = {name: row[name] for name in Attempt.__struct_fields__}
    return Attempt(**found | {"state": AttemptState(row["state"])})
