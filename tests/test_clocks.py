"""Does time go on as it should on a machine whose clock is wrong, and is nothing deleted because a clock says so?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from cti.clocks import DAY_S, LOOK_S, MOST_AHEAD_S, STANDS_S, YOUNG_S, AgeingClock, SteadyClock
from tests.kit import START

pytestmark = pytest.mark.unit

HOUR_S = 3600.0


class Machine:
    """Its true time, and by how much its clock is off."""

    def __init__(self, off_s: float = 0.0) -> None:
        self.up_s, self.off_s = 0.0, off_s
        self.clock = SteadyClock(self.wall, self.lasting)

    @property
    def true(self) -> float:
        return START + self.up_s

    def wall(self) -> float:
        return self.true + self.off_s

    def lasting(self) -> float:
        return self.up_s

    def live(self, seconds: float, off_s: float = 0.0, *, every_s: float = 0.5) -> None:
        """So long its clock is so wrong, and somebody asks for the time again and again: it never runs backwards."""
        self.off_s, ends_at = off_s, self.up_s + seconds
        while self.up_s < ends_at:
            before = self.clock()
            self.up_s = min(ends_at, self.up_s + every_s)
            assert self.clock() >= before


def test_a_clock_that_is_ahead_for_two_seconds_is_not_followed() -> None:
    machine = Machine()
    machine.live(5.0)
    machine.live(2.5, 3 * HOUR_S)
    assert machine.clock() == pytest.approx(machine.true)
    assert machine.clock.ahead_s == pytest.approx(-3 * HOUR_S), "and whoever asks can know of it"
    machine.live(5.0)
    assert machine.clock() == pytest.approx(machine.true) and machine.clock.ahead_s == pytest.approx(0.0)


def test_a_step_forwards_is_followed_once_it_has_stood_for_a_minute() -> None:
    machine = Machine(-3 * HOUR_S)
    machine.live(STANDS_S)
    assert machine.clock() == pytest.approx(machine.true - 3 * HOUR_S)
    machine.live(2 * LOOK_S)
    assert machine.clock() == pytest.approx(machine.true)


def test_a_minute_of_which_nobody_has_seen_much_is_none() -> None:
    machine = Machine()
    machine.live(2.0, HOUR_S)
    machine.up_s += 58.0
    machine.live(2.0, HOUR_S)
    assert machine.clock() == pytest.approx(machine.true)


def test_what_was_right_meanwhile_begins_its_minute_anew() -> None:
    machine = Machine()
    for _ in range(5):
        machine.live(40.0, HOUR_S)
        machine.live(3.0)
    assert machine.clock() == pytest.approx(machine.true)


def test_another_wrong_time_begins_its_own_minute() -> None:
    machine = Machine()
    for hours in range(1, 20):
        machine.live(50.0, hours * HOUR_S)
    assert machine.clock() == pytest.approx(machine.true)


def test_a_step_backwards_is_made_up_for_by_running_slower() -> None:
    machine = Machine()
    machine.live(10.0, -10.0)
    assert machine.clock() == pytest.approx(machine.true - 1.0)
    machine.live(100.0, -10.0)
    assert machine.clock() == pytest.approx(machine.true - 10.0)


def test_small_drift_is_followed_at_once_and_sleep_is_no_step() -> None:
    machine = Machine()
    machine.live(2.0, 0.4)
    assert machine.clock() == pytest.approx(machine.true + 0.4)
    machine.up_s += 8 * HOUR_S
    assert machine.clock() == pytest.approx(machine.true + 0.4)


glitch = st.tuples(st.floats(0.5, 59.0), st.one_of(st.floats(-2.0, 2.0), st.floats(-1e8, 1e8)))


@given(st.lists(glitch, max_size=8))
def test_right_again_soon_after_any_glitches_shorter_than_a_minute(glitches: list[tuple[float, float]]) -> None:
    """Ahead of the time by at most a second for each (small steps are followed); behind by a tenth of what they took.

    Between two the clock is right for a while: otherwise two of them may be one.
    """
    machine = Machine()
    for seconds, off_s in glitches:
        machine.live(seconds, off_s)
        assert machine.clock() <= machine.true + len(glitches)
        machine.live(3.0)
    machine.live(STANDS_S + 10.0 * len(glitches) + 2 * LOOK_S)
    assert machine.clock() == pytest.approx(machine.true)


def test_a_clock_goes_on_from_what_an_engine_before_has_reached() -> None:
    machine = Machine()
    clock = machine.clock
    clock.reached(START - 60)
    clock.reached(START + 2 * MOST_AHEAD_S)  # no clock is that wrong
    assert clock() == START
    clock.reached(START + 45)
    assert (clock(), clock.ahead_s) == (START + 45, 45)
    machine.live(10.0)
    assert clock() == pytest.approx(START + 54), "slower until it is right"


def test_who_looks_is_told_of_a_clock_that_is_minutes_away() -> None:
    machine = Machine()
    with capture_logs() as logged:
        machine.live(20.0, 50.0)
        assert machine.clock.in_words() == ""
        machine.live(20.0, -2 * HOUR_S)
        assert "120 min ahead of the machine's" in machine.clock.in_words()
        machine.live(20.0, HOUR_S)
        assert "60 min behind the machine's" in machine.clock.in_words()
        machine.live(100.0)
        assert machine.clock.in_words() == ""
    assert [line["log_level"] for line in logged] == ["warning", "info"], "not at every look"


# --- what grows old ---------------------------------------------------------------------------------------------------


def test_nothing_is_old_in_the_first_minutes_of_an_engine() -> None:
    machine = Machine(400 * DAY_S)
    ageing = AgeingClock(machine.clock, machine.wall, machine.lasting)
    machine.live(YOUNG_S - 1.0, 400 * DAY_S)
    assert ageing() == 0.0
    machine.live(2.0)
    assert ageing() == machine.true, "by then its machine has the right time, if not the engine"


@given(st.lists(st.tuples(st.floats(0.5, 300.0), st.floats(-1e8, 1e8)), max_size=6))
def test_what_began_with_the_right_time_never_deletes_too_early(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    ageing = AgeingClock(machine.clock, machine.wall, machine.lasting)
    machine.live(YOUNG_S, every_s=5.0)
    for seconds, off_s in steps:
        machine.live(seconds, off_s, every_s=5.0)
        assert ageing() <= machine.true + 1e-3
    machine.off_s = 0.0
    assert ageing() >= machine.true - 0.1 * machine.up_s - 2 * STANDS_S


def test_who_looks_is_told_of_what_is_kept_longer_because_the_clock_was_behind() -> None:
    machine = Machine(-30 * DAY_S)
    ageing = AgeingClock(machine.clock, machine.wall, machine.lasting)
    assert ageing.in_words() == ""
    machine.live(YOUNG_S)
    assert ageing() == pytest.approx(machine.true - 30 * DAY_S)
    assert "30 days late" in ageing.in_words()
