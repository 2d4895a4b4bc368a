"""What does the core ask of the store? Orders that must be kept, as data; everything else that is kept is read from the
stream of facts.

They hold personal data, which facts do not.
"""

from __future__ import annotations

import msgspec

from cti.model.dialling import CampaignName, CampaignState, LeadId, LeadOutcome
from cti.model.lead import AnswersOfDay
from cti.model.promise import Promise


class BookOrder(msgspec.Struct, frozen=True, tag=True):
    """One thing to be kept."""


class KeepPromise(BookOrder, frozen=True):
    """A promised callback is as this says from now on."""

    promise: Promise


class WantLeads(BookOrder, frozen=True):
    """So many more due leads of a campaign are wanted; LeadsOffered brings them."""

    campaign: CampaignName
    most: int


class SettleLead(BookOrder, frozen=True):
    """A lead goes back: with its one outcome, or to be handed out again from `due_at` on, with its next number.

    `attempt`, `result`: the attempt that led to it, and what came of that in one word ("": it was not dialled).
    """

    campaign: CampaignName
    lead: LeadId
    at: float
    outcome: LeadOutcome | None
    due_at: float
    number_index: int
    result: str = ""
    rule: str = ""
    attempt: str = ""


class KeepNotAgain(BookOrder, frozen=True):
    """The owner of this number does not want to be called any more. `campaign` "": by nobody."""

    number: str  # personal data
    campaign: str
    reason: str
    by: str
    at: float


class KeepCampaign(BookOrder, frozen=True):
    """A campaign stands like this from now on. `answers`: its legal window, day by day."""

    campaign: CampaignName
    state: CampaignState
    at: float
    by: str = ""
    answers: tuple[AnswersOfDay, ...] = ()


AnyBookOrder = KeepPromise | WantLeads | SettleLead | KeepNotAgain | KeepCampaign
