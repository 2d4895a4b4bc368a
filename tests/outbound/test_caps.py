"""Have there been too many attempts, and until when?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.calendar.instants import day_begins
from cti.model.calling_rules import CallWindow, Cap
from cti.model.dialling import AttemptResult, CampaignName, Rule
from cti.outbound.caps import cap_reason, gap_reason
from cti.outbound.lead import Tried
from cti.outbound.verdict import Reason
from cti.outbound.windows import Window
from tests.outbound.rules_kit import BERLIN, CAMPAIGN, NEW_YORK, NOW, SHANGHAI, at, tried

pytestmark = pytest.mark.unit

HOURS = Window(CallWindow.model_validate({"weekly": {"mon-sun": ["09:00-12:00", "14:00-18:00"]}}))


def reason(
    cap: dict[str, Any], tries: list[Tried], now: float = NOW, zones: tuple[str, ...] = (BERLIN,)
) -> Reason | None:
    return cap_reason(Cap.model_validate(cap), tries, CAMPAIGN, zones, HOURS, now)


def test_three_a_day_and_tomorrow_again() -> None:
    three = [tried(at(f"2026-11-23 0{hour}:00"), attempt_no=hour) for hour in (7, 8, 9)]
    assert reason({"at_most": 3}, three[:2]) is None
    full = reason({"at_most": 3}, three)
    assert full is not None and full.rule is Rule.CAP and full.until == at("2026-11-24 00:00")
    assert reason({"at_most": 3}, three, at("2026-11-24 00:00")) is None


def test_days_are_the_callee_s() -> None:
    one = [tried(at("2026-11-22 23:30", BERLIN))]  # it is the next day in Shanghai already
    assert reason({"at_most": 1}, one, NOW, (BERLIN,)) is None
    there = reason({"at_most": 1}, one, NOW, (SHANGHAI,))
    assert there is not None and there.until == at("2026-11-24 00:00", SHANGHAI)
    both = reason({"at_most": 1}, one, NOW, (BERLIN, SHANGHAI))
    assert both is not None, "one of the zones in which he may be is enough to forbid it"


def test_a_week_is_this_day_and_six_before() -> None:
    two = [tried(at("2026-11-17 10:00")), tried(at("2026-11-20 10:00"), attempt_no=2)]
    full = reason({"at_most": 2, "within": "week"}, two)
    assert full is not None and full.until == at("2026-11-24 00:00"), "the first of them is then seven days ago"
    assert reason({"at_most": 2, "within": "week"}, two, at("2026-11-24 00:00")) is None


def test_in_these_hours_and_ever() -> None:
    early = [tried(at("2026-11-23 09:30"))]
    full = reason({"at_most": 1, "within": "window"}, early)
    assert full is not None and full.until == at("2026-11-23 12:00")
    assert reason({"at_most": 1, "within": "window"}, early, at("2026-11-23 14:00")) is None
    ever = reason({"at_most": 1, "within": "ever"}, early, at("2036-11-23 14:00"))
    assert ever is not None and ever.until is None


def test_what_counts() -> None:
    other = tried(NOW - 60, campaign=CampaignName("other"))
    assert reason({"at_most": 1}, [other]) is not None
    assert reason({"at_most": 1, "across": False}, [other]) is None
    assert reason({"at_most": 1}, [tried(NOW - 60, AttemptResult.NOT_DIALLED)]) is None
    assert reason({"at_most": 1}, [tried(NOW - 60, AttemptResult.UNKNOWN)]) is not None
    assert reason({"at_most": 1}, [tried(NOW - 60, None)]) is not None, "one that rings is one"
    assert reason({"at_most": 1, "counts": "answered"}, [tried(NOW - 60)]) is None
    assert reason({"at_most": 1, "counts": "answered"}, [tried(NOW - 60, AttemptResult.HUNG_UP)]) is not None


def test_a_cap_of_nothing() -> None:
    none = reason({"at_most": 0}, [])
    assert none is not None and none.until is None


def test_gap() -> None:
    assert gap_reason(1800, [tried(NOW - 1800)], NOW) is None
    assert gap_reason(1800, [tried(NOW - 1799)], NOW) == Reason(Rule.GAP, NOW + 1, "1800 s")
    assert gap_reason(1800, [tried(NOW - 1, AttemptResult.NOT_DIALLED)], NOW) is None


@given(
    st.lists(st.floats(0, 40 * 86_400), max_size=30),
    st.integers(1, 5),
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from([BERLIN, NEW_YORK, "Pacific/Apia"]),
    st.floats(at("2026-01-01 00:00"), at("2027-01-01 00:00")),
)
def test_who_waits_as_long_as_is_said_never_passes_the_cap(
    ages_s: list[float], at_most: int, within: str, zone: str, now: float
) -> None:
    from zoneinfo import ZoneInfo

    tries = [tried(now - age_s, attempt_no=n) for n, age_s in enumerate(ages_s)]
    cap = Cap.model_validate({"at_most": at_most, "within": within})
    found = cap_reason(cap, tries, CAMPAIGN, (zone,), HOURS, now)
    free_at = now if found is None else found.until
    assert free_at is not None
    days = {"day": 1, "week": 7, "month": 30}[within]
    since = day_begins(ZoneInfo(zone), free_at, 1 - days)
    assert sum(each.at >= since for each in tries) < at_most, "one more then is at most the cap"
    if found is not None:
        before = day_begins(ZoneInfo(zone), free_at - 1, 1 - days)
        assert sum(each.at >= before for each in tries) >= at_most, "and not a day later than need be"
