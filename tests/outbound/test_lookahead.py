"""Does the outlook count what answers and who is free then?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.outbound.lookahead import Floor, Lookahead
from tests.outbound.pacings import pacing

pytestmark = pytest.mark.unit


def ahead(floor: Floor, *, spare: float = 5.0) -> Lookahead:
    made = pacing()
    return Lookahead(
        floor, made.answer_rate, made.ring_time, made.talks, made.wrapups, connect_within_s=2.0, spare=spare
    )


def test_nobody_is_lost_while_there_are_agents_for_all() -> None:
    outlook = ahead(Floor(5, (), (), (1.0, 2.0), 0)).of(3)
    assert outlook.lost < 0.01 and outlook.answers == pytest.approx(5 * 0.3, rel=0.2)


def test_without_any_agent_all_answers_are_lost() -> None:
    outlook = ahead(Floor(0, (), (), (), 0)).of(4)
    assert outlook.share == pytest.approx(1.0, abs=0.03) and outlook.freed == 0.0


def test_who_waits_already_is_among_those_who_may_be_lost() -> None:
    nobody = ahead(Floor(0, (), (), (), 2)).of(0)
    assert nobody.lost == pytest.approx(2.0) and nobody.answers == 2.0
    assert ahead(Floor(2, (), (), (), 2)).of(0).lost == 0.0


def test_one_that_rings_for_long_is_hardly_an_answer_any_more() -> None:
    fresh, old = ahead(Floor(0, (), (), (1.0,) * 5, 0)).of(0), ahead(Floor(0, (), (), (16.0,) * 5, 0)).of(0)
    assert old.answers < 0.2 < 1.0 < fresh.answers


def test_each_more_is_more_to_lose() -> None:
    one = ahead(Floor(2, (30.0,) * 20, (), (5.0,), 0))
    outlooks = [one.of(dials) for dials in range(12)]
    assert [each.lost for each in outlooks] == sorted(each.lost for each in outlooks)
    assert [each.over for each in outlooks] == sorted(each.over for each in outlooks)


def test_a_surge_of_answers_is_foreseen_as_worse_than_what_is_expected() -> None:
    outlook = ahead(Floor(3, (60.0,) * 20, (), (4.0,) * 5, 0)).of(6)
    assert outlook.surge > 3 * outlook.lost > 0


def test_it_agrees_with_counting() -> None:
    """Four phones that ring, one free agent: the chances of a binomial distribution, its doubt aside."""
    outlook = ahead(Floor(1, (), (), (), 0)).of(4)
    p = outlook.answers / 4
    exact = sum((k - 1) * n * p**k * (1 - p) ** (4 - k) for k, n in ((2, 6), (3, 4), (4, 1)))
    assert outlook.lost == pytest.approx(exact, rel=0.05)


def test_a_wrap_up_that_is_nearly_over_frees_an_agent() -> None:
    made = pacing(talks=0)
    for _ in range(200):
        made.wrapup_ended(15.0)
    made.wrapups.learn(())
    outlook = Lookahead(
        Floor(0, (), (13.0,), (), 0),
        made.answer_rate,
        made.ring_time,
        made.talks,
        made.wrapups,
        connect_within_s=2.0,
        spare=5.0,
    )
    assert outlook.of(1).freed > 0.7


@given(
    idle=st.integers(0, 12),
    talking=st.lists(st.floats(0, 400), max_size=60),
    ringing=st.lists(st.floats(0, 25), max_size=30),
    spare=st.floats(0, 8),
    cap=st.sampled_from((0.0, 0.01, 0.03, 0.1)),
)
@settings(max_examples=30, deadline=None)
def test_the_largest_number_is_the_last_that_the_outlook_allows(
    idle: int, talking: list[float], ringing: list[float], spare: float, cap: float
) -> None:
    one = ahead(Floor(idle, talking, (), ringing, 0), spare=spare)

    def allowed(dials: int) -> bool:
        outlook = one.of(dials)
        return outlook.lost <= cap * outlook.answers and outlook.over <= 0.001 and outlook.surge <= spare

    counted = next((dials - 1 for dials in range(41) if not allowed(dials)), 40)
    assert one.largest(cap, 0.001, spare, 40) == max(0, counted)


def test_one_decision_looks_at_the_same_talks_once() -> None:
    made = pacing()
    talking = [float(second) for second in range(500)]
    both = made.talks.expected(talking), made.talks.freed(talking)
    again = made.talks.expected(list(talking)), made.talks.freed(list(reversed(talking)))
    assert both == again
