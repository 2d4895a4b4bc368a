"""Do nodes stand apart, left of what follows, and do lines end where they should?"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr.layout import Edge, arrange

pytestmark = pytest.mark.unit

NAMES = [f"n{number}" for number in range(8)]
EDGES = st.lists(
    st.builds(Edge, st.sampled_from(NAMES), st.sampled_from((14.0, 40.0)), st.sampled_from(NAMES)), max_size=20
)


@settings(deadline=None)
@given(st.lists(st.floats(28, 200), min_size=8, max_size=8), EDGES)
def test_any_graph_has_a_place_for_everything(heights: list[float], edges: list[Edge]) -> None:
    sizes = dict(zip(NAMES, heights, strict=True))
    layout = arrange(sizes, edges, "n0", 20)
    assert set(layout.places) == set(NAMES)
    for layer in {place.layer for place in layout.places.values()}:
        here = sorted((place.top, sizes[name]) for name, place in layout.places.items() if place.layer == layer)
        assert all(top + height + 20 <= below + 0.001 for (top, height), (below, _) in pairwise(here))
    for edge in edges:
        if edge in layout.backward:
            continue
        span = layout.places[edge.target].layer - layout.places[edge.source].layer
        assert span >= 1
        assert len(layout.lines[edge]) == span - 1
    assert layout.height >= max(place.top for place in layout.places.values())


def test_a_chain_is_a_straight_line() -> None:
    chain = [Edge("a", 14.0, "b"), Edge("b", 14.0, "c")]
    layout = arrange({"a": 100.0, "b": 28.0, "c": 50.0}, chain, "a", 20)
    assert [layout.places[name].layer for name in "abc"] == [0, 1, 2]
    tops = [layout.places[name].top for name in "abc"]
    assert max(tops) - min(tops) < 5


def test_crossings_are_undone() -> None:
    edges = [Edge("a", 14.0, "x"), Edge("a", 40.0, "y"), Edge("b", 14.0, "p"), Edge("b", 40.0, "q")]
    layout = arrange(dict.fromkeys(("a", "b", "q", "p", "y", "x"), 60.0), edges, "a", 20)
    tops = [layout.places[name].top for name in ("x", "y", "p", "q")]
    assert tops == sorted(tops)
