"""Which rows come behind one that was shown? By the sort key, not by counting: rows that are added move no others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, tuple_


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
