"""Does a campaign run now, and why not?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.dialling import CampaignAction, CampaignState, Rule
from cti.model.hours import Hours
from cti.outbound.campaign_life import ASKED, CampaignLife
from cti.outbound.transitions import CAMPAIGN
from tests.outbound.rules_kit import BERLIN, NOW, at, campaign

pytestmark = pytest.mark.unit

OFFICE = Hours.model_validate({"zone": BERLIN, "weekly": {"mon-fri": "09:00-17:00"}})


def life(state: CampaignState = CampaignState.READY, hours: Hours | None = None, **said: Any) -> CampaignLife:
    return CampaignLife("renewals", campaign(**said), BERLIN, hours, state)


def test_a_person_starts_it() -> None:
    ours = life()
    assert not ours.tick(NOW, in_hand=0, leads_left=True)
    found = ours.reason(NOW)
    assert found is not None and found.detail == "ready"
    assert ours.ask(CampaignAction.START, NOW) == "" and ours.reason(NOW) is None
    assert "is running: start needs" in ours.ask(CampaignAction.START, NOW)


def test_pause_drain_stop() -> None:
    ours = life(CampaignState.RUNNING)
    assert ours.ask(CampaignAction.PAUSE, NOW) == "" and ours.reason(NOW) is not None
    assert ours.ask(CampaignAction.RESUME, NOW) == "" and ours.reason(NOW) is None
    assert ours.ask(CampaignAction.DRAIN, NOW) == ""
    assert not ours.tick(NOW, in_hand=2, leads_left=True) and ours.state is CampaignState.DRAINING
    assert ours.tick(NOW, in_hand=0, leads_left=True) and ours.state is CampaignState.STOPPED
    assert ours.ask(CampaignAction.START, NOW) == ""
    assert ours.ask(CampaignAction.STOP, NOW) == "" and ours.state is CampaignState.STOPPED


def test_its_days() -> None:
    ours = life(start="at_once", begins_on="2026-12-01", ends_on="2026-12-31")
    assert ours.tick(NOW, in_hand=0, leads_left=True)
    found = ours.reason(NOW)
    assert found is not None and found.rule is Rule.CAMPAIGN and found.until == at("2026-12-01 00:00")
    assert ours.next_change(NOW) == at("2026-12-01 00:00")
    assert ours.reason(at("2026-12-31 23:59")) is None
    over = at("2027-01-01 00:00")
    assert not ours.tick(over, in_hand=1, leads_left=True), "what is in hand comes to its end"
    assert ours.tick(over, in_hand=0, leads_left=True) and ours.state is CampaignState.DONE
    assert "last day" in ours.ask(CampaignAction.START, over)


def test_its_hours() -> None:
    ours = life(CampaignState.RUNNING, OFFICE)
    assert ours.reason(NOW) is None
    found = ours.reason(at("2026-11-23 18:00"))
    assert found is not None and found.until == at("2026-11-24 09:00")
    assert ours.next_change(NOW) == at("2026-11-23 17:00")


def test_done_when_every_lead_has_its_outcome_and_more_leads_may_come() -> None:
    ours = life(CampaignState.RUNNING)
    assert not ours.tick(NOW, in_hand=1, leads_left=False)
    assert ours.tick(NOW, in_hand=0, leads_left=False) and ours.state is CampaignState.DONE
    assert ours.ask(CampaignAction.START, NOW) == ""


@given(st.lists(st.sampled_from([*CampaignAction, "tick", "over"]), max_size=30))
def test_whatever_people_ask_for_the_table_is_kept(steps: list[Any]) -> None:
    ours, now = life(ends_on="2026-12-31"), NOW
    for step in steps:
        was = ours.state
        if step == "tick":
            ours.tick(now, in_hand=0, leads_left=True)
        elif step == "over":
            now = at("2027-01-02 00:00")
        else:
            before, then = ASKED[step]
            refusal = ours.ask(step, now)
            assert bool(refusal) == (was not in before or (then is CampaignState.RUNNING and ours.is_over(now)))
        assert ours.state is was or ours.state in CAMPAIGN[was]


@given(st.sampled_from(CampaignState), st.booleans())
def test_what_it_may_be_asked_is_what_it_does(state: CampaignState, is_over: bool) -> None:
    said = {"ends_on": "2020-01-01"} if is_over else {}
    for action in CampaignAction:
        ours = life(state, **said)
        assert (action in ours.may(NOW)) == (ours.ask(action, NOW) == "")
