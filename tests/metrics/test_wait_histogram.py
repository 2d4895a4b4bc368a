"""Does the histogram grow a bucket without a counter ever going back?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.metrics.wait_histogram import MAX_FORMER, WaitHistogram

pytestmark = pytest.mark.unit

waits = st.lists(st.floats(0, 100), max_size=30)
bounds = st.lists(st.floats(0.5, 90), min_size=1, max_size=4)


def counts(histogram: WaitHistogram) -> Mapping[tuple[str, str], float]:
    return {
        (sample.labels["queue"], sample.labels.get("le", sample.name)): sample.value
        for sample in histogram.family().samples
    }


def test_a_wait_of_just_the_target_is_within_it() -> None:
    histogram = WaitHistogram([20.0])
    histogram.cover(["sales"], [])
    histogram.observe("sales", 20.0)
    histogram.observe("sales", 20.1)
    histogram.observe("unknown", 1.0)
    assert counts(histogram)["sales", "20.0"] == 1
    assert counts(histogram)["sales", "+Inf"] == counts(histogram)["sales", "cti_queue_wait_seconds_count"] == 2


@given(waits, bounds, waits)
def test_new_buckets_take_nothing_from_the_old_ones_and_are_exact_from_then_on(
    before: list[float], added: list[float], after: list[float]
) -> None:
    histogram = WaitHistogram([10.0, 50.0])
    histogram.cover(["sales"], [])
    for wait_s in before:
        histogram.observe("sales", wait_s)
    old = counts(histogram)
    histogram.cover(["sales", "support"], added)
    then = counts(histogram)
    assert all(then[key] == value for key, value in old.items())
    for wait_s in after:
        histogram.observe("sales", wait_s)
    now = counts(histogram)
    for bound_s in {*added, 10.0, 50.0}:
        key = "sales", next(le for _, le in now if le[0].isdigit() and float(le) == bound_s)
        assert now[key] - then[key] == sum(wait_s <= bound_s for wait_s in after)
    rising = [value for (queue, le), value in now.items() if queue == "sales" and "cti" not in le]
    assert rising == sorted(rising)


def test_a_queue_that_is_gone_is_shown_no_more() -> None:
    histogram = WaitHistogram([10.0])
    histogram.cover(["sales", "support"], [])
    histogram.keep({"sales"})
    assert {queue for queue, _ in counts(histogram)} == {"sales"}


steps = st.lists(st.tuples(st.floats(0.5, 90), st.floats(0, 100)), max_size=40)


def test_a_bound_that_is_forgotten_leaves_its_counts_to_the_next_one() -> None:
    histogram = WaitHistogram([50.0])
    for target_s in range(1, MAX_FORMER + 3):
        histogram.cover(["sales"], [float(target_s)])
        histogram.observe("sales", float(target_s))
    now_told = counts(histogram)
    assert ("sales", "1.0") not in now_told
    assert [now_told["sales", le] for le in ("2.0", "3.0", "+Inf")] == [2, 3, MAX_FORMER + 2]


@settings(max_examples=30)
@given(steps)
def test_former_targets_have_a_bound_and_take_nothing_with_them(steps: list[tuple[float, float]]) -> None:
    histogram = WaitHistogram([10.0, 50.0])
    for target_s, wait_s in steps:
        before = list(zip(histogram._bounds_s, accumulate(histogram._counts.get("sales", [])), strict=False))
        histogram.cover(["sales"], [target_s])
        now = dict(zip(histogram._bounds_s, accumulate(histogram._counts["sales"]), strict=True))
        assert all(now[bound_s] == count for bound_s, count in before if bound_s in now)
        assert target_s in now and len(now) <= 4 + MAX_FORMER
        histogram.observe("sales", wait_s)
    histogram.cover(["sales"], [])
    now_told = counts(histogram)
    for bound_s, le in ((10.0, "10.0"), (50.0, "50.0"), (1e9, "+Inf")):
        assert now_told["sales", le] == sum(wait_s <= bound_s for _, wait_s in steps)


def test_the_oldest_target_goes_first_and_one_that_came_back_is_new() -> None:
    histogram = WaitHistogram([10.0])
    histogram.cover(["sales"], [99.0])
    for target_s in range(100, 100 + MAX_FORMER):
        histogram.cover(["sales"], [float(target_s)])
    histogram.cover(["sales"], [99.0])  # holds again
    histogram.cover(["sales"], [200.0])
    histogram.cover(["sales"], [201.0])
    assert {99.0, 200.0, 201.0} < set(histogram._bounds_s) and 100.0 not in histogram._bounds_s
