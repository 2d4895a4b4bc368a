"""Who would be dialled in the next hour, and why not the others?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.dialling import AttemptResult, LeadOutcome, Rule
from cti.outbound.desk import Desk, Today
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.lead import Lead
from cti.outbound.plan import Prospect, counted, project
from tests.outbound.rules_kit import CAMPAIGN, NOW, at, campaign, lead, number, outbound, tried

pytestmark = pytest.mark.unit

TODAY = Today(at("2026-11-23 00:00"), at("2026-11-24 00:00"))


def prospects(*leads: Lead, now: float = NOW, history: Any = None, **said: Any) -> list[Prospect]:
    centre = outbound(do_not_call=["+49305550009"])
    desk = Desk(CAMPAIGN, campaign(**said), centre, None, DoNotCall(centre.do_not_call))
    return list(project(desk, leads, history or {}, now, TODAY))


def test_now_later_and_never() -> None:
    found = prospects(
        lead(1),
        lead(2, due_at=NOW + 600),
        lead(3, due_at=NOW + 4000),
        lead(9),
        lead(4, number(4, "America/New_York")),
        regulation="us",
    )
    assert [(each.at, each.outcome) for each in found] == [
        (NOW, None),
        (NOW + 600, None),
        (None, None),
        (None, LeadOutcome.DO_NOT_CALL),
        (None, None),
    ]
    assert [each.reason.rule if each.reason else None for each in found] == [
        None,
        Rule.RETRY,
        Rule.RETRY,
        Rule.DO_NOT_CALL,
        Rule.WINDOW,
    ]
    assert found[0].number_index == 0
    assert counted(found) == {"dialled": 2, "retry": 1, "do_not_call": 1, "window": 1}


def test_what_was_tried_counts() -> None:
    (found,) = prospects(lead(1), history={number(1).number: [tried(NOW - 1000, AttemptResult.BUSY)]}, gap_s=1800)
    assert found.at == NOW + 800 and found.reason is not None and found.reason.rule is Rule.GAP


def test_a_campaign_that_has_not_begun() -> None:
    (found,) = prospects(lead(1), begins_on="2026-12-01")
    assert found.at is None and found.reason is not None and found.reason.rule is Rule.CAMPAIGN
    assert found.reason.until == at("2026-12-01 00:00") and found.outcome is None
