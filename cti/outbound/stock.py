"""Which leads of a campaign are at hand, and who of them is next? A bounded stock; the rest is the store's.

By priority, then by who has been due for longest. Knows no rules: whether one may be dialled is asked when it is taken.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from cti.model.dialling import LeadId
from cti.outbound.lead import Lead

MOST = 500


class Stock:
    """Leads that are due, and leads that will be soon."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._leads: dict[LeadId, Lead] = {}
        self._due: list[tuple[int, float, LeadId]] = []
        self._resting: list[tuple[float, LeadId]] = []

    def put(self, lead: Lead, now: float) -> None:
        """Take a lead in; one that is here already keeps its place."""
        if lead.id in self._leads:
            return
        self._leads[lead.id] = lead
        if lead.due_at <= now:
            heapq.heappush(self._due, (lead.priority, lead.due_at, lead.id))
        else:
            heapq.heappush(self._resting, (lead.due_at, lead.id))

    def take(self, now: float) -> Lead | None:
        """Take out who is next; None if nobody is due."""
        self._wake(now)
        return self._leads.pop(heapq.heappop(self._due)[2]) if self._due else None

    def due(self, now: float) -> int:
        """How many are due."""
        self._wake(now)
        return len(self._due)

    def next_due_at(self) -> float | None:
        """When the first of those who rest is due; None if nobody rests."""
        return self._resting[0][0] if self._resting else None

    def empty(self) -> Iterator[Lead]:
        """Take out everybody."""
        leads, self._leads, self._due, self._resting = self._leads, {}, [], []
        yield from leads.values()

    def leads(self) -> Iterator[Lead]:
        return iter(self._leads.values())

    def _wake(self, now: float) -> None:
        while self._resting and self._resting[0][0] <= now:
            due_at, name = heapq.heappop(self._resting)
            heapq.heappush(self._due, (self._leads[name].priority, due_at, name))

    def __len__(self) -> int:
        return len(self._leads)

    def __contains__(self, lead: LeadId) -> bool:
        return lead in self._leads
