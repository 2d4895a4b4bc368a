"""Are the numbers what the contract says?"""

from __future__ import annotations

import pytest

from cti.metrics.queue_counts import KEPT_SAMPLES, QueueCounts, Samples

pytestmark = pytest.mark.unit


def icmi() -> QueueCounts:
    """The check of the contract: 860 of 1000 answered in 20 s; 60 abandoned, 20 of them in 20 s, 10 of these in 5 s."""
    counts = QueueCounts(20.0)
    ends = [("answered", 20.0)] * 860 + [("answered", 20.1)] * 140
    ends += [("abandoned", 5.0)] * 10 + [("abandoned", 5.1)] * 10 + [("abandoned", 21.0)] * 40
    for outcome, wait_s in ends:
        counts.entered(resumed=False)
        counts.left(outcome, wait_s)
    return counts


def test_service_levels_are_those_of_the_icmi_example() -> None:
    levels = {name: round(100 * share, 2) for name, share in icmi().levels().items() if share is not None}
    assert levels == {"answered": 86.00, "offered": 81.90, "strict": 81.13, "lenient": 83.02}


def test_asa_is_the_mean_wait_of_the_answered_alone() -> None:
    assert icmi().waits.mean_s() == pytest.approx((860 * 20 + 140 * 20.1) / 1000)


def test_unknown_is_none_and_never_zero() -> None:
    counts = QueueCounts(20.0)
    assert set(counts.levels().values()) == {None}
    assert counts.waits.mean_s() is None
    assert counts.waits.percentiles_s(0.5, 0.99) == [None, None]
    assert counts.waits.max_s is None


def test_only_short_abandons_leave_the_default_level_unknown() -> None:
    counts = QueueCounts(20.0)
    counts.entered(resumed=False)
    counts.left("abandoned", 1.0)
    assert counts.levels()["offered"] is None
    assert counts.short_abandoned == 1


def test_an_unknown_wait_counts_as_an_outcome_only() -> None:
    counts = QueueCounts(20.0)
    counts.entered(resumed=False)
    counts.left("answered", None)
    assert counts.ended("answered") == 1
    assert counts.count("answered_in_target") == 0
    assert counts.waits.count == 0


def test_a_promise_counts_only_where_there_was_one_and_the_caller_stayed() -> None:
    counts = QueueCounts(20.0)
    for outcome, wait_s, p90_s in (
        ("answered", 30.0, 30.0),
        ("answered", 30.1, 30.0),
        ("answered", 10.0, None),
        ("abandoned", 40.0, 30.0),
        ("timed_out", 40.0, 30.0),
        ("answered", None, 30.0),
    ):
        counts.left(outcome, wait_s, p90_s)
    assert (counts.ewt_announced, counts.ewt_kept) == (2, 1)


def test_percentiles_are_nearest_rank() -> None:
    samples = Samples()
    for value in range(100, 0, -1):
        samples.add(float(value))
    assert samples.percentiles_s(0.0, 0.5, 0.99, 1.0) == [1.0, 50.0, 99.0, 100.0]


def test_samples_are_bounded_but_mean_and_maximum_are_of_all() -> None:
    samples = Samples()
    samples.add(1000.0)
    for _ in range(KEPT_SAMPLES):
        samples.add(1.0)
    assert samples.percentiles_s(1.0) == [1.0]
    assert samples.max_s == 1000.0
    assert samples.count == KEPT_SAMPLES + 1
