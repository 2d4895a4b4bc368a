"""How many rows that have a moment (an attempt, a promise) are in each step? One question, whatever the step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, cast, func

from cti.reports.query import Query, Span, finder
from cti.store.interval_tables import INTERVAL_S


def count_by_step(
    connection: Connection, asked: Select[Any], moment: ColumnElement[float], query: Query, by: Sequence[Any]
) -> dict[Span, Counter[tuple[Any, ...]]]:
    """How many rows of `asked` have a `moment` (epoch seconds) in each step, by the columns `by`.

    `asked` says from where, and under which conditions. Steps without a row are left out. Raises SQLAlchemyError.
    """
    steps = query.steps()
    step_of = finder(steps)
    groups = [*by, _quarter_of(connection, moment).label("quarter")] if len(steps) > 1 else [*by]
    names_of = [*by, "quarter"] if len(steps) > 1 else [*by]  # by its name: a parameter equals no other one
    inside = asked.with_only_columns(*groups, func.count()).where(moment >= query.span.begin, moment < query.span.end)
    found: dict[Span, Counter[tuple[Any, ...]]] = {}
    for row in connection.execute(inside.group_by(*names_of)):
        *names, count = row
        at = names.pop() * INTERVAL_S if len(steps) > 1 else query.span.begin
        found.setdefault(step_of(at), Counter())[tuple(names)] += int(count)
    return found


def _quarter_of(connection: Connection, moment: ColumnElement[float]) -> ColumnElement[int]:
    """All steps begin at a quarter of an hour. A cast cuts off in SQLite, and rounds in PostgreSQL."""
    quarters = moment / float(INTERVAL_S)
    return cast(quarters if connection.dialect.name == "sqlite" else func.floor(quarters), Integer)
