"""Who must not be called? Numbers and beginnings of numbers, of one campaign or of all, for a time or for ever.

Nothing is deleted: an entry ends, and it stays to be seen who ended it. Blocks for the disk. Patterns and numbers are
personal data.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, or_, select, update

from cti.store.bulk import in_portions
from cti.store.database import Store
from cti.store.tables import do_not_call

EVERY_LENGTH = range(2, 17)  # of a beginning: the + and at least one digit, at most fifteen

_table = do_not_call


class Entry(msgspec.Struct, frozen=True):
    """One wish, or one line of a register. `campaign` "": of all; `until` None: for ever; times are epoch seconds.

    `pattern` is personal data: an E.164 number, or the beginning of numbers and a *.
    """

    pattern: str
    campaign: str
    reason: str
    by: str
    at: float
    until: float | None = None
    ended_by: str = ""


def add_entry(store: Store, entry: Entry) -> bool:
    """Keep `entry` durably; False if one that says at least as much holds already. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        return bool(add_entries(connection, [entry]))


def add_entries(connection: Connection, entries: Collection[Entry]) -> int:
    """Keep `entries` within the caller's transaction; how many were new. Raises SQLAlchemyError."""
    wanted = {(entry.pattern, entry.campaign): entry for entry in entries}
    held: set[tuple[str, str]] = set()
    for some in in_portions(sorted({entry.pattern for entry in entries})):
        query = select(_table).where(_table.c.pattern.in_(some))
        for row in connection.execute(query):
            new = wanted.get((row.pattern, row.campaign))
            if (
                new is not None
                and _holds(row.until, new.at)
                and (row.until is None or row.until >= (new.until or 1e99))
            ):
                held.add((row.pattern, row.campaign))
    fresh = [msgspec.structs.asdict(entry) for key, entry in wanted.items() if key not in held]
    if fresh:
        connection.execute(insert(_table), fresh)
    return len(fresh)


def end_entries(store: Store, pattern: str, campaign: str, by: str, now: float) -> int:
    """End what holds for exactly this pattern and campaign; how many entries that were. Durable."""
    ours = (_table.c.pattern == pattern, _table.c.campaign == campaign, _now_true(now))
    with store.durable.begin() as connection:
        return connection.execute(update(_table).where(*ours).values(until=now, ended_by=by)).rowcount


def blocked(store: Store, number: str, campaign: str, now: float) -> Entry | None:
    """Return why `number` must not be called for `campaign` now; None where it may. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        return blocked_of(connection, [number], campaign, now).get(number)


def blocked_of(
    connection: Connection,
    numbers: Collection[str],
    campaign: str,
    now: float,
    lengths: Collection[int] = EVERY_LENGTH,
) -> dict[str, Entry]:
    """Return those of `numbers` that must not be called, each with the oldest reason. Raises SQLAlchemyError.

    `lengths`: of the beginnings that there are, where somebody has asked `lengths_of_beginnings`.
    """
    holding: dict[str, Entry] = {}
    for some in in_portions(sorted({key for number in numbers for key in keys_of(number, lengths)})):
        scope = or_(_table.c.campaign == "", _table.c.campaign == campaign)
        query = select(_table).where(_table.c.pattern.in_(some), scope, _now_true(now)).order_by(_table.c.id.desc())
        for row in connection.execute(query).mappings():
            holding[row["pattern"]] = _entry(row)
    if not holding:
        return {}
    found = ((number, [holding[key] for key in keys_of(number) if key in holding]) for number in numbers)
    return {number: min(entries, key=lambda entry: entry.at) for number, entries in found if entries}


def entries_of(store: Store, number: str) -> list[Entry]:
    """Return every entry that is or was about `number`, the oldest first. Raises SQLAlchemyError."""
    query = select(_table).where(_table.c.pattern.in_(keys_of(number))).order_by(_table.c.id)
    with store.engine.connect() as connection:
        return [_entry(row) for row in connection.execute(query).mappings()]


def lengths_of_beginnings(connection: Connection) -> set[int]:
    """Return how long the beginnings are that are in the table, for who asks of many. Raises SQLAlchemyError."""
    lengths = select(func.length(_table.c.pattern) - 1).where(_table.c.pattern.like("%*")).distinct()
    return set(connection.execute(lengths).scalars())


def keys_of(number: str, lengths: Collection[int] = EVERY_LENGTH) -> list[str]:
    """Return every pattern that means `number`: itself and its beginnings (of these lengths, the + counted)."""
    return [number, *(f"{number[:length]}*" for length in lengths if length <= len(number))]


def _now_true(now: float) -> ColumnElement[bool]:
    return and_(_table.c.at <= now, or_(_table.c.until.is_(None), _table.c.until > now))


def _holds(until: float | None, now: float) -> bool:
    return until is None or until > now


def _entry(row: RowMapping) -> Entry:
    return Entry(**{name: row[name] for name in Entry.__struct_fields__})
