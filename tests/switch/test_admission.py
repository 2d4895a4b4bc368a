"""When is a new caller turned away, what does he hear, and who is never asked about?"""

from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.switch.admission import CALLS, DRAINED, LAG, LOOKS, Admission, Limits, turn_away, unlimited
from cti.switch.agi_codec import Reply
from cti.switch.agi_session import AgiConnectionLost
from cti.switch.arrival import is_new

pytestmark = pytest.mark.unit


def door(max_calls: int = 10, max_lag_s: float = 1.0) -> Admission:
    return Admission(Limits(max_calls, max_lag_s))


def test_the_last_place_is_given_and_the_next_one_is_not() -> None:
    admission = door(max_calls=10)
    assert admission.turns_away(9) == ""
    assert admission.turns_away(10) == CALLS
    assert admission.turned_away == {CALLS: 1}
    assert "10 calls" in admission.in_words(10) and admission.in_words(9) == ""


def test_one_pause_is_no_overload_and_a_late_loop_is() -> None:
    admission = door(max_lag_s=1.0)
    for lag_s in (5.0, *[0.0] * (LOOKS - 1)):
        admission.watch(lag_s)
    assert admission.turns_away(0) == ""
    for _ in range(LOOKS):
        admission.watch(1.5)
    assert admission.turns_away(0) == LAG and "1.5 s late" in admission.in_words(0)
    admission.watch(0.0)
    assert admission.turns_away(0) == ""


def test_since_when_it_is_closed_is_known_whoever_looks() -> None:
    admission = door(max_calls=10)
    assert admission.closed_since(9, 5.0) is None
    assert [admission.closed_since(10, now) for now in (10.0, 20.0)] == [10.0, 10.0]
    assert admission.closed_since(9, 30.0) is None
    assert admission.closed_since(10, 3600.0) == 3600.0


def test_what_can_wait_waits_before_anybody_is_turned_away() -> None:
    admission = door(max_lag_s=1.0)
    for _ in range(LOOKS):
        admission.watch(0.3)
    assert admission.is_late and not admission.closed(0)


@given(st.lists(st.floats(0, 100), max_size=30), st.integers(0, 20), st.integers(1, 20), st.floats(0.05, 60))
def test_closed_only_beyond_a_limit(lags_s: list[float], calls: int, max_calls: int, max_lag_s: float) -> None:
    admission = door(max_calls, max_lag_s)
    for lag_s in lags_s:
        admission.watch(lag_s)
    late = len(lags_s) >= LOOKS and min(lags_s[-LOOKS:]) > max_lag_s
    assert bool(admission.closed(calls)) == (calls >= max_calls or late)
    assert admission.is_late or not late


def test_a_drained_engine_lets_nobody_in_and_says_so() -> None:
    admission = door(max_calls=10)
    admission.leaving = True
    assert admission.turns_away(0) == DRAINED and admission.turned_away == {DRAINED: 1}
    assert admission.closed(0) == admission.closed(10) == DRAINED and "drained" in admission.in_words(0)


def test_nobody_is_turned_away_without_limits() -> None:
    admission = unlimited()
    for _ in range(LOOKS):
        admission.watch(1e9)
    assert not admission.closed(100_000) and admission.limits.max_lag_s == math.inf


def test_sessions_beyond_the_calls_are_for_those_who_are_turned_away() -> None:
    assert door(max_calls=10).most_sessions > 10


@pytest.mark.parametrize("known", ["ticket", "flow", "attempt"])
def test_who_was_with_us_is_not_new(known: str) -> None:
    assert is_new({"dialled": "6001", "ticket": "", "flow": "", "attempt": ""})
    assert not is_new({"dialled": "6001", known: "x"})


class Session:
    """Answers each command as the test says."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.answers = list(answers)

    async def command(self, *words: str, timeout_s: float | None) -> Reply:
        self.asked.append(words)
        answer = self.answers.pop(0) if self.answers else "0"
        if answer == "lost":
            raise AgiConnectionLost("gone")
        return Reply(200, int(answer), "")


def away(session: Session, limits: Limits) -> list[tuple[str, ...]]:
    asyncio.run(turn_away(session, limits))  # type: ignore[arg-type]
    return session.asked


def test_he_hears_why_and_goes_where_it_says() -> None:
    assert away(Session(), Limits(1, 1.0, ("all-circuits-busy-now",), "cti-fallback,s,1")) == [
        ("SET", "VARIABLE", "TIMEOUT(absolute)", "0"),
        ("STREAM", "FILE", "all-circuits-busy-now", ""),
        ("SET", "VARIABLE", "CTI_NEXT", "cti-fallback,s,1"),
        ("SET", "VARIABLE", "CTI_DONE", "1"),
    ]


def test_without_a_sound_two_commands_are_all_that_he_costs() -> None:
    assert len(away(Session(), Limits(1, 1.0, (), "cti-fallback,s,1"))) == 2
    assert away(Session(), Limits(1, 1.0)) == [("SET", "VARIABLE", "CTI_DONE", "1")]


def test_a_sound_that_is_nowhere_does_not_keep_him() -> None:
    assert away(Session("0", "-1"), Limits(1, 1.0, ("nowhere",)))[-1] == ("SET", "VARIABLE", "CTI_DONE", "1")


def test_a_connection_that_breaks_is_no_error() -> None:
    assert len(away(Session("lost"), Limits(1, 1.0, ("sorry",)))) == 1
