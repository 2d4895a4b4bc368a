"""How is a row put where another engine may just have put one? In one statement that minds it, in either database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from cti.store.bulk import insert_many


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    replace: bool,
    keep_where_empty: Sequence[str] = (),
) -> None:
    """Insert `rows` (of one shape); one that is there already is replaced, or left as it is. Raises SQLAlchemyError.

    `replace`: no two of `rows` have the same key. `keep_where_empty`: columns that an empty text does not replace.
    """
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    keys, columns = [column.name for column in table.primary_key], list(rows[0])
    then = "ON CONFLICT DO NOTHING"
    if replace:
        new = [
            f"{quote(name)} = {_new(quote(table.name), quote(name), keep_where_empty=name in keep_where_empty)}"
            for name in columns
            if name not in keys
        ]
        then = f"ON CONFLICT ({', '.join(map(quote, keys))}) DO UPDATE SET {', '.join(new)}"
    in_order = sorted(rows, key=lambda row: [row[key] for key in keys])  # two engines never wait for each other
    insert_many(connection, table, columns, [[row[name] for name in columns] for row in in_order], then)


def _new(table: str, name: str, *, keep_where_empty: bool) -> str:
    return f"coalesce(nullif(excluded.{name}, ''), {table}.{name})" if keep_where_empty else f"excluded.{name}"
