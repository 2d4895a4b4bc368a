"""May somebody be called at this hour, by his own clock, in every zone in which he may be?"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cti.model.calling_rules import CallWindow
from cti.model.dialling import Rule
from cti.outbound.windows import Window
from tests.outbound.rules_kit import BERLIN, NEW_YORK, NOW, SHANGHAI, at

pytestmark = pytest.mark.unit

ZONES = [BERLIN, NEW_YORK, SHANGHAI, "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata"]


def window(**said: Any) -> Window:
    return Window(CallWindow.model_validate(said or {"weekly": {"mon-sun": "08:00-21:00"}}))


def test_the_callee_s_clock_counts_and_not_ours() -> None:
    assert window().reason([BERLIN], NOW) is None
    shut = window().reason([NEW_YORK], NOW)  # four in the morning there
    assert shut is not None and shut.rule is Rule.WINDOW and shut.until == at("2026-11-23 08:00", NEW_YORK)


def test_a_number_that_may_be_in_two_zones_is_called_where_it_is_day_in_both() -> None:
    both = window().reason([BERLIN, NEW_YORK], NOW)
    assert both is not None and both.until == at("2026-11-23 08:00", NEW_YORK)
    never = window(weekly={"mon-sun": "09:00-10:00"}).reason([BERLIN, NEW_YORK], NOW)
    assert never is not None and never.until is None, "nine is never nine in both"


def test_public_holidays_and_special_days_have_their_own_name() -> None:
    shop = window(weekly={"mon-sun": "08:00-21:00"}, holidays={"country": "DE"}, days={"11-24": "closed"})
    christmas = shop.reason([BERLIN], at("2026-12-25 12:00"))
    assert christmas is not None and christmas.rule is Rule.HOLIDAY
    assert christmas.until == at("2026-12-27 08:00") and "Christmas" in christmas.detail
    special = shop.reason([BERLIN], at("2026-11-24 12:00"))
    assert special is not None and special.rule is Rule.HOLIDAY and special.until == at("2026-11-25 08:00")


def test_the_hours_we_are_in() -> None:
    day = window(weekly={"mon-sun": ["09:00-12:00", "14:00-18:00"]})
    assert day.same_stretch([BERLIN], at("2026-11-23 09:00"), NOW)
    assert not day.same_stretch([BERLIN], at("2026-11-22 10:00"), NOW)
    assert not day.same_stretch([BERLIN], NOW, at("2026-11-23 15:00"))
    assert day.closes_at([BERLIN], NOW) == at("2026-11-23 12:00")


@given(
    st.sampled_from(ZONES),
    st.floats(at("2026-01-01 00:00"), at("2027-12-31 00:00")),
)
@example(BERLIN, at("2026-03-29 08:00") - 1)  # the clock went forward in the night
@example(BERLIN, at("2026-10-25 08:00") - 1)  # and back
@example(NEW_YORK, at("2026-03-08 03:00", NEW_YORK))
def test_nobody_is_called_outside_his_hours_on_any_day_of_the_year(zone: str, now: float) -> None:
    shown = datetime.fromtimestamp(now, ZoneInfo(zone))
    allowed = 8 <= shown.hour < 21
    found = window().reason([zone], now)
    assert (found is None) == allowed
    if found is not None:
        assert found.until is not None and found.until > now
        opens = datetime.fromtimestamp(found.until, ZoneInfo(zone))
        assert (opens.hour, opens.minute, opens.second) == (8, 0, 0)
