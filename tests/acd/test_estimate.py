"""Does the expected wait follow its formula and the pace of service, and keep silent where it knows nothing?"""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import Queue, Scene, center, member

from cti.acd.estimate import WaitEstimate
from cti.model.changes import Kind
from cti.model.words import QueueName

pytestmark = pytest.mark.unit

SALES, SUPPORT = QueueName("sales"), QueueName("support")


def paced(gap_s: float, services: int = 50, *, still_waiting: int = 3, staffed: int = 1) -> WaitEstimate:
    """Somebody is served every `gap_s`."""
    estimate = WaitEstimate()
    for number in range(services):
        estimate.served(SALES, number * gap_s, still_waiting=still_waiting, staffed=staffed)
    return estimate


def impatient(estimate: WaitEstimate, patience_s: float) -> WaitEstimate:
    """Every second caller gives up; together they wait 2 x `patience_s` for each of these."""
    for _ in range(2000):
        estimate.left(SALES, patience_s, gave_up=True, told_p90_s=None)
        estimate.left(SALES, patience_s, gave_up=False, told_p90_s=None)
    return estimate


def gamma_quantile(mean: float, variance: float, chance: float) -> float:
    """By numbers: the gamma distribution of this mean and variance, integrated until `chance` is reached."""
    shape, scale = mean**2 / variance, variance / mean
    upper, steps = mean + 12 * math.sqrt(variance), 200_000
    width = upper / steps
    total = 0.0
    for step in range(steps):
        x = (step + 0.5) * width
        total += width * math.exp((shape - 1) * math.log(x / scale) - x / scale - math.lgamma(shape)) / scale
        if total >= chance:
            return x
    return upper


def test_nothing_is_known_at_first_and_of_other_queues() -> None:
    assert WaitEstimate().expect(SALES, 1, 1) is None
    assert paced(20, 5).expect(SALES, 1, 1) is None  # four gaps
    assert paced(20, 6).expect(SALES, 1, 1) is not None
    assert paced(20).expect(SUPPORT, 1, 1) is None


def test_nothing_is_known_without_staff() -> None:
    assert paced(20).expect(SALES, 1, 0) is None


def test_services_at_one_instant_are_no_pace() -> None:
    assert paced(0.0).expect(SALES, 1, 1) is None


def test_an_empty_line_is_no_slow_service() -> None:
    """A gap counts only if somebody waited all through it."""
    assert paced(600, still_waiting=0).expect(SALES, 1, 1) is None
    estimate = paced(20)
    before = estimate.expect(SALES, 1, 1)
    estimate.served(SALES, 1000.0, still_waiting=0, staffed=1)
    middle = estimate.expect(SALES, 1, 1)
    estimate.served(SALES, 9000.0, still_waiting=1, staffed=1)
    assert estimate.expect(SALES, 1, 1) == middle
    assert middle == pytest.approx(before, rel=0.05)


@pytest.mark.parametrize("position", [1, 2, 5, 9, 20, 200])
@pytest.mark.parametrize("patience_s", [60.0, 600.0, None])
def test_it_is_the_sum_of_qlm(position: int, patience_s: float | None) -> None:
    """Mean and variance: sums of 1/(rate + i theta) and its square (and of the doubt about the rate), as a gamma."""
    estimate = paced(20)
    theta = 0.0
    if patience_s is not None:
        impatient(estimate, patience_s)
        theta = 1 / (2 * patience_s)
    rates = [1 / 20 + i * theta for i in range(position)]
    mean = sum(1 / rate for rate in rates)
    variance = sum(1 / rate**2 for rate in rates) + mean**2 * 0.05 / 1.95  # the rate is known from some 40 gaps
    expected = estimate.expect(SALES, position, 1)
    assert expected is not None
    assert expected.p50_s == pytest.approx(gamma_quantile(mean, variance, 0.5), rel=0.03)
    assert expected.p90_s == pytest.approx(gamma_quantile(mean, variance, 0.9), rel=0.03)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.5, 600), st.floats(5, 3600), st.integers(1, 500), st.integers(1, 50))
def test_it_grows_with_the_position_and_shrinks_with_staff(
    gap_s: float, patience_s: float, position: int, staffed: int
) -> None:
    estimate = impatient(paced(gap_s), patience_s)
    here = estimate.expect(SALES, position, staffed)
    behind = estimate.expect(SALES, position + 1, staffed)
    helped = estimate.expect(SALES, position, staffed + 1)
    assert here is not None and behind is not None and helped is not None
    assert 0 < here.p50_s < here.p90_s
    assert behind.p50_s > here.p50_s and behind.p90_s > here.p90_s
    assert helped.p50_s < here.p50_s and helped.p90_s < here.p90_s


