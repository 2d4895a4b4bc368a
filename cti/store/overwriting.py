"""Which rows name a number, in whatever column of whatever table, and how is it overwritten there?

Knows no meaning of a column: it is the broom behind erasure.py, and the look that proves it. What a configuration says
is the operator's, and the audit trail is append-only: they are looked at, and never overwritten. A do-not-call entry is
a person's own wish: it is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    update,
)

from cti.erasing_files import erase_in_bytes
from cti.number_in_text import Sought
from cti.store.amd_tables import amd_verdict
from cti.store.database import Store
from cti.store.day_tables import counted_day
from cti.store.people_tables import person
from cti.store.tables import audit, config_version, do_not_call, flow_version, live_change, metadata

ONLY_LOOKED_AT = (audit, config_version, flow_version, live_change)
MOST_LOOKS = 5  # through a table into whose rows somebody writes meanwhile
_WHOLE_SCHEMA = (amd_verdict, counted_day, person)  # their modules bring the tables that are not in tables.py


class Named(NamedTuple):
    """A row that names the number: its key, and the columns in which it stands, as they are and with what is left.

    Without such columns it only names what `perhaps` is the number.
    """

    key: dict[str, Any]
    was: dict[str, Any]
    instead: dict[str, Any]
    perhaps: int = 0


class Left(NamedTuple):
    """How many rows of each table still name the number; and how many something that perhaps is it."""

    surely: dict[str, int]
    perhaps: dict[str, int]


def tables() -> list[Table]:
    """Every table that is looked at."""
    return [table for table in metadata.sorted_tables if table is not do_not_call]


def named(connection: Connection, table: Table, forms: Collection[str]) -> Iterator[Named]:
    """Rows of `table` in which one of `forms` stands, as number_in_text.py finds it. Raises SQLAlchemyError."""
    return (row for row in _all_named(connection, table, Sought(forms)) if row.instead)


def _all_named(connection: Connection, table: Table, sought: Sought) -> Iterator[Named]:
    texts = [column for column in table.columns if isinstance(column.type, String | Text | LargeBinary)]
    if not texts:
        return
    keys = [column for column in table.primary_key if column not in texts]
    asked = select(*keys, *texts)
    if not any(_is_bytes(column) for column in texts):  # of those there are a day's, and no regular expressions
        looks = sought.expression  # in SQLite it is ours, and takes no NULL
        asked = asked.where(or_(*(func.coalesce(column, "").regexp_match(looks) for column in texts)))
    for row in connection.execute(asked).mappings():
        found = {column.name: _without(row[column.name], sought) for column in texts}
        instead = {name: value for name, (value, _) in found.items() if value != row[name]}
        perhaps = sum(times for _, times in found.values())
        if instead or perhaps:
            key = {column.name: row[column.name] for column in table.primary_key}
            yield Named(key, {name: row[name] for name in instead}, instead, perhaps)


def overwrite(store: Store, forms: Collection[str]) -> dict[str, int]:
    """Overwrite every one of `forms` where it is no part of a key; how many rows, by table. Raises SQLAlchemyError.

    Looks first, and writes then: nobody who writes waits while all that is kept is looked through. What somebody has
    written between the two is not taken back: its row is looked for again.
    """
    found: dict[str, int] = {}
    for table in tables():
        if table in ONLY_LOOKED_AT:
            continue
        for _ in range(MOST_LOOKS):
            with store.engine.connect() as connection:
                rows = list(named(connection, table, forms))
            written, missed = _write(store, table, rows)
            if written:
                found[table.name] = found.get(table.name, 0) + written
            if not missed:
                break
    return found


def _write(store: Store, table: Table, rows: Iterable[Named]) -> tuple[int, int]:
    """Overwrite what stands there as it did; how many rows, and how many stand otherwise now."""
    written = missed = 0
    with store.durable.begin() as connection:
        for row in rows:
            instead = {name: value for name, value in row.instead.items() if name not in row.key}
            if instead:
                same = and_(is_row(table, row.key), is_row(table, row.was))
                hit = connection.execute(update(table).where(same).values(instead)).rowcount
                written, missed = written + hit, missed + 1 - hit
    return written, missed


def left(connection: Connection, forms: Collection[str]) -> Left:
    """What is left of it in each table. Raises SQLAlchemyError."""
    found, sought = Left({}, {}), Sought(forms)
    for table in tables():
        for row in _all_named(connection, table, sought):
            counts = found.surely if row.instead else found.perhaps
            counts[table.name] = counts.get(table.name, 0) + 1
    return found


def is_row(table: Table, key: dict[str, Any]) -> ColumnElement[bool]:
    """The condition that a row has these values, its key for example."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


def _without(value: Any, sought: Sought) -> tuple[Any, int]:
    if isinstance(value, bytes):
        return erase_in_bytes(value, sought)
    return sought.erase(value) if isinstance(value, str) else (value, 0)
