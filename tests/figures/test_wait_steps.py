"""Is a percentile out of steps never too low, and at most one step too high?"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.figures.wait_steps import BOUNDS_S, end_s, percentile_s, step_of

pytestmark = pytest.mark.unit


def test_steps_are_in_order_and_hold_their_begin() -> None:
    assert list(BOUNDS_S) == sorted(set(BOUNDS_S))
    assert [step_of(bound_s) for bound_s in BOUNDS_S] == list(range(len(BOUNDS_S)))
    assert (step_of(-1.0), step_of(1e9)) == (0, len(BOUNDS_S) - 1)


@given(st.lists(st.floats(0, 80_000), min_size=1, max_size=60), st.sampled_from((0.5, 0.9)))
def test_percentile(waits_s: list[float], quantile: float) -> None:
    found = percentile_s(Counter(map(step_of, waits_s)), quantile)
    ordered = sorted(waits_s)
    exact = ordered[max(0, -int(-quantile * len(ordered) // 1) - 1)]
    assert found is not None
    assert exact <= found or found == BOUNDS_S[-1]
    assert found == end_s(step_of(exact))


def test_nobody_waited() -> None:
    assert percentile_s({}, 0.5) is None
