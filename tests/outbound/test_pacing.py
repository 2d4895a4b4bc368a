"""Does it dial as many as it may, never more than it may expect to answer for, and nothing where it cannot know?"""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.outbound.abandon_window import AbandonWindow, DayCount
from cti.outbound.pacing import RISK, LiveState, Pacing, PacingRules
from cti.outbound.placing import Why
from tests.outbound.pacings import DAY, NOW, floor, pacing

pytestmark = pytest.mark.unit

MANY = settings(max_examples=50, deadline=None)
AGES = st.lists(st.floats(0, 40), max_size=30)
FLOORS = st.builds(
    lambda idle, talking_s, wrapup_s, ringing_s: floor(
        idle=idle, talking_s=talking_s, wrapup_s=wrapup_s, ringing_s=ringing_s
    ),
    st.integers(0, 12),
    st.lists(st.floats(0, 900), max_size=30),
    st.lists(st.floats(0, 30), max_size=5),
    st.lists(st.floats(0, 24), max_size=30),
)


def test_it_dials_more_than_one_for_each_free_agent() -> None:
    placing = pacing().decide(NOW, floor(idle=3, talking_s=[60.0] * 10))
    assert placing.number > 3 and placing.mode == "predictive" and placing.why is Why.CAP
    assert placing.free == 3 and placing.freed > 0 and 0 < placing.share <= placing.cap <= 0.03


def test_who_is_about_to_be_free_counts_and_who_is_in_a_long_talk_does_not() -> None:
    """Seven in ten say no within 15 s; who talks for a minute talks for five."""
    made = pacing(talks=0)
    rng = Random(2)
    for _ in range(400):
        made.talk_ended(rng.uniform(5, 15) if rng.random() < 0.7 else rng.uniform(200, 400))
    made._talk_ends, made._due_ends = 0, 0.0
    made.talks.learn(())
    soon = made.decide(NOW, floor(idle=1, talking_s=[9.0] * 10))
    late = made.decide(NOW, floor(idle=1, talking_s=[60.0] * 10))
    assert soon.freed > 3 > 0.5 > late.freed
    assert soon.number > late.number


@MANY
@given(FLOORS)
def test_the_cap_is_kept_in_expectation(state: LiveState) -> None:
    """As the lookahead sees it; only one for each free agent needs no permission, for it can lose nobody."""
    made = pacing()
    placing = made.decide(NOW, state)
    safe = max(0, state.idle - len(state.ringing_s))
    assert placing.number >= safe
    if placing.number > safe:
        outlook = made._lookahead(state).of(placing.number)
        assert outlook.lost <= 0.03 * outlook.answers + 1e-12
        assert outlook.over <= RISK
        assert outlook.surge <= made.window.left(0.03)


@MANY
@given(FLOORS, st.floats(0, 0.2), st.floats(0, 0.2))
def test_a_higher_cap_never_dials_less(state: LiveState, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert pacing(cap=low).decide(NOW, state).number <= pacing(cap=high).decide(NOW, state).number


@MANY
@given(FLOORS)
def test_one_more_free_agent_never_dials_less(state: LiveState) -> None:
    more = floor(idle=state.idle + 1, talking_s=state.talking_s, wrapup_s=state.wrapup_s, ringing_s=state.ringing_s)
    assert pacing().decide(NOW, state).number <= pacing().decide(NOW, more).number


@MANY
@given(FLOORS, st.integers(0, 60))
def test_what_the_window_has_used_is_never_dialled_again(state: LiveState, abandoned: int) -> None:
    used, unused = pacing(abandoned=abandoned), pacing()
    placing = used.decide(NOW, state)
    assert placing.number <= unused.decide(NOW, state).number
    if abandoned >= 60:
        assert placing.number == max(0, state.idle - len(state.ringing_s))
        assert placing.why is Why.WINDOW or not state.idle + len(state.talking_s) + len(state.wrapup_s)


@MANY
@given(FLOORS, st.sampled_from(["predictive", "power", "progressive"]))
def test_with_a_cap_of_nothing_nobody_can_be_lost(state: LiveState, mode: str) -> None:
    """Every answer has an agent, whoever answers."""
    placing = pacing(cap=0.0, mode=mode).decide(NOW, state)
    assert placing.number == max(0, state.idle - len(state.ringing_s))
    assert placing.mode == "progressive" or placing.why is Why.NO_AGENTS


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"switch_up": False}, Why.SWITCH_LOST),
        ({"at": NOW - 5.1}, Why.STALE),
        ({"at": NOW + 5.1}, Why.STALE),
        ({"at": float("nan")}, Why.STALE),
        ({"talking_s": [5.0, -1.0]}, Why.STALE),
        ({"waiting": -1}, Why.STALE),
        ({"idle": 0, "talking_s": []}, Why.NO_AGENTS),
    ],
)
@pytest.mark.parametrize("mode", ["predictive", "power", "progressive"])
def test_it_fails_closed(mode: str, change: dict[str, object], why: Why) -> None:
    state = {"idle": 5, "talking_s": [30.0], **change}
    placing = pacing(mode=mode).decide(NOW, floor(**state))
    assert (placing.number, placing.why) == (0, why)


