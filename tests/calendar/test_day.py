"""Which hours a date has: special days before holidays before the week."""

from __future__ import annotations

from datetime import date

import pytest

from cti.calendar.day import Day, Days, Why
from cti.model.hours import Hours

pytestmark = pytest.mark.unit

NINE_TO_FIVE = ((540, 1020),)


def days(**fields: object) -> Days:
    return Days(Hours.model_validate({"zone": "Asia/Shanghai", "weekly": {"mon-fri": "09:00-17:00"}, **fields}))


def test_the_week_and_a_day_by_itself() -> None:
    found = days(weekly={"mon-fri": ["13:00-18:00", "09:00-12:00"], "wed": "closed", "sat,sun": "22:00-06:00"})
    assert found.on(date(2026, 11, 23)) == Day(((540, 720), (780, 1080)), Why.WEEKLY)
    assert found.on(date(2026, 11, 25)) == Day((), Why.WEEKLY)
    assert found.on(date(2026, 11, 28)) == Day(((1320, 1800),), Why.WEEKLY)


def test_a_holiday_has_its_own_hours_and_its_name() -> None:
    closed = days(holidays={"country": "DE", "subdivision": "BY"})
    assert closed.on(date(2026, 1, 6)) == Day((), Why.HOLIDAY, "Epiphany")
    assert closed.on(date(2026, 1, 7)).spans == NINE_TO_FIVE
    assert days(holidays={"country": "DE"}).on(date(2026, 1, 6)).why == Why.WEEKLY
    short = days(holidays={"country": "CN", "hours": "10:00-14:00"})
    assert short.on(date(2026, 10, 1)) == Day(((600, 840),), Why.HOLIDAY, "National Day")


def test_special_days_go_before_holidays_and_a_full_date_before_every_years() -> None:
    found = days(
        holidays={"country": "DE"},
        days={"12-25": "open", "12-24": "09:00-12:00", "2026-12-24": "closed"},
    )
    assert found.on(date(2026, 12, 25)) == Day(((0, 1440),), Why.SPECIAL_DAY, "12-25")
    assert found.on(date(2026, 12, 24)) == Day((), Why.SPECIAL_DAY, "2026-12-24")
    assert found.on(date(2027, 12, 24)) == Day(((540, 720),), Why.SPECIAL_DAY, "12-24")
    assert found.on(date(2026, 12, 26)).why == Why.HOLIDAY


def test_a_weekend_day_swapped_for_a_holiday_is_a_working_day_where_it_is_asked_for() -> None:
    swapped = date(2026, 2, 28)  # a Saturday, for the 23rd
    assert days(holidays={"country": "CN"}).on(swapped).spans == ()
    assert days(holidays={"country": "CN", "swapped_as": "fri"}).on(swapped) == Day(NINE_TO_FIVE, Why.WEEKLY)
    assert days(holidays={"country": "CN", "swapped_as": "fri"}).on(date(2026, 3, 7)).spans == ()
