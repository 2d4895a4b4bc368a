"""Which leads are being dialled, how far is each, and when is it overdue that somebody says what came of it?"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from cti.model.dialling import CampaignName, LeadId, LeadState
from cti.outbound.lead import Lead, Tried
from cti.outbound.transitions import LEAD, check


class InHand(NamedTuple):
    """A lead that is being dialled. `day` names the day whose caller id it has; `until`: then it is overdue."""

    lead: Lead
    place: int
    state: LeadState
    tried: Tried
    caller_id: str
    day: int
    until: float


class Hands:
    """All dials, by attempt."""

    def __init__(self) -> None:
        self._hands: dict[str, InHand] = {}
        self._overdue: list[tuple[float, str]] = []
        self._counts: dict[tuple[CampaignName, LeadState], int] = {}
        self._leads: dict[tuple[CampaignName, LeadId], str] = {}

    def take(self, attempt: str, hand: InHand) -> None:
        """A dial is planned."""
        check(LEAD, "lead", attempt, LeadState.DUE, hand.state)
        self._leads[hand.lead.campaign, hand.lead.id] = attempt
        self._put(attempt, hand)

    def move(self, attempt: str, new: LeadState, until: float) -> bool:
        """Raises IllegalTransition. False: it is over."""
        hand = self._hands.get(attempt)
        if hand is None:
            return False
        check(LEAD, "lead", attempt, hand.state, new)
        self._count(hand, -1)
        self._put(attempt, hand._replace(state=new, until=until))
        return True

    def end(self, attempt: str, new: LeadState) -> None:
        """It is over: the lead rests, or is done. Raises IllegalTransition, and KeyError where there is none."""
        hand = self._hands[attempt]
        check(LEAD, "lead", attempt, hand.state, new)
        del self._hands[attempt]
        del self._leads[hand.lead.campaign, hand.lead.id]
        self._count(hand, -1)

    def of(self, attempt: str) -> InHand | None:
        """Return the dial of that name, if it goes on."""
        return self._hands.get(attempt)

    def has_lead(self, campaign: CampaignName, lead: LeadId) -> bool:
        return (campaign, lead) in self._leads

    def ringing(self, campaign: CampaignName) -> list[str]:
        """Return the attempts of a campaign that nobody has answered."""
        unanswered = (LeadState.PLANNED, LeadState.DIALLING)
        return [
            name for name, hand in self._hands.items() if hand.lead.campaign == campaign and hand.state in unanswered
        ]

    def count(self, campaign: CampaignName, state: LeadState) -> int:
        """Return how many dials of a campaign are that far."""
        return self._counts.get((campaign, state), 0)

    def overdue(self, now: float) -> Iterator[str]:
        """Yield the attempts that have been forgotten; each shall be ended before the next is asked for."""
        while (first := self.next_overdue()) is not None and first <= now:
            yield heapq.heappop(self._overdue)[1]

    def next_overdue(self) -> float | None:
        """Return when the first dial will be overdue."""
        while self._overdue and not self._holds(*self._overdue[0]):
            heapq.heappop(self._overdue)
        return self._overdue[0][0] if self._overdue else None

    def _holds(self, until: float, attempt: str) -> bool:
        hand = self._hands.get(attempt)
        return hand is not None and hand.until == until

    def _put(self, attempt: str, hand: InHand) -> None:
        self._hands[attempt] = hand
        heapq.heappush(self._overdue, (hand.until, attempt))
        self._count(hand, 1)

    def _count(self, hand: InHand, by: int) -> None:
        key = hand.lead.campaign, hand.state
        self._counts[key] = self._counts.get(key, 0) + by
        if not self._counts[key]:
            del self._counts[key]

    def __len__(self) -> int:
        return len(self._hands)
