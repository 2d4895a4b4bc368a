"""Open or closed, why and until when; compared with a clock read minute by minute, over clock changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cti.calendar.day import Days, Why
from cti.calendar.opening import Opening, OpenState, next_change, state
from cti.model.hours import WEEKDAYS, Hours

pytestmark = pytest.mark.unit

WEEK: dict[str, Any] = {"mon-fri": ["09:00-12:00", "13:00-18:00"], "fri": "09:00-12:00", "sat": "22:00-06:00"}


def hours(zone: str = "Europe/Berlin", **fields: Any) -> Hours:
    return Hours.model_validate({"zone": zone, "weekly": WEEK, **fields})


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("moment", "is_open", "changes"),
    [
        ("2026-11-23T08:59", False, "2026-11-23T09:00"),
        ("2026-11-23T09:00", True, "2026-11-23T12:00"),
        ("2026-11-23T12:00", False, "2026-11-23T13:00"),
        ("2026-11-27T12:00", False, "2026-11-28T22:00"),
        ("2026-11-28T23:00", True, "2026-11-29T06:00"),
        ("2026-11-29T05:59", True, "2026-11-29T06:00"),
        ("2026-11-29T06:00", False, "2026-11-30T09:00"),
    ],
)
def test_a_plain_week(moment: str, is_open: bool, changes: str) -> None:
    found = state(hours(), at(moment))
    assert (found.open, found.changes_at, found.why) == (is_open, at(changes), Why.WEEKLY)
    assert found.opens_at == (None if is_open else at(changes))
    assert next_change(hours(), at(moment)) == at(changes)


def test_it_says_why() -> None:
    some = hours(holidays={"country": "DE"}, days={"2026-12-24": "09:00-12:00"})
    christmas = state(some, at("2026-12-25T10:00"))
    after = at("2026-12-28T09:00")  # the 26th is a Saturday and a holiday
    assert christmas == OpenState(False, Why.HOLIDAY, "Christmas Day", opens_at=after)
    eve = state(some, at("2026-12-24T11:00"))
    assert eve == OpenState(True, Why.SPECIAL_DAY, "2026-12-24", closes_at=at("2026-12-24T12:00"))
    assert state(some, at("2026-12-24T13:00")).why == Why.SPECIAL_DAY


def test_hours_that_join_are_one() -> None:
    joined = hours(weekly={"mon": "09:00-24:00", "tue": ["00:00-12:00", "12:00-13:00"]})
    assert state(joined, at("2026-11-23T10:00")).closes_at == at("2026-11-24T13:00")


def test_hours_past_midnight_last_into_a_holiday() -> None:
    night = hours(weekly={"mon-sun": "22:00-06:00"}, days={"2026-12-25": "closed"})
    assert state(night, at("2026-12-25T05:00")).closes_at == at("2026-12-25T06:00")
    assert state(night, at("2026-12-25T07:00")).opens_at == at("2026-12-26T22:00")


def test_who_is_always_open_never_closes() -> None:
    always = hours(weekly={"mon-sun": "open"})
    assert state(always, at("2026-11-23T10:00")) == OpenState(True, Why.WEEKLY)


def test_a_past_special_day_alone_never_opens_again() -> None:
    once = hours(weekly={}, days={"2026-01-02": "open"})
    assert state(once, at("2026-11-23T10:00")) == OpenState(False, Why.WEEKLY)


@pytest.mark.parametrize(
    ("span", "closes"),
    [
        ("01:00-02:00", "2026-10-25T00:00"),  # the clock is put back to 02:00, not before it
        ("01:00-02:30", "2026-10-25T01:30"),
        ("01:00-03:00", "2026-10-25T02:00"),
    ],
)
def test_hours_that_end_while_the_clock_is_put_back(span: str, closes: str) -> None:
    short = hours("Europe/Berlin", weekly={"sun": span})
    assert state(short, at("2026-10-24T23:30", "UTC")).closes_at == at(closes, "UTC")


# --- against a clock that is read minute by minute --------------------------------------------------------------------


def by_minute(some: Hours, start: float, minutes: int) -> list[bool]:
    """Open or closed at each minute: a span lasts from the first minute whose wall time has reached its begin to the
    last whose wall time has not reached its end."""
    zone, days = ZoneInfo(some.zone), Days(some)
    margin = 3 * 24 * 60
    wall = [
        datetime.fromtimestamp(start + 60 * step, zone).replace(tzinfo=None)
        for step in range(-margin, minutes + margin)
    ]
    answer = [False] * len(wall)
    for day in (wall[0].date() + timedelta(days=n) for n in range(1, (wall[-1] - wall[0]).days)):
        midnight = datetime(day.year, day.month, day.day)
        for begin, end in days.on(day).spans:
            first = next(i for i, shown in enumerate(wall) if shown >= midnight + timedelta(minutes=begin))
            last = max(i for i, shown in enumerate(wall) if shown < midnight + timedelta(minutes=end))
            answer[first : last + 1] = [True] * max(0, last + 1 - first)
    return answer[margin : margin + minutes]


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    week = {}
    for day in WEEKDAYS:
        marks = sorted(draw(st.sets(st.integers(0, 47), max_size=6)))
        pairs = zip(marks[::2], marks[1::2], strict=False)
        spans = [f"{a // 2:02}:{a % 2 * 30:02}-{b // 2:02}:{b % 2 * 30:02}" for a, b in pairs]
        if draw(st.booleans()) and draw(st.booleans()):
            spans = ["22:30-03:00"]
        week[day] = spans
    return week


DAYS = [  # around clock changes and far from them
    ("Europe/Berlin", date(2026, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 24)),
    ("Europe/Berlin", date(2026, 12, 23)),
    ("Asia/Shanghai", date(2026, 2, 14)),
    ("Asia/Shanghai", date(2026, 10, 24)),
    ("America/Havana", date(2026, 10, 31)),
    ("Africa/Cairo", date(2026, 4, 23)),
    ("Australia/Lord_Howe", date(2026, 4, 4)),
]


@settings(max_examples=20, deadline=None)
@given(weeks(), st.sampled_from(DAYS), st.booleans())
def test_it_agrees_with_the_clock_minute_by_minute(week: dict[str, list[str]], where: Any, holidays: bool) -> None:
    zone, day = where
    try:
        some = hours(zone, weekly=week, **({"holidays": {"country": "CN", "swapped_as": "fri"}} if holidays else {}))
    except ValidationError:
        assume(False)
    start = at(day.isoformat(), "UTC")
    expected = by_minute(some, start, 2 * 24 * 60)
    opening = Opening(some)
    changes = list(_changes(opening, start, start + 2 * 86_400))
    assert [opening.state(start + 60 * step).open for step in range(len(expected))] == expected
    assert changes == [start + 60 * n for n in range(1, len(expected)) if expected[n] != expected[n - 1]]


def _changes(opening: Opening, start: float, end: float) -> Iterator[float]:
    """Every change after `start`, each asked for just where the one before was found."""
    while (change := opening.next_change(start)) is not None and change < end:
        assert change > start
        assert opening.state(change).open != opening.state(change - 0.001).open
        yield change
        start = change


@settings(max_examples=40, deadline=None)
@given(weeks(), st.lists(st.floats(1.76e9, 1.86e9), min_size=2, max_size=20))
def test_what_was_asked_before_changes_no_answer(week: dict[str, list[str]], moments: list[float]) -> None:
    try:
        some = hours(weekly=week)
    except ValidationError:
        assume(False)
    opening = Opening(some)
    for moment in [near for one in moments for near in (one, one + 1, one - 3600, one + 20_000)]:
        assert opening.state(moment) == state(some, moment)


def test_the_first_days_of_time_and_far_ones_have_an_answer() -> None:
    for moment in (0.0, 1.0, datetime(2199, 12, 31, tzinfo=UTC).timestamp()):
        assert state(hours(), moment).changes_at is not None


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(1.76e9, 1.86e9), min_size=2, max_size=8))
def test_nor_where_it_is_open_for_months(moments: list[float]) -> None:
    some = hours(weekly={"mon-sun": "open"}, days={"2027-06-01": "closed", "01-01": "10:00-24:00"})
    opening = Opening(some)
    for moment in sorted([near for one in moments for near in (one, one + 86_400, one + 2e6)]):
        assert opening.state(moment) == state(some, moment)
