"""Which rows name a number, in whatever column of whatever table, and how is it overwritten there?

Knows no meaning of a column: it is the broom behind erasure.py, and the look that proves it. What a configuration says
is the operator's, and the audit trail is append-only: they are looked at, and never overwritten. A do-not-call entry is
a person's own wish: it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, LargeBinary, String, Table, Text, and_, or_, select, update

from cti.erasing_files import FILLER, pattern_of
from cti.store.amd_tables import amd_verdict
from cti.store.database import Store
from cti.store.day_tables import counted_day
from cti.store.people_tables import person
from cti.store.tables import audit, config_version, do_not_call, flow_version, live_change, metadata

ONLY_LOOKED_AT = (audit, config_version, flow_version, live_change)
_WHOLE_SCHEMA = (amd_verdict, counted_day, person)  # their modules bring the tables that are not in tables.py


class Named(NamedTuple):
    """A row that names the number: its key, and the columns in which it stands, with what is left of them."""

    key: dict[str, Any]
    instead: dict[str, Any]


def tables() -> list[Table]:
    """Every table that is looked at."""
    return [table for table in metadata.sorted_tables if table is not do_not_call]


def named(connection: Connection, table: Table, forms: Collection[str]) -> Iterator[Named]:
    """Rows of `table` in which one of `forms` stands, no further digit beside it. Raises SQLAlchemyError."""
    texts = [column for column in table.columns if isinstance(column.type, String | Text | LargeBinary)]
    if not texts:
        return
    keys = [column for column in table.primary_key if column not in texts]
    asked = select(*keys, *texts)
    if not any(_is_bytes(column) for column in texts):  # of those there are a day's, and no LIKE for both databases
        asked = asked.where(or_(*(column.contains(form, autoescape=True) for column in texts for form in forms)))
    pattern = pattern_of(forms)
    for row in connection.execute(asked).mappings():
        instead = {column.name: _without(row[column.name], pattern) for column in texts}
        instead = {name: value for name, value in instead.items() if value != row[name]}
        if instead:
            yield Named({column.name: row[column.name] for column in table.primary_key}, instead)


def overwrite(store: Store, forms: Collection[str]) -> dict[str, int]:
    """Overwrite every one of `forms` where it is no part of a key; how many rows, by table. Raises SQLAlchemyError.

    Looks first, and writes then: nobody who writes waits while all that is kept is looked through.
    """
    found: dict[str, int] = {}
    for table in tables():
        if table in ONLY_LOOKED_AT:
            continue
        with store.engine.connect() as connection:
            rows = list(named(connection, table, forms))
        rest = [(row.key, {name: value for name, value in row.instead.items() if name not in row.key}) for row in rows]
        with store.durable.begin() as connection:
            for key, instead in rest:
                if instead:
                    connection.execute(update(table).where(is_row(table, key)).values(instead))
                    found[table.name] = found.get(table.name, 0) + 1
    return found


def left(connection: Connection, forms: Collection[str]) -> dict[str, int]:
    """How many rows of each table still name the number. Raises SQLAlchemyError."""
    counts = {table.name: sum(1 for _ in named(connection, table, forms)) for table in tables()}
    return {name: count for name, count in counts.items() if count}


def is_row(table: Table, key: dict[str, Any]) -> ColumnElement[bool]:
    """The condition that a row has this key."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, bytes):
        text = value.decode("latin-1")
        clean = pattern.sub(_filled, text)
        return value if clean == text else clean.encode("latin-1")
    return pattern.sub(_filled, value) if isinstance(value, str) else value


def _filled(match: re.Match[str]) -> str:
    return FILLER.decode() * len(match.group())
