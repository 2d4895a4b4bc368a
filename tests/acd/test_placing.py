"""Does each node get its part of the calls that we begin?"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.acd.placing import place
from cti.model.words import NodeId

pytestmark = pytest.mark.unit

WEIGHTS = st.dictionaries(st.sampled_from([NodeId(f"n{i}") for i in range(8)]), st.integers(1, 1000), min_size=1)


@given(WEIGHTS, st.integers(1, 300))
def test_as_long_as_nothing_ends_no_node_is_a_whole_call_away_from_its_part(
    weights: dict[NodeId, int], count: int
) -> None:
    calls: Counter[NodeId] = Counter()
    whole = sum(weights.values())
    for number in range(1, count + 1):
        node = place(weights, calls)
        assert node is not None
        calls[node] += 1
        for each, weight in weights.items():
            assert abs(calls[each] - Fraction(number * weight, whole)) < 1, (each, number, weights)


@given(WEIGHTS, st.dictionaries(st.sampled_from([NodeId(f"n{i}") for i in range(9)]), st.integers(0, 1000)))
def test_whatever_there_is_the_next_goes_to_a_node_below_its_part(
    weights: dict[NodeId, int], calls: dict[NodeId, int]
) -> None:
    node = place(weights, calls)
    assert node in weights
    after, whole = 1 + sum(calls.get(each, 0) for each in weights), sum(weights.values())
    assert calls.get(node, 0) < Fraction(after * weights[node], whole)
    assert place(dict(reversed(weights.items())), calls) == node, "whatever the order"


def test_of_equals_the_one_with_the_fewest_and_then_the_first_by_name() -> None:
    a, b = NodeId("a"), NodeId("b")
    assert place({b: 1, a: 1}, {}) == a
    assert place({a: 1, b: 1}, {a: 1}) == b
    assert place({a: 3, b: 3}, {a: 5, b: 4}) == b
    assert place({}, {a: 1}) is None
