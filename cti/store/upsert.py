"""How is a row put where another engine may just have put one? In one statement that minds it, in either database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func
from sqlalchemy.dialects import postgresql, sqlite


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    replace: bool,
    keep_where_empty: Sequence[str] = (),
) -> None:
    """Insert `rows` (of one shape); one that is there already is replaced, or left as it is. Raises SQLAlchemyError.

    `keep_where_empty`: columns that an empty text does not replace.
    """
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    if replace:
        new = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        for name in keep_where_empty:
            new[name] = _unless_empty(statement.excluded[name], table.c[name])
        statement = statement.on_conflict_do_update(index_elements=keys, set_=new)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    in_order = sorted(rows, key=lambda row: [row[key] for key in keys])  # two engines never wait for each other
    connection.execute(statement, [dict(row) for row in in_order])


def _unless_empty(new: Any, old: Any) -> Any:
    return func.coalesce(func.nullif(new, ""), old)
