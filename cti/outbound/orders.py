"""What may come out of the dialer? Everything it asks for and tells, as data.

The owner turns these into commands and facts: a Planned into CalloutDue, a LeadSettled into the store's row.
"""

from __future__ import annotations

import msgspec

from cti.model.callout import Callout
from cti.model.dialling import CampaignName, CampaignState, LeadId, LeadOutcome, Mode


class Planned(msgspec.Struct, frozen=True):
    """Dial this, once it is written down. Ends with exactly one refused() or ended() of the dialer.

    `queue` "" where nobody but a flow is needed.
    """

    campaign: CampaignName
    lead: LeadId
    attempt_no: int
    number_index: int
    mode: Mode
    queue: str
    callout: Callout  # personal data
    customer: dict[str, str]  # personal data


class LeadSettled(msgspec.Struct, frozen=True):
    """A lead goes back to the store: with its one outcome, or due again at `due_at`.

    `result`, `rule`: what came of the newest attempt and what followed, or why it was not dialled.
    """

    campaign: CampaignName
    lead: LeadId
    at: float
    outcome: LeadOutcome | None
    due_at: float
    number_index: int
    result: str = ""
    rule: str = ""


class LeadsWanted(msgspec.Struct, frozen=True):
    """So many more due leads are wanted; comes back as offered()."""

    campaign: CampaignName
    most: int


class TakeBack(msgspec.Struct, frozen=True):
    """End this attempt if nobody has answered it yet; ended() follows."""

    campaign: CampaignName
    attempt: str


class NotAgain(msgspec.Struct, frozen=True):
    """The owner of this number does not want to be called any more: onto the do-not-call list."""

    campaign: CampaignName
    attempt: str
    number: str  # personal data
    reason: str


class CampaignMoved(msgspec.Struct, frozen=True):
    """A campaign goes on by itself, or because a person (`by`) wants it."""

    campaign: CampaignName
    at: float
    old: CampaignState
    new: CampaignState
    by: str = ""


Order = Planned | LeadSettled | LeadsWanted | TakeBack | NotAgain | CampaignMoved
