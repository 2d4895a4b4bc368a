"""Is every row seen once, page by page, whatever is added in between?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Float, Integer, MetaData, Table, create_engine, insert, select

from cti.store.paging import behind

pytestmark = pytest.mark.unit

thing = Table("thing", MetaData(), Column("id", Integer, primary_key=True), Column("at", Float, nullable=False))
TIMES = st.lists(st.sampled_from([1.0, 1.5, 2.0, 1_700_000_000.123_456_7]), max_size=8)


@settings(max_examples=30, deadline=None)
@given(first=TIMES, later=TIMES, limit=st.integers(1, 4), newest_first=st.booleans())
def test_each_row_is_seen_once_and_in_order(
    first: list[float], later: list[float], limit: int, newest_first: bool
) -> None:
    engine = create_engine("sqlite://")
    thing.metadata.create_all(engine)
    seen: list[tuple[Any, ...]] = []
    waiting = list(later)
    key = (thing.c.at, thing.c.id)
    with engine.begin() as connection:
        for at in first:
            connection.execute(insert(thing).values(at=at))
        there = {tuple(row) for row in connection.execute(select(*key))}
        while portion := [
            tuple(row)
            for row in connection.execute(
                behind(select(*key), key, seen[-1] if seen else None, newest_first=newest_first).limit(limit)
            )
        ]:
            seen += portion
            if waiting:
                connection.execute(insert(thing).values(at=waiting.pop()))
    engine.dispose()
    assert seen == sorted(set(seen), reverse=newest_first)
    assert there <= set(seen)
