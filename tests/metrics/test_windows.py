"""Do windows hold what began in them, with what became of it, and forget the rest?"""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.figures import counting
from cti.metrics.windows import SLIDING, Day, Windows, of_all, of_queue

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC


def test_the_day_begins_at_midnight_of_the_zone() -> None:
    assert Day("UTC").begin(NOON) == NOON - 12 * 3600
    assert Day("Asia/Kathmandu").begin(NOON) == NOON - 17.75 * 3600


@pytest.mark.parametrize(("noon", "hours"), [(1_711_882_800.0, 11), (1_730_026_800.0, 13)])
def test_a_day_with_a_change_of_the_clock_has_its_own_length(noon: float, hours: int) -> None:
    assert noon - Day("Europe/Berlin").begin(noon) in (hours * 3600, hours * 3600 - 3600, hours * 3600 + 3600)
    day = Day("Europe/Berlin")
    begin = day.begin(noon)
    length_h = next(hour for hour in range(20, 30) if day.begin(begin + hour * 3600) != begin)
    assert length_h == (23 if hours == 11 else 25)


def test_a_clock_set_back_begins_no_other_day() -> None:
    day = Day("UTC")
    begin = day.begin(NOON)
    assert day.begin(begin - 60) == begin


def test_another_zone_holds_from_the_next_midnight_on() -> None:
    day = Day("UTC")
    begin = day.begin(NOON)
    day.move_to("Asia/Shanghai")
    assert day.begin(NOON + 60) == begin
    assert day.begin(begin + 86_400) == begin + 86_400 - 8 * 3600


def test_what_is_over_is_forgotten_and_what_is_shown_is_made_once() -> None:
    windows = Windows(Day("UTC"), of_all("came"))
    windows.add(NOON, NOON, {"came": 1})
    shown = windows.shown(NOON + 1)
    assert shown["last_15m"] == shown["today"] == {"came": 1}
    assert windows.shown(NOON + 2) is shown
    assert windows.shown(NOON + 15 * 60)["last_15m"] == {"came": 0}
    assert windows.shown(NOON + 15 * 60)["last_60m"] == {"came": 1}
    assert windows.shown(NOON + 3600) == {"today": {"came": 1}, "last_15m": {"came": 0}, "last_60m": {"came": 0}}
    assert windows.shown(NOON + 12 * 3600)["today"] == {"came": 0}
    assert windows._minutes == {}


def test_the_end_of_a_visit_of_yesterday_is_of_no_count_of_today() -> None:
    windows = Windows(Day("UTC"), of_queue)
    midnight = NOON + 12 * 3600
    windows.add(midnight - 30, midnight - 30, counting.entered())
    windows.add(midnight - 30, midnight + 30, counting.left("answered", 60.0, 20.0))
    shown = windows.shown(midnight + 30)
    assert (shown["today"]["offered"], shown["today"]["answered"]) == (0, 0)
    assert (shown["last_15m"]["offered"], shown["last_15m"]["answered"]) == (1, 1)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_windows_are_what_counting_everything_again_would_give(seed: int, gap_s: int) -> None:
    rng = random.Random(seed)
    windows, now = Windows(Day("UTC"), of_queue), NOON
    visits: list[list[float | str]] = []
    for _ in range(150):
        now += rng.expovariate(1 / gap_s)
        open_ones = [visit for visit in visits if not visit[1]]
        if open_ones and rng.random() < 0.5:
            visit = rng.choice(open_ones)
            visit[1] = rng.choice(counting.OUTCOMES)
            windows.add(float(visit[0]), now, counting.left(str(visit[1]), now - float(visit[0]), 20.0))
        else:
            visits.append([now, ""])
            windows.add(now, now, counting.entered())
        for name, minutes in SLIDING.items():
            inside = [end for began, end in visits if float(began) // 60 > now // 60 - minutes]
            shown = windows.shown(now)[name]
            assert shown["offered"] == len(inside)
            assert shown["waiting"] == inside.count("")
            assert {name: shown[name] for name in counting.OUTCOMES} == {
                name: inside.count(name) for name in counting.OUTCOMES
            }
    assert len(windows._minutes) <= max(SLIDING.values())
