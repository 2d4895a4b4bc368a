"""The circuit breaker: closed, resting, one trial at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.lookup.breaker import Breaker

pytestmark = pytest.mark.unit


def test_it_rests_after_failures_in_a_row_and_one_question_tries_it() -> None:
    breaker = Breaker(3, 10.0)
    assert [breaker.failed(now) for now in (0, 1, 2)] == [False, False, True]
    assert breaker.resting and not breaker.allows(11.9)
    assert breaker.allows(12.0) and not breaker.allows(12.0)
    assert not breaker.failed(13.0) and not breaker.allows(22.9)
    assert breaker.allows(23.0)
    assert breaker.worked() and not breaker.resting
    assert breaker.allows(23.0) and breaker.allows(23.0) and not breaker.worked()


def test_success_forgets_failures() -> None:
    breaker = Breaker(2, 10.0)
    breaker.failed(0)
    breaker.worked()
    assert not breaker.failed(1) and breaker.allows(1)


def test_a_trial_that_nobody_waited_for_lets_the_next_one_try() -> None:
    breaker = Breaker(1, 10.0)
    breaker.failed(0)
    assert breaker.allows(10)
    breaker.forgotten()
    assert breaker.allows(10)


@given(st.lists(st.tuples(st.sampled_from(["ask", "worked", "failed", "forgotten"]), st.floats(0, 20)), max_size=60))
def test_it_never_stays_shut_for_ever(steps: list[tuple[str, float]]) -> None:
    breaker, now, open_questions = Breaker(2, 10.0), 0.0, 0
    for word, later in steps:
        now += later
        if word == "ask":
            open_questions += breaker.allows(now)
        elif open_questions:
            open_questions -= 1
            getattr(breaker, word)(*([now] if word == "failed" else []))
    for _ in range(open_questions):
        breaker.forgotten()
    assert breaker.allows(now + 10.0)
