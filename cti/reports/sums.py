"""How are the counts of a step read together? Of days that are wholly in it from their sums, the rest by quarter hours.

A question for each step, or one for all where the database can tell the step of a row; on either database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from cti.reports.query import Query, Span, finder
from cti.store.bulk import in_portions
from cti.store.day_tables import DAYS
from cti.store.day_writing import Day, counted
from cti.store.interval_tables import GREATEST

Where = Callable[[Table], Sequence[ColumnElement[bool]]]
MOST_RANGES = 100  # in one question


class Summed(NamedTuple):
    """The counts of one step; `names` are those that were grouped by."""

    span: Span
    names: tuple[Any, ...]
    counts: dict[str, float]


class _Part(NamedTuple):
    """What is asked at once: these times of `table`. `span` None: `step` tells of which span a row is."""

    table: Table
    times: Sequence[tuple[float, float]]
    span: Span | None
    step: Any = None


def read_sums(
    connection: Connection,
    table: Table,
    query: Query,
    by: Sequence[str] = (),
    where: Where = lambda _table: (),
) -> list[Summed]:
    """The sums of `table` (of quarter hours) for each step of `query`, grouped by the columns `by`, in order.

    Names that `query` is restricted to are minded where the table has such a column; `where` gives more conditions, by
    the table that is asked. Without a row there is no Summed. Raises SQLAlchemyError.
    """
    steps = query.steps()
    step_of = finder(steps)
    found: dict[tuple[Span, tuple[Any, ...]], dict[str, float]] = {}
    asked = {*by, *(kind for kind in query.only if kind in table.c)}
    days = _days(connection, query) if all(name in DAYS[table.name].c for name in asked) else []
    for part in _parts(table, query, steps, days):
        for at, names, counts in _ask(connection, part, query, by, where):
            span = part.span or step_of(at)
            _add(found, (span, names), counts)
    return _in_order(found)


def total(found: Iterable[Summed]) -> list[Summed]:
    """The same without the first of the names: all queues, or all agents, together."""
    sums: dict[tuple[Span, tuple[Any, ...]], dict[str, float]] = {}
    for each in found:
        _add(sums, (each.span, each.names[1:]), each.counts)
    return _in_order(sums)


def _days(connection: Connection, query: Query) -> list[Day]:
    """The days that there are sums of, where the steps may be as long."""
    return [] if query.step_s else counted(connection, query.span.begin, query.span.end)


def _parts(table: Table, query: Query, steps: Sequence[Span], days: Sequence[Day]) -> Iterator[_Part]:
    if query.step_s:
        every = query.step_s
        first = int(steps[0].end) - every  # not after any row: a remainder of less than nothing is one
        start = table.c.start
        begin = start - (start - first) % every
        yield _Part(table, [(query.span.begin, query.span.end)], None, begin)
        return
    in_steps = [[day for day in days if step.begin <= day.start and day.end <= step.end] for step in steps]
    of_days = DAYS[table.name]
    if query.step == "day":
        whole = [day for inside in in_steps for day in inside]
        for times in in_portions(_joined(whole), MOST_RANGES):
            yield _Part(of_days, times, None, of_days.c.start)
    for step, inside in zip(steps, in_steps, strict=True):
        for times in in_portions(_joined(inside), MOST_RANGES) if query.step != "day" else ():
            yield _Part(of_days, times, step)
        for times in in_portions(_gaps(step, inside), MOST_RANGES):
            yield _Part(table, times, step)


def _joined(days: Sequence[Day]) -> list[tuple[float, float]]:
    """The times of these days, those that follow each other as one."""
    found: list[tuple[float, float]] = []
    for day in days:
        begin = found.pop()[0] if found and found[-1][1] == day.start else day.start
        found.append((begin, day.end))
    return found


def _gaps(step: Span, days: Sequence[Day]) -> list[tuple[float, float]]:
    """What of the step is in none of the days."""
    edges = [step.begin, *(edge for day in days for edge in day), step.end]
    return [(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True) if begin < end]


def _ask(
    connection: Connection, part: _Part, query: Query, by: Sequence[str], where: Where
) -> Iterator[tuple[float, tuple[Any, ...], dict[str, float]]]:
    """Each row's time (0 if it is of one span), the names it is grouped by, and its counts."""
    table = part.table
    names = [column.name for column in table.columns if column.name not in table.primary_key.columns]
    sums = [(func.max if name in GREATEST else func.sum)(table.c[name]) for name in names]
    step = [] if part.step is None else [part.step.label("step_at")]  # by its name: a parameter equals no other one
    groups: list[Any] = [*step, *(table.c[name] for name in by)]
    grouped = [*("step_at" for _ in step), *groups[len(step) :]]
    # Whole numbers, rounded up, mean the same: to compare with a float, PostgreSQL casts the column, and uses no index
    times = or_(*(and_(table.c.start >= ceil(begin), table.c.start < ceil(end)) for begin, end in part.times))
    named = [table.c[kind].in_(words) for kind, words in query.only.items() if kind in table.c]
    asked = select(*groups, *sums).where(times, *named, *where(table))
    head = len(groups)
    for row in connection.execute(asked.group_by(*grouped) if groups else asked):
        counts = {name: float(value or 0) for name, value in zip(names, row[head:], strict=True)}
        if any(counts.values()):
            yield (0.0 if part.step is None else float(row[0])), tuple(row[head - len(by) : head]), counts


def _add(
    into: dict[tuple[Span, tuple[Any, ...]], dict[str, float]],
    key: tuple[Span, tuple[Any, ...]],
    counts: dict[str, float],
) -> None:
    known = into.get(key)
    if known is None:
        into[key] = dict(counts)
        return
    for name, number in counts.items():
        known[name] = max(known[name], number) if name in GREATEST else known[name] + number


def _in_order(found: dict[tuple[Span, tuple[Any, ...]], dict[str, float]]) -> list[Summed]:
    rows = (Summed(span, names, counts) for (span, names), counts in found.items())
    return sorted(rows, key=lambda each: (each.span.begin, each.names))
