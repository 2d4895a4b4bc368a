"""Does the chance of an answer follow from how long a phone has rung, as Bayes says?"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.ring_time import RingTime

pytestmark = pytest.mark.unit


def learned(dials: int = 3000, rate: float = 0.3) -> RingTime:
    """Answers within 4 s to 12 s, the others ring for 22 s."""
    rng, ring = Random(3), RingTime()
    for _ in range(dials):
        answered = rng.random() < rate
        ring.ended(rng.uniform(4, 12) if answered else 22.0, answered=answered)
    ring.learn(rate)
    return ring


def test_a_new_dial_has_the_answer_rate() -> None:
    within, ever = learned().chances(0.0, 0.3, (4.0, 8.0, 12.0, 30.0))
    assert ever == pytest.approx(0.3)
    assert within == pytest.approx([0.0, 0.15, 0.3, 0.3], abs=0.03)


def test_who_has_not_answered_by_now_hardly_will() -> None:
    ring = learned()
    _, half = ring.chances(8.0, 0.3, ())
    assert half == pytest.approx(0.15 / 0.85, abs=0.03)
    _, late = ring.chances(14.0, 0.3, ())
    assert late < 0.02


def test_one_that_rings_longer_than_any_has_no_chance() -> None:
    assert learned().chances(500.0, 0.3, (5.0,)) == ([0.0], 0.0)


def test_all_answers_are_expected_of_all_dials() -> None:
    """The compensator: over many dials the answers expected are as many as came."""
    rng, ring, answers, expected = Random(5), learned(), 0, 0.0
    for _ in range(4000):
        answered = rng.random() < 0.3
        answers += answered
        expected += ring.expected((rng.uniform(4, 12) if answered else 22.0,))
    assert expected == pytest.approx(answers, rel=0.06)


def test_nothing_changes_until_it_is_said_to_hold() -> None:
    ring = learned()
    before = ring.chances(3.0, 0.3, (2.0, 9.0)), ring.expected((3.0, 40.0))
    for _ in range(50):
        ring.ended(1.0, answered=True)
    assert (ring.chances(3.0, 0.3, (2.0, 9.0)), ring.expected((3.0, 40.0))) == before
    assert ring.learn(0.3)
    assert ring.chances(3.0, 0.3, (2.0, 9.0)) != before[0]
    assert not ring.learn(0.3)


def test_half_of_the_answers() -> None:
    assert learned().answered_within_s(0.5) == pytest.approx(8.0, abs=1.0)


@given(
    st.floats(0, 70),
    st.floats(0.01, 0.99),
    st.lists(st.floats(0, 60), min_size=2, max_size=5),
    st.lists(st.tuples(st.floats(0, 90), st.booleans()), max_size=30),
)
def test_chances_are_chances(age_s: float, rate: float, within_s: list[float], ended: list[tuple[float, bool]]) -> None:
    ring = RingTime()
    for ring_s, answered in ended:
        ring.ended(ring_s, answered=answered)
    ring.learn(rate)
    found, ever = ring.chances(age_s, rate, sorted(within_s))
    assert all(-1e-12 <= low <= high + 1e-12 for low, high in zip(found, [*found[1:], ever], strict=True))
    assert -1e-12 <= ever <= 1.0 + 1e-12
