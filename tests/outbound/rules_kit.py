"""Leads, attempts and rules for tests of dialling, with names that tell what matters in a test."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cti.model.campaign import Campaign, Outbound
from cti.model.dialling import AttemptResult, CampaignName, LeadId
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.lead import Lead, Number, Tried
from cti.outbound.may_dial import Rules
from tests.calling_scene import WAY_OUT

BERLIN, SHANGHAI, NEW_YORK = "Europe/Berlin", "Asia/Shanghai", "America/New_York"
CAMPAIGN = CampaignName("renewals")


def at(text: str, zone: str = BERLIN) -> float:
    """The moment at which the clock in `zone` shows `text`, such as 2026-11-23 10:00."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


NOW = at("2026-11-23 10:00")  # a Monday


def number(last: int = 1, *zones: str) -> Number:
    return Number(f"+4930555{last:04}", zones or (BERLIN,))


def lead(name: int = 1, *numbers: Number, **said: Any) -> Lead:
    return Lead(LeadId(name), said.pop("campaign", CAMPAIGN), numbers or (number(name),), **said)


def tried(
    when: float,
    result: AttemptResult | None = AttemptResult.NO_ANSWER,
    to: Number | None = None,
    attempt_no: int = 1,
    **said: Any,
) -> Tried:
    said.setdefault("campaign", CAMPAIGN)
    said.setdefault("lead", LeadId(1))
    return Tried(at=when, number=(to or number()).number, attempt_no=attempt_no, result=result, **said)


def campaign(**said: Any) -> Campaign:
    written = {"mode": "progressive", "queue": "sales"} | said
    if written["mode"] == "agentless":
        written.pop("queue")
        written.setdefault("flow", "news")
    return Campaign.model_validate(written)


def outbound(**said: Any) -> Outbound:
    return Outbound.model_validate({"zone": BERLIN, "trunks": WAY_OUT} | said)


def rules(whole: dict[str, Any] | None = None, **said: Any) -> Rules:
    centre = outbound(**(whole or {}))
    return Rules(CAMPAIGN, campaign(**said), centre, DoNotCall(centre.do_not_call))
