"""What is remembered of one dial of a campaign, from the plan to its result? Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from cti.model.dialling import AGENT_FOR_EACH, CampaignName, Mode, Rule
from cti.model.words import AgentId, ContactId

ROOM = "campaign/"  # what the contacts of campaigns begin with; the attempt's name follows


@dataclass(slots=True, eq=False)
class Dial:
    """One dial of a campaign, from the plan to its result. Times are epoch seconds."""

    attempt: str
    campaign: CampaignName
    contact: ContactId
    queue: str
    mode: Mode
    planned_at: float
    trunk: str = ""
    placed_at: float | None = None
    answered_at: float | None = None
    person: bool = False
    in_flow: bool = False
    left: bool = False  # an earlier process has placed it
    agent: AgentId | None = None  # who had him last
    settled: bool = False  # counted in the legal window
    disposition: str = ""
    forbidden: Rule | None = None  # what was said against it at the last moment

    @property
    def reserves(self) -> bool:
        return self.mode in AGENT_FOR_EACH


def contact_of(attempt: str) -> ContactId:
    """Return the contact for whose sake an attempt of a campaign is made."""
    return ContactId(f"{ROOM}{attempt}")


def attempt_of(contact: ContactId) -> str:
    """Return the attempt that is made for the contact of a campaign."""
    return contact.removeprefix(ROOM)
