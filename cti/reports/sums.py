"""How are the counts of many quarter hours read together? One query a step or one for all, on either database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, func, select

from cti.reports.query import Query, Span
from cti.store.interval_tables import GREATEST


class Summed(NamedTuple):
    """The counts of one step; `names` are those that were grouped by."""

    span: Span
    names: tuple[Any, ...]
    counts: dict[str, float]


def read_sums(
    connection: Connection,
    table: Table,
    query: Query,
    by: Sequence[str] = (),
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Summed]:
    """The sums of `table` for each step of `query`, grouped by the columns `by`, in order. Raises SQLAlchemyError.

    Names that `query` is restricted to are minded where the table has such a column. Without a row there is no Summed.
    """
    keys = {column.name for column in table.primary_key}
    named = [table.c[kind].in_(names) for kind, names in query.only.items() if kind in table.c]
    sums = [
        (func.max if column.name in GREATEST else func.sum)(column).label(column.name)
        for column in table.columns
        if column.name not in keys
    ]
    found: list[Summed] = []
    for span, step in _questions(query, table):
        groups = [*([step.label("step_at")] if step is not None else []), *(table.c[name] for name in by)]
        asked = select(*groups, *sums).where(table.c.start >= span.begin, table.c.start < span.end, *named, *where)
        if groups:
            asked = asked.group_by(*(step if each.name == "step_at" else each for each in groups))
        for row in connection.execute(asked).mappings():
            counts = {each.name: float(row[each.name] or 0) for each in sums}
            if any(counts.values()):
                names = tuple(row[name] for name in by)
                found.append(Summed(span if step is None else _cut(float(row["step_at"]), query), names, counts))
    return sorted(found, key=lambda each: (each.span.begin, each.names))


def _questions(query: Query, table: Table) -> Iterator[tuple[Span, Any]]:
    """Steps of the clock are grouped in one question; those of the calendar are asked one by one."""
    if not query.step_s:
        for span in query.steps():
            yield span, None
        return
    query.steps()  # refuses too many
    every, first = query.step_s, int(query.steps()[0].end)
    yield query.span, table.c.start - (table.c.start - first + 1_000_000 * every) % every


def _cut(begin: float, query: Query) -> Span:
    return Span(max(begin, query.span.begin), min(begin + query.step_s, query.span.end))
