"""Opening hours as they are written: what is taken, and what is refused with the remedy."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from cti.model.hours import WEEKDAYS, Hours, minutes, weekdays

pytestmark = pytest.mark.unit

WEEK: dict[str, Any] = {"mon-fri": ["09:00-12:00", "13:00-18:00"], "fri": "09:00-12:00", "sat": "22:00-06:00"}


def hours(**fields: Any) -> Hours:
    return Hours.model_validate({"zone": "Europe/Berlin", "weekly": WEEK, **fields})


def test_hours_and_days_are_read() -> None:
    assert minutes("9:00-12:30") == (540, 750)
    assert minutes("22:00 - 06:00") == (1320, 1800)
    assert weekdays("sat,sun") == ("sat", "sun") and weekdays("Fri-Mon") == ("fri", "sat", "sun", "mon")
    assert hours().week["thu"] == ("09:00-12:00", "13:00-18:00")
    assert hours().week["fri"] == ("09:00-12:00",)
    assert hours().week["sun"] == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"zone": "Europe/Berln"}, 'is no time zone (did you mean "Europe/Berlin"?)'),
        ({"zone": "../etc/passwd"}, "pattern"),
        ({"zone": "Europe"}, "is no time zone"),
        ({"weekly": {"mon-fry": "09:00-17:00"}}, 'did you mean "fri"?'),
        ({"weekly": {"mon,mon": "09:00-17:00"}}, "names a day twice"),
        ({"weekly": {"mon": "9-17"}}, 'must be hours such as "09:00-17:30"'),
        ({"weekly": {"mon": "09:00-25:00"}}, "ends at 24:00"),
        ({"weekly": {"mon": "24:00-06:00"}}, "begins at 00:00"),
        ({"weekly": {"mon": "09:60-10:00"}}, "begins at 00:00"),
        ({"weekly": {"mon": "09:00-09:00"}}, '"00:00-24:00"'),
        ({"weekly": {"mon": "09:00-00:00"}}, "09:00-24:00"),
        ({"weekly": {"mon": ["09:00-12:00", "11:00-15:00"]}}, "09:00-12:00 and 11:00-15:00 overlap"),
        ({"weekly": {"mon": "22:00-06:00", "tue": "05:00-12:00"}}, "mon 22:00-06:00 lasts into tue 05:00-12:00"),
        ({"weekly": {"mon-wed": "09:00-12:00", "wed-fri": "09:00-12:00"}}, "wed has hours in mon-wed and in wed-fri"),
        ({"weekly": {}}, "never open"),
        ({"weekly": WEEK, "days": {"2026-02-29": "closed"}}, "there is no such day"),
        ({"weekly": WEEK, "days": {"24.12.": "closed"}}, "must be a date"),
        ({"weekly": WEEK, "holidays": {"country": "XX"}}, "no public holidays are known of XX"),
        ({"weekly": WEEK, "holidays": {"country": "DE", "subdivision": "BA"}}, 'no subdivision "BA"'),
    ],
)
def test_what_is_wrong_is_said_with_the_remedy(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Hours.model_validate({"zone": "Europe/Berlin", "weekly": WEEK, **fields})
    assert words in str(caught.value)


def test_leap_days_and_whole_weeks_are_right() -> None:
    assert hours(days={"02-29": "closed", "2028-02-29": "open"}).days["2028-02-29"] == ("00:00-24:00",)
    assert len(hours(weekly={"wed-tue": "open"}).week) == len(WEEKDAYS)
