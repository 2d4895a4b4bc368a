"""What does a campaign say by itself, and what as its regulation says?"""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from cti.config import settings as config
from cti.model.calling_rules import Cap
from cti.model.campaign import Campaign, CampaignMode, Outbound
from cti.model.dialling import AttemptResult, Mode
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.model.regulation import PRESETS, Regulation

pytestmark = pytest.mark.unit

SMALL = b"""
nodes: {one: {host: 127.0.0.1, secret: x}}
fastagi: {token: y}
queues: {sales: {}}
agents: {anna: {phone: PJSIP/1, queues: [sales]}}
outbound: {trunks: {carrier: {dial: "PJSIP/{number}@carrier"}}}
campaigns:
  renewals: {mode: progressive, queue: sales%s}
"""


def campaign(**written: Any) -> Campaign:
    return Campaign.model_validate({"mode": "predictive", "queue": "sales", **written})


def test_what_is_not_said_is_as_the_regulation_says() -> None:
    us = campaign(regulation="us").limits
    assert (us.abandon_cap_percent, us.abandon_over_days, us.agent_within_s, us.ring_at_least_s) == (3, 30, 2, 15)
    assert us.window.weekly == {"mon-sun": ("08:00-21:00",)}
    uk = campaign(regulation="uk").limits
    assert uk.abandon_cap_percent == 0 and uk.agent_at_hand_after_abandoned_h == 72
    cn = campaign(regulation="cn").limits
    assert cn.consent_required and cn.recordings_keep_days == 30
    assert cn.caps == (Cap(at_most=3, per="number", within="day"),)
    assert campaign().limits == PRESETS[Regulation.NONE]


def test_what_is_said_holds_instead_and_nothing_else_changes() -> None:
    limits = campaign(regulation="us", abandon_cap_percent=1, caps=[]).limits
    assert limits == PRESETS[Regulation.US].model_copy(update={"abandon_cap_percent": 1.0, "caps": ()})


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"mode": "callback"}, "Input should be .*'agentless'"),
        ({"mode": "agentless"}, "names no flow"),
        ({"mode": "power", "queue": None}, "name a queue"),
        ({"mode": "agentless", "flow": "survey"}, "whoever answers meets the flow"),
        ({"ends_on": "12-24"}, "pattern"),
        ({"window": {"weekly": {"mon": "09:00-09:00"}}}, "begins and ends at the same time"),
        ({"window": {}}, "never open"),
        ({"safe_harbour": {"play": ["x"], "flow": "y"}}, "keep one of them"),
    ],
)
def test_contradictions_are_refused(written: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        campaign(**written)


def test_a_result_ends_the_lead_or_says_again() -> None:
    retry = campaign().retry
    assert retry.of(AttemptResult.ANSWERED) is None and retry.of(AttemptResult.INVALID) is None
    for result in set(AttemptResult) - {AttemptResult.ANSWERED, AttemptResult.INVALID}:
        assert retry.of(result) is not None


def test_names_lead_to_what_exists() -> None:
    settings = config.loads(SMALL % b"", environ={})
    assert settings.center.campaigns["renewals"].mode is Mode.PROGRESSIVE
    for written, complaint in (
        (b", caller_ids: ours", 'outbound.caller_ids has no "ours"'),
        (b", hours: office", 'there are no opening hours named "office"'),
    ):
        with pytest.raises(ConfigError, match=f":8:.*campaigns.renewals.*{complaint}"):
            config.loads(SMALL % written, environ={})
    with pytest.raises(ConfigError, match='there is no queue "sale"'):
        config.loads((SMALL % b"").replace(b"queue: sales", b"queue: sale"), environ={})


@pytest.mark.parametrize("pattern", ["911", "+4990*", "+1900xxxxxxx"])
def test_patterns_of_numbers(pattern: str) -> None:
    assert Outbound(do_not_call=(pattern,)).do_not_call == (pattern,)


@pytest.mark.parametrize("pattern", ["*", "", "+49*1", "abc"])
def test_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(ValidationError):
        Outbound(do_not_call=(pattern,))


@pytest.mark.parametrize("name", ["callbacks", "callbacks-7"])
def test_no_campaign_has_the_name_of_promised_callbacks(name: str) -> None:
    written = {"queues": {"sales": {}}, "campaigns": {name: {"mode": "progressive", "queue": "sales"}}}
    with pytest.raises(ValidationError, match="promised callbacks"):
        Center.model_validate(written)


def test_a_mode_is_a_word_of_ours_and_callbacks_have_none_of_a_campaigns() -> None:
    assert campaign(mode="power").mode is Mode.POWER
    assert {*get_args(CampaignMode)} == {*Mode} - {Mode.CALLBACK}
