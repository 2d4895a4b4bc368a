"""Does the chance to be free soon follow from how long somebody has talked, and not from the mean alone?"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.talk_hazard import TalkHazard

pytestmark = pytest.mark.unit

WITHIN_S = (5.0, 10.0, 20.0)


def learned(talk: Callable[[Random], float], talks: int = 3000) -> TalkHazard:
    rng, hazard = Random(8), TalkHazard(WITHIN_S)
    for _ in range(talks):
        hazard.ended(talk(rng))
        hazard.learn(())
    return hazard


def exponential(rng: Random) -> float:
    return rng.expovariate(1 / 120)


def two_kinds(rng: Random) -> float:
    """Most say no at once, the others talk for long."""
    return rng.uniform(5, 15) if rng.random() < 0.7 else rng.uniform(200, 400)


def test_exponential_talks_have_no_memory() -> None:
    hazard = learned(exponential)
    for lasted_s in (2.0, 60.0, 240.0):
        means, variances = hazard.freed([lasted_s] * 10)
        expected = [-10 * math.expm1(-within_s / 120) for within_s in WITHIN_S]
        assert means == pytest.approx(expected, rel=0.3)
        assert variances == pytest.approx([mean * (1 - mean / 10) for mean in means], rel=1e-6)


def test_the_hazard_counts_and_not_the_mean() -> None:
    hazard = learned(two_kinds)
    soon, late = hazard.freed([10.0])[0][1], hazard.freed([60.0])[0][1]
    assert soon > 0.4 > 0.05 > late


def test_long_talks_that_go_on_are_not_overlooked() -> None:
    """Ten ended early, ninety talk on: the pace is not that of the ten."""
    hazard = TalkHazard(WITHIN_S)
    for _ in range(10):
        hazard.ended(10.0)
    going_on = [60.0] * 90
    hazard.learn(going_on)
    assert hazard.freed(going_on)[0][1] < 90 * 10 * 10 / (90 * 60 + 100) * 1.5


def test_time_is_counted_once_however_often_it_is_learned() -> None:
    once, often = TalkHazard(WITHIN_S, memory_talks=1e9), TalkHazard(WITHIN_S, memory_talks=1e9)
    rng = Random(4)
    talks = sorted(exponential(rng) for _ in range(40))  # all begin at 0
    for place, talk_s in enumerate(talks):
        once.ended(talk_s)
        often.ended(talk_s)
        often.learn([talk_s] * (len(talks) - place - 1))
    once.learn(())
    assert often.expected((30.0, 400.0)) == pytest.approx(once.expected((30.0, 400.0)), rel=1e-6)


def test_all_ends_are_expected_of_all_talks() -> None:
    rng, hazard = Random(9), learned(two_kinds)
    assert hazard.expected([two_kinds(rng) for _ in range(2000)]) == pytest.approx(2000, rel=0.1)


def test_talks_that_become_twice_as_long_are_noticed() -> None:
    rng, hazard = Random(10), learned(exponential)
    noticed = next(
        (
            number
            for number in range(200)
            if hazard.watch(1.0, hazard.expected((talk_s := 2.2 * exponential(rng),))) or hazard.ended(talk_s)
        ),
        None,
    )
    assert noticed is not None and noticed < 100 and hazard.changes == 1
    assert hazard.talks <= 30.0
    assert hazard.freed([30.0] * 100)[0][1] == pytest.approx(-100 * math.expm1(-10 / 264), rel=0.4)


def test_quantiles_of_the_whole_time() -> None:
    assert TalkHazard(WITHIN_S).usual_s((0.5,)) == [0.0]
    hazard = learned(lambda rng: rng.uniform(10, 20))
    assert hazard.usual_s((0.5,))[0] == pytest.approx(15.0, abs=3.0)


def test_nobody_talks_and_nobody_becomes_free() -> None:
    assert learned(exponential, 20).freed(()) == ([0.0] * 3, [0.0] * 3)


@given(st.lists(st.floats(0, 5000), max_size=40), st.lists(st.floats(0, 9000), max_size=40))
def test_never_more_than_there_are_and_ever_more_with_time(ended: list[float], going_on: list[float]) -> None:
    hazard = TalkHazard(WITHIN_S)
    for lasted_s in ended:
        hazard.ended(lasted_s)
    hazard.learn(going_on)
    means, variances = hazard.freed(going_on)
    assert means == sorted(means)
    assert all(0.0 <= mean <= len(going_on) + 1e-9 for mean in means)
    assert all(variance <= mean + 1e-9 for mean, variance in zip(means, variances, strict=True))
    assert hazard.expected(going_on) >= 0.0
