"""Which rows come behind one that was shown? By the sort key, not by counting: rows that are added move no others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, tuple_

from cti.ports import Part


def behind(
    query: Select[Any],
    key: tuple[ColumnElement[Any], ...],
    after: tuple[Any, ...] | None,
    *,
    newest_first: bool = False,
) -> Select[Any]:
    """Return `query` in the order of `key` (together unique), only what is behind the row whose key is `after`."""
    ordered = query.order_by(*(column.desc() if newest_first else column for column in key))
    if after is None:
        return ordered
    columns = tuple_(*key)
    return ordered.where(columns < after if newest_first else columns > after)


def of_part(
    query: Select[Any], part: Part | None, queue: ColumnElement[str], agent: ColumnElement[str] | None = None
) -> Select[Any]:
    """Return `query` with rows of `part` only (None: all), so that a page is not full of what nobody is shown.

    `queue` and `agent`: the columns that say whose a row is, "" for nobody's. Without `agent` a row of no queue stays.
    """
    if part is None:
        return query
    of_no_queue = queue == ""
    his = of_no_queue if agent is None else of_no_queue & agent.in_(part.agents)
    return query.where(or_(queue.in_(part.queues), his))
