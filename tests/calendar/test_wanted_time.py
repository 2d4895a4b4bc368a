"""Which moment does somebody mean who types a time?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.calendar.wanted_time import read_at

pytestmark = pytest.mark.unit

BERLIN = "Europe/Berlin"
DAY_S = 86_400.0
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo(BERLIN)).timestamp()  # a Friday


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).timestamp()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14:30", moment("2026-11-20 14:30")),
        ("9:05", moment("2026-11-21 09:05")),
        ("2026-12-24 14:30", moment("2026-12-24 14:30")),
        ("2026-12-24T14:30", moment("2026-12-24 14:30")),
        ("2026-12-24T14:30+00:00", moment("2026-12-24 15:30")),
        ("2026-12-24", moment("2026-12-24 00:00")),
        ("2027-03-28 02:30", moment("2027-03-28 03:00")),  # left out in spring
        ("+90m", NOW + 5400),
        ("+2h", NOW + 7200),
        ("+3d", NOW + 3 * DAY_S),
        (" 14:30 ", moment("2026-11-20 14:30")),
    ],
)
def test_what_is_meant(text: str, meant: float) -> None:
    assert read_at(text, BERLIN, NOW) == pytest.approx(meant)


@pytest.mark.parametrize("text", ["", "tomorrow", "25:00", "+", "+1w", "2026-13-01", "14.30", "0" * 400, "9999-99-99"])
def test_what_is_no_time(text: str) -> None:
    assert read_at(text, BERLIN, NOW) is None


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_moment_or_none(text: str) -> None:
    found = read_at(text, BERLIN, NOW)
    assert found is None or isinstance(found, float)
