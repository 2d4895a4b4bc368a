"""What changed between two pictures."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.differences import Difference, Row, Step, joined

pytestmark = pytest.mark.unit

ROWS = st.none() | st.fixed_dictionaries({"a": st.integers(0, 1), "b": st.integers(0, 1)})


def test_only_fields_that_differ_are_told_and_all_of_a_new_row() -> None:
    assert Step({"a": 1, "b": 2}, {"a": 1, "b": 3}).fields() == {"b": 3}
    assert Step(None, {"a": 1}).fields() == {"a": 1}
    assert Step({"a": 1}, None).fields() == {}
    assert Step({"a": 1}, {"a": 1, "c": None}).fields() == {"c": None}


def test_of_an_object_only_the_members_that_differ_are_told() -> None:
    before, after = {"today": {"answered": 1, "offered": 2}}, {"today": {"answered": 1, "offered": 3}}
    assert Step(before, after).fields() == {"today.offered": 3}
    assert Step({"nodes": {"a": "up"}}, {"nodes": {}}).fields() == {"nodes": {}}
    assert Step({"level": None}, {"level": {"x": 1}}).fields() == {"level": {"x": 1}}


@settings(max_examples=50)
@given(st.lists(st.dictionaries(st.sampled_from("xyz"), ROWS), min_size=3, max_size=3))
def test_two_differences_as_one_lead_from_the_first_rows_to_the_last(pictures: list[dict[str, Row | None]]) -> None:
    first, middle, last = pictures

    def between(one: dict[str, Row | None], other: dict[str, Row | None]) -> Difference:
        steps = {key: Step(one.get(key), other.get(key)) for key in one.keys() | other.keys()}
        return {"t": {key: step for key, step in steps.items() if step.before != step.after}}

    expected = {topic: steps for topic, steps in between(first, last).items() if steps}
    assert joined(between(first, middle), between(middle, last)) == expected
