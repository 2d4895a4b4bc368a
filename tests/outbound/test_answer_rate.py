"""Is the answer rate learned, with how sure one may be of it, and learned anew when it changes?"""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.answer_rate import AnswerRate

pytestmark = pytest.mark.unit


def dialled(rate: AnswerRate, truth: float, dials: int, seed: int = 1) -> int:
    """Dial so often; the number of the dial at which a change was noticed, or -1."""
    rng, noticed = Random(seed), -1
    for number in range(dials):
        answered = rng.random() < truth
        expected = -math.log1p(-rate.mean) * (0.5 if answered else 1.0)  # answered ones ring for a shorter time
        rate.ended(answered=answered)
        if rate.dials > 60 and rate.watch(answered, expected) and noticed < 0:
            noticed = number
    return noticed


@pytest.mark.parametrize("truth", [0.05, 0.3, 0.7])
def test_it_is_learned(truth: float) -> None:
    rate = AnswerRate()
    for number in range(2000):
        rate.ended(answered=Random(number).random() < truth)
    assert rate.mean == pytest.approx(truth, abs=0.04)
    assert rate.dials == pytest.approx(1000 * (1 - math.exp(-2)), rel=0.01)  # it forgets


def test_the_doubt_shrinks_with_what_was_seen() -> None:
    rate, doubts = AnswerRate(), []
    for number in range(300):
        doubts.append(rate.doubt)
        rate.ended(answered=number % 3 == 0)
    assert doubts[0] > 0.3 and doubts[60] < 0.05 and doubts[299] < 0.01


def test_it_is_the_variance_of_the_beta_distribution() -> None:
    rate = AnswerRate(memory_dials=1e9)
    for number in range(10):
        rate.ended(answered=number < 4)
    a, b = 5.0, 7.0
    variance = a * b / ((a + b) ** 2 * (a + b + 1))
    assert rate.doubt * rate.mean**2 == pytest.approx(variance)


def test_twice_as_many_answers_are_noticed_and_believed() -> None:
    rate = AnswerRate()
    dialled(rate, 0.3, 1000)
    changes = rate.changes
    noticed = dialled(rate, 0.65, 200, seed=2)
    assert 0 <= noticed < 120 and rate.changes > changes
    assert rate.mean == pytest.approx(0.65, abs=0.1)


def test_a_night_of_the_same_is_no_change() -> None:
    rate = AnswerRate()
    dialled(rate, 0.3, 600)
    assert rate.changes <= 1


@given(st.lists(st.booleans(), max_size=300))
def test_it_is_always_a_share(answers: list[bool]) -> None:
    rate = AnswerRate(50.0)
    for answered in answers:
        rate.ended(answered=answered)
        rate.watch(answered, 0.3)
        assert 0.0 < rate.mean < 1.0 and rate.doubt > 0.0 and rate.dials <= 250.0
