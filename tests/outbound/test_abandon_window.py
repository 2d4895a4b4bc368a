"""Does the window count the days that it should, keep the rest bounded, and say what is left?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.abandon_window import AbandonWindow, DayCount

pytestmark = pytest.mark.unit


def filled(days: int, *counts: tuple[int, int, int]) -> AbandonWindow:
    return AbandonWindow(days, [DayCount(*count) for count in counts])


def test_the_rate_and_its_bounds() -> None:
    window = AbandonWindow()
    assert window.rate() == (0, 0, None, None)
    for number in range(100):
        window.add(7, abandoned=number < 2)
    rate = window.rate()
    assert (rate.answered, rate.abandoned, rate.share) == (100, 2, 0.02)
    assert rate.bounds is not None and 0.005 < rate.bounds.low < 0.02 < rate.bounds.high < 0.071


def test_what_is_older_than_the_window_is_gone() -> None:
    window = filled(30, (1, 1000, 10), (15, 500, 5))
    window.at(30)
    assert window.rate()[:2] == (1500, 15)
    window.at(31)
    assert window.rate()[:2] == (500, 5)
    window.add(1, abandoned=True)  # too old to count
    assert window.rate()[:2] == (500, 5)
    window.at(10_000)
    assert window.rate()[:2] == (0, 0) and window.counts() == ()


def test_a_call_of_yesterday_that_ends_today_counts_yesterday() -> None:
    window = filled(2, (5, 10, 0), (6, 10, 0))
    window.add(5, abandoned=True)
    assert window.counts() == (DayCount(5, 11, 1), DayCount(6, 10, 0))


def test_left_looks_at_tomorrow_too() -> None:
    """Many answers of the day that goes first are no reason to abandon what the rest could not bear."""
    assert filled(3, (1, 1000, 0), (2, 100, 2), (3, 0, 0)).left(0.03) == pytest.approx(1.0)
    assert filled(4, (1, 1000, 0), (2, 100, 2), (3, 0, 0)).left(0.03) == pytest.approx(31.0)
    assert filled(1, (1, 1000, 20)).left(0.03) == pytest.approx(10.0)
    assert filled(30, (1, 100, 5)).left(0.03) == pytest.approx(-2.0)


def test_nothing_may_be_abandoned_with_a_cap_of_nothing() -> None:
    assert filled(30, (1, 10_000, 0)).left(0.0) == 0.0


@given(st.integers(1, 40), st.lists(st.tuples(st.integers(0, 120), st.booleans()), max_size=200))
def test_it_is_the_sum_of_its_days_and_survives_a_restart(days: int, calls: list[tuple[int, bool]]) -> None:
    window, today = AbandonWindow(days), -1
    for day, abandoned in sorted(calls, key=lambda call: call[0] // 7):  # some out of order
        window.add(day, abandoned=abandoned)
        today = max(today, day)
    seen = [call for call in calls if call[0] > today - days]
    kept = window.counts()
    assert len(kept) <= days
    assert window.rate().answered >= sum(count.answered for count in kept) == window.rate().answered
    assert window.rate().answered <= len(calls)
    if calls == sorted(calls):
        assert window.rate()[:2] == (len(seen), sum(abandoned for _, abandoned in seen))
    again = AbandonWindow(days, kept)
    assert again.rate() == window.rate() and again.counts() == kept


def test_no_days_are_no_window() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        AbandonWindow(0)