def test_a_limit_belongs_to_what_it_allows() -> None:
    """So old a picture, such a ratio, are just good enough."""
    state = {"idle": 2, "talking_s": [60.0] * 50}
    assert pacing().decide(NOW, floor(**state, at=NOW - 5.0)).why is Why.CAP
    assert pacing(mode="power", ratio=1.0).decide(NOW, floor(**state)).number == 2
    assert PacingRules(ratio=20.0, cap=1.0).ratio == 20.0


def test_an_answer_counts_from_its_very_moment() -> None:
    """That is: when half of the dials of its moment that nobody takes have ended."""
    made = pacing()
    made.dial_ended(8.0, answered=True)
    before, moment = made.answer_rate.dials, NOW + made.ring_time.failed_within_s(0.5) - 8.0
    made._count(NOW)
    assert made.answer_rate.dials == before
    made._count(moment)
    assert made.answer_rate.dials > before


def test_the_outlook_is_of_what_is_really_dialled() -> None:
    state = {"idle": 3, "talking_s": [60.0] * 40}
    free, few = pacing().decide(NOW, floor(**state)), pacing().decide(NOW, floor(**state, leads=1))
    assert few.number == 1 < free.number and few.answers < free.answers


def test_a_window_with_little_left_bears_a_surge() -> None:
    """What would be within the cap is not dialled if a surge of answers could not be paid for."""
    state = floor(idle=12, talking_s=[60.0] * 60)
    little, much = pacing(answered=200), pacing(answered=20_000)
    placing = little.decide(NOW, state)
    assert placing.number < much.decide(NOW, state).number
    assert little._lookahead(state).of(placing.number).surge <= little._left()
    assert little._lookahead(state).of(placing.number).lost < 0.02 * placing.answers  # the cap would bear more


def test_with_too_little_known_it_is_progressive_and_says_so() -> None:
    placing = pacing(dials=59).decide(NOW, floor(idle=2, talking_s=[60.0] * 50))
    assert (placing.number, placing.why, placing.mode, placing.answer_rate) == (2, Why.EVIDENCE, "progressive", None)
    assert pacing(dials=70).decide(NOW, floor(idle=2, talking_s=[60.0] * 50)).mode == "predictive"


def test_a_new_campaign_is_progressive_until_so_many_have_answered() -> None:
    state = floor(idle=2, talking_s=[60.0] * 50)
    assert pacing(answered=299, least_answers=300).decide(NOW, state).why is Why.EVIDENCE
    assert pacing(answered=300, least_answers=300).decide(NOW, state).mode == "predictive"


def test_with_too_few_talks_known_nobody_is_expected_to_be_free() -> None:
    assert pacing(talks=9).decide(NOW, floor(idle=2, talking_s=[60.0] * 50)).freed == 0.0


def test_a_new_window_affords_nothing_before_it_has_earned_it() -> None:
    """With 3 %, the 67th answered call is the first that allows one to be planned for (one is kept back)."""
    state = floor(idle=3, talking_s=[60.0] * 10)
    assert pacing(answered=66).decide(NOW, state).why is Why.WINDOW
    assert pacing(answered=400).decide(NOW, state).why is Why.CAP
    assert pacing(answered=400).decide(NOW, state).number > pacing(answered=66).decide(NOW, state).number


def test_a_changed_regime_is_noticed_and_said() -> None:
    made, now = pacing(dials=2000), NOW
    placings = []
    for _ in range(40):
        now += 1.0
        made.dial_ended(8.0, answered=True)
        placings.append(made.decide(now, floor(at=now, idle=2, talking_s=[60.0] * 10)))
    assert Why.CHANGED in {placing.why for placing in placings}
    assert made.answer_rate.changes >= 1 and made.answer_rate.mean > 0.6


