"""Is what people write understood, and does what they cannot have say what to write instead?"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.reports.query import STEPS, BadQuery, Query, Span, read

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC
DAY = 86_400.0


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ({}, NOON - DAY / 2, NOON),
        ({"from": "yesterday", "to": "yesterday"}, NOON - 1.5 * DAY, NOON - 0.5 * DAY),
        ({"from": "-7d"}, NOON - 7.5 * DAY, NOON),
        ({"from": "2023-11-01", "to": "2023-11-14"}, NOON - 14.5 * DAY, NOON - 0.5 * DAY),
        ({"from": "2023-11-15T08:10", "to": "2023-11-15T09:05"}, NOON - 4 * 3600, NOON - 2.75 * 3600),
        ({"from": "1700049600", "to": "1700053200"}, NOON, NOON + 3600),
    ],
)
def test_times(asked: dict[str, str], begin: float, end: float) -> None:
    assert read(asked, NOON, "UTC").span == Span(begin, end)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"from": "tomorow"}, "2026-11-01"),
        ({"step": "dya"}, 'did you mean "day"?'),
        ({"from": "today", "to": "2023-11-01"}, "before"),
    ],
)
def test_what_cannot_be_had(asked: dict[str, str], says: str) -> None:
    with pytest.raises(BadQuery, match=says.replace("?", r"\?")):
        read(asked, NOON, "UTC")


def test_too_many_steps() -> None:
    with pytest.raises(BadQuery, match="longer step"):
        read({"from": "2022-01-01", "step": "15m"}, NOON, "UTC").steps()


@settings(max_examples=40)
@given(
    st.integers(1_600_000_000, 1_800_000_000),
    st.integers(1, 40),
    st.sampled_from(tuple(STEPS)),
    st.sampled_from(("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")),
)
def test_steps_follow_one_another_and_make_the_whole(begin: int, days: int, step: str, zone: str) -> None:
    span = Span(begin // 900 * 900, begin // 900 * 900 + days * DAY)
    steps = Query(span, step, zone, {}).steps()
    assert (steps[0].begin, steps[-1].end) == (span.begin, span.end)
    assert all(one.end == next_.begin and one.begin < one.end for one, next_ in itertools.pairwise(steps))
    assert all(each.begin % 900 == 0 for each in steps)