def test_half_the_staff_is_twice_the_wait() -> None:
    """The pace was learned from ten agents; now there are five."""
    estimate = paced(6, staffed=10)
    ten, five = estimate.expect(SALES, 4, 10), estimate.expect(SALES, 4, 5)
    assert ten is not None and five is not None
    assert five.p50_s == pytest.approx(2 * ten.p50_s)
    assert five.p90_s == pytest.approx(2 * ten.p90_s)


def test_the_pace_is_followed() -> None:
    estimate = paced(20)
    for number in range(60):
        estimate.served(SALES, 1000 + number * 60, still_waiting=3, staffed=1)
    now, slow = estimate.expect(SALES, 1, 1), paced(60).expect(SALES, 1, 1)
    assert now == pytest.approx(slow, rel=0.15)


def test_few_services_leave_more_doubt() -> None:
    """The same pace, known from five gaps and from fifty: the middle stays, the P90 comes down."""
    few, many = paced(20, 6).expect(SALES, 10, 1), paced(20, 51).expect(SALES, 10, 1)
    assert few is not None and many is not None
    assert few.p50_s == pytest.approx(many.p50_s, rel=0.1)
    assert few.p90_s > 1.05 * many.p90_s


def test_patience_is_followed() -> None:
    estimate = impatient(paced(20), 600)
    slow = estimate.expect(SALES, 30, 1)
    quick = impatient(estimate, 60).expect(SALES, 30, 1)
    assert slow is not None and quick is not None
    assert quick.p50_s < 0.7 * slow.p50_s


def test_a_queue_of_thousands_is_known_at_once() -> None:
    expected = impatient(paced(0.05), 600).expect(SALES, 10_000, 1)
    assert expected is not None
    rates = [20 + i / 1200 for i in range(10_000)]
    assert expected.p50_s == pytest.approx(sum(1 / rate for rate in rates), rel=0.01)


def test_the_calibration_counts_those_who_were_told_and_answered() -> None:
    estimate = WaitEstimate()
    assert estimate.calibration(SALES) == (0, 0)
    for wait_s, gave_up, told_p90_s in (
        (30.0, False, 30.0),  # held, to the second
        (30.1, False, 30.0),  # broken
        (10.0, False, 30.0),  # held
        (90.0, False, None),  # nothing was told
        (5.0, True, 30.0),  # gave up: nobody knows
    ):
        estimate.left(SALES, wait_s, gave_up=gave_up, told_p90_s=told_p90_s)
    assert estimate.calibration(SALES) == (3, 2)
    assert estimate.calibration(SUPPORT) == (0, 0)


def test_the_core_learns_from_its_own_services() -> None:
    """Two agents, talks of 100 s with an exponential spread, always somebody waiting: one every 50 s."""
    scene = Scene(center({"sales": Queue()}, agents={"anna": member("sales"), "ben": member("sales")}))
    chance = Random(1)
    scene.login("anna", "ben")
    ends = {"anna": chance.expovariate(0.01), "ben": chance.expovariate(0.01)}
    start = scene.now
    for number in range(12):
        scene.arrive(f"first{number}")
    scene.answer("anna")
    scene.answer("ben")
    for number in range(150):
        agent = min(ends, key=lambda name: ends[name])
        scene.wait(ends[agent] - (scene.now - start))
        scene.agent_hangs_up(agent)
        scene.answer(agent)
        scene.arrive(f"c{number}")
        ends[agent] += chance.expovariate(0.01)
    expected = scene.contact("c149").expected_p90_s
    assert expected == pytest.approx(50 * 10, rel=0.7)
    scene.caller_hangs_up("c149")
    assert scene.changes(Kind.VISIT, new="abandoned")[-1].expected_p90_s == expected


def test_a_promise_that_never_holds_for_some_is_stretched_for_them_alone() -> None:
    """Three of twenty speak French: who needs it waits far longer than the queue's pace says."""
    estimate, french = WaitEstimate(), (("fr", 1),)
    now = 0.0
    for _ in range(200):
        now += 10
        estimate.served(SALES, now, still_waiting=5, staffed=20)
    told = []
    for _ in range(300):
        for wants, wait_s in ((french, 160.0), ((), 5.0)):
            expected = estimate.expect(SALES, 3, 20, wants)
            assert expected is not None
            told.append((wants, wait_s <= expected.p90_s))
            estimate.left(SALES, wait_s, gave_up=False, told_p90_s=expected.p90_s, wants=wants)
    kept = [held for wants, held in told[-200:] if wants == french]
    assert 0.8 <= sum(kept) / len(kept) <= 1.0
    assert sum(held for wants, held in told[:40] if wants == french) < 5
