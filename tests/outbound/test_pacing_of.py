"""Do a campaign's mode, limits and regulation become the pacing's?"""

from __future__ import annotations

import pytest

from cti.model.campaign import Campaign
from cti.outbound.pacing_of import rules_of

pytestmark = pytest.mark.unit


def test_the_law_and_the_campaign_are_translated() -> None:
    written = Campaign.model_validate(
        {
            "mode": "predictive",
            "queue": "sales",
            "regulation": "us",
            "agent_within_s": 1.5,
            "lines": 20,
            "calls_per_s": 2,
            "evidence_answers": 300,
        }
    )
    rules = rules_of(written)
    assert rules is not None
    assert (rules.mode, rules.cap, rules.window_days, rules.connect_within_s) == ("predictive", 0.03, 30, 1.5)
    assert (rules.lines, rules.calls_per_s, rules.least_answers) == (20, 2, 300)


@pytest.mark.parametrize(("mode", "paced"), [("preview", "progressive"), ("power", "power")])
def test_modes(mode: str, paced: str) -> None:
    rules = rules_of(Campaign.model_validate({"mode": mode, "queue": "sales", "ratio": 2, "regulation": "uk"}))
    assert rules is not None and rules.mode == paced and rules.cap == 0.0 and rules.ratio == 2


def test_who_meets_a_flow_needs_no_agent() -> None:
    assert rules_of(Campaign.model_validate({"mode": "agentless", "flow": "reminder"})) is None
