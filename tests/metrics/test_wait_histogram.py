"""Does the histogram grow a bucket without a counter ever going back?"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.metrics.wait_histogram import WaitHistogram

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
