"""Is every row seen once, page by page, whatever is added in between?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, create_engine, insert, select

from cti.api.operation import Row
from cti.api.scoping import Scope
from cti.ports import Part
from cti.store.paging import behind, of_part

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


whose = Table("whose", MetaData(), Column("queue", String(9)), Column("agent", String(9)))
NAMES = st.sampled_from(["", "a", "b", "c"])
SOME = st.frozensets(st.sampled_from(["a", "b", "c"]))


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(NAMES, NAMES), max_size=6), queues=SOME, agents=SOME)
def test_a_page_of_a_part_has_the_rows_that_its_scope_is_shown(
    rows: list[tuple[str, str]], queues: frozenset[str], agents: frozenset[str]
) -> None:
    """Were there fewer, somebody would miss them; were there more, his page would be shorter than it could be."""
    engine = create_engine("sqlite://")
    whose.metadata.create_all(engine)
    all_of_them = [{"queue": queue, "agent": agent} for queue, agent in rows]
    scope = Scope(queues, agents, frozenset())
    with engine.begin() as connection:
        if all_of_them:
            connection.execute(insert(whose), all_of_them)

        def found(part: Part | None, **more: Any) -> list[dict[str, Any]]:
            query = of_part(select(whose), part, whose.c.queue, **more)
            return [dict(row) for row in connection.execute(query).mappings()]

        shown = [row for row in all_of_them if scope.has(Row.CONTACT, row)]
        assert found(Part(queues, agents), agent=whose.c.agent) == shown
        assert found(Part(queues, agents)) == [row for row in all_of_them if not row["queue"] or row in shown]
        assert found(None) == all_of_them
    engine.dispose()