def test_power_dials_its_ratio_while_the_window_affords_it() -> None:
    state = floor(idle=4, talking_s=[60.0] * 10, ringing_s=[3.0])
    assert pacing(mode="power", ratio=2.0).decide(NOW, state).number == 7
    spent = pacing(mode="power", ratio=2.0, abandoned=60).decide(NOW, state)
    assert (spent.number, spent.why, spent.mode) == (3, Why.WINDOW, "progressive")


def test_who_waits_for_an_agent_takes_one() -> None:
    assert pacing(mode="progressive").decide(NOW, floor(idle=4, waiting=1, ringing_s=[1.0])).number == 2


@pytest.mark.parametrize(
    ("rules", "state", "number", "why"),
    [
        ({"lines": 10}, {"lines_used": 9}, 1, Why.LINES),
        ({"lines": 10}, {"lines_used": 12}, 0, Why.LINES),
        ({}, {"leads": 2}, 2, Why.LEADS),
        ({"calls_per_s": 1.5}, {}, 1, Why.RATE),
        ({"most_at_once": 3}, {}, 3, Why.MOST),
    ],
)
def test_lines_leads_and_the_carrier_limit_it(
    rules: dict[str, object], state: dict[str, object], number: int, why: Why
) -> None:
    placing = pacing(**rules).decide(NOW, floor(idle=8, talking_s=[60.0] * 10, **state))
    assert (placing.number, placing.why) == (number, why)


def test_the_carrier_gives_more_with_time() -> None:
    made = pacing(mode="progressive", calls_per_s=2.0)
    asked = [made.decide(NOW + second, floor(at=NOW + second, idle=50)).number for second in (0.0, 0.1, 0.5, 1.0)]
    assert asked == [2, 0, 1, 1]


def test_the_window_of_before_a_restart_counts() -> None:
    window = AbandonWindow(30, [DayCount(DAY - 3, 1000, 31)])
    made = Pacing(PacingRules(), window)
    for number in range(200):
        made.dial_ended(8.0, answered=number % 3 == 0)
    assert made.decide(NOW, floor(idle=2)).why is Why.WINDOW


@pytest.mark.parametrize("wrong", [{"cap": 3.0}, {"cap": -0.1}, {"ratio": 0.5}])
def test_what_could_never_hold_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"share from 0 to 1|dials per free agent"):
        PacingRules(**wrong)  # type: ignore[arg-type]


def test_the_same_facts_give_the_same_decision() -> None:
    state = floor(idle=3, talking_s=[float(n) for n in range(40)], ringing_s=[1.0, 2.0])
    assert pacing().decide(NOW, state) == pacing().decide(NOW, state)


def test_it_keeps_no_more_with_every_call() -> None:
    """What it holds does not grow: histograms, thirty days, two charts."""
    made = pacing()

    def size() -> int:
        parts = (made.ring_time, made.talks, made.wrapups, made.answer_rate, made.window)
        return sum(len(value) for part in parts for value in vars(part).values() if hasattr(value, "__len__"))

    made.decide(NOW, floor(idle=3, talking_s=[float(n) for n in range(0, 3000, 20)]))
    before = size()
    for number in range(3000):
        made.dial_ended(number % 25, answered=number % 3 == 0)
        made.talk_ended(number % 300)
        made.settled(DAY + number // 50, abandoned=False)
    made.decide(NOW + 1, floor(at=NOW + 1, day=DAY + 60, idle=3, talking_s=[float(n) for n in range(0, 3000, 20)]))
    assert size() <= before + len(made.talks._edges)  # one row for each stretch that somebody is in


def test_five_hundred_agents_are_no_work_worth_speaking_of() -> None:
    """No figure is asserted (bench/pacing has them), only that nothing grows with the square."""
    made = pacing()

    def seconds(agents: int) -> float:
        state = floor(
            idle=agents // 50,
            talking_s=[(n * 37) % 400 for n in range(agents)],
            ringing_s=[(n * 7) % 24 for n in range(agents // 2)],
        )
        best = 1e9
        for _ in range(15):
            begin = time.process_time()
            made.decide(NOW, state)
            best = min(best, time.process_time() - begin)
        return best

    assert seconds(5000) < 60 * seconds(500)
