"""How do many rows get into a table, and many values into a question? The fastest way of each database."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DatabaseError

MOST_ASKED = 5_000  # values in one IN (...): far below what either database takes
MOST_VALUES = 30_000  # in one statement: a little less than either database takes

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})  # of COPY's text format

V = TypeVar("V")


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`, which have a value for every column in the table's order. Raises SQLAlchemyError."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    if connection.dialect.name != "postgresql":
        marks = ", ".join("?" * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})", list(rows))
        return
    text = "".join("\t".join(map(_copied, row)) + "\n" for row in rows)
    _copy(connection, f"COPY {quote(table.name)} ({columns}) FROM STDIN", text.encode())


def insert_many(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    on_conflict: str = "",
) -> None:
    """Insert `rows`, which have a value for each of `columns`, many in one statement. Raises SQLAlchemyError.

    `on_conflict`: SQL for what becomes of a row that is there already. Row by row, as SQLAlchemy does it, would be a
    round trip each on PostgreSQL; on SQLite each would hand the interpreter to another thread and wait for it again.
    """
    quote = connection.dialect.identifier_preparer.quote
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    into = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES "
    marks = f"({', '.join([mark] * len(columns))})"
    for some in in_portions(rows, MOST_VALUES // len(columns)):
        values = tuple(value for row in some for value in row)
        connection.exec_driver_sql(f"{into}{', '.join([marks] * len(some))} {on_conflict}", values)


def in_portions(values: Sequence[V], most: int = MOST_ASKED) -> Iterator[Sequence[V]]:
    """Yield `values` in pieces that one statement takes."""
    for begin in range(0, len(values), most):
        yield values[begin : begin + most]


def _copy(connection: Connection, statement: str, data: bytes) -> None:
    """By the driver's own hands (row by row would be a round trip each), with SQLAlchemy's errors."""
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(statement, stream=io.BytesIO(data))
    except connection.dialect.loaded_dbapi.Error as error:
        raise DatabaseError("COPY", None, error) from None
    except BaseException:
        connection.invalidate()
        raise
    finally:
        cursor.close()


def _copied(value: object) -> str:
    return "\\N" if value is None else value.translate(_ESCAPES) if isinstance(value, str) else repr(value)
