"""Who gets whom now? The decision itself: the most urgent contact first, and for it the best agents.

Runs once after every event, over what the event touched: agents who became free, contacts who joined the line. Since
nobody is left waiting beside a suitable free agent after any event, nothing else can have become possible.
"""

from __future__ import annotations

import heapq
from itertools import chain, islice

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.offers import make_offers
from cti.acd.strategy import CHOICES
from cti.model.changes import Why

COUNTED = 10  # free agents are counted up to here; "10" means ten or more

Entry = tuple[tuple[int, float, float, int], int, Contact, Agent | None]


class Agenda:
    """Whom to look at, the most urgent first: the contacts that came, and the best one of each agent freed.

    While offers are made, contacts and free agents only become fewer. So the best contact of an agent only becomes
    less urgent, and it is enough to look for another one when his turn comes.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._heap: list[Entry] = []
        self._entries = 0
        for agent_id in floor.freed:
            self.add_best(floor.agents[agent_id])
        for contact_id in floor.arrived:
            contact = floor.contacts.get(contact_id)
            if contact is not None and contact.stands_in is not None:
                self._add(contact, None)

    def add_best(self, agent: Agent) -> None:
        """Look at the most urgent contact that `agent` may serve, if there is one and he is free."""
        if agent.id in self._floor.free:
            now = self._floor.now
            best = min(self._floor.line.heads_for(agent), key=lambda contact: contact.rank(now), default=None)
            if best is not None:
                self._add(best, agent)

    def _add(self, contact: Contact, agent: Agent | None) -> None:
        self._entries += 1
        heapq.heappush(self._heap, (contact.rank(self._floor.now), self._entries, contact, agent))

    def pop(self) -> tuple[Contact, Agent | None] | None:
        """The most urgent contact that still stands in the line, and the agent on whose account it is looked at."""
        while self._heap:
            _, _, contact, agent = heapq.heappop(self._heap)
            if contact.stands_in is not None:
                return contact, agent
            if agent is not None:
                self.add_best(agent)
        return None


def match(floor: Floor) -> None:
    """Make every offer that is possible now."""
    if floor.settling or not (floor.freed or floor.arrived):
        return
    agenda = Agenda(floor)
    while (found := agenda.pop()) is not None:
        contact, agent = found
        floor.matching = contact.id
        _serve(floor, contact)
        if agent is not None:
            agenda.add_best(agent)
    floor.matching = None
    floor.freed.clear()
    floor.arrived.clear()


def _serve(floor: Floor, contact: Contact) -> None:
    """Offer `contact` to whom its queue's strategy chooses, if anybody is free for it."""
    candidates = floor.free.for_contact(contact)
    counted = list(islice(candidates, COUNTED))
    if not counted:
        return
    strategy = floor.policy.queues[contact.queue].strategy
    chosen = CHOICES[strategy](chain(counted, candidates), contact, floor.chance)
    runner_up = floor.line.runner_up(chosen[0], contact, floor.now)
    why = Why(
        rule=strategy,
        urgency=contact.urgency(floor.now),
        next_urgency=runner_up.urgency(floor.now) if runner_up is not None else None,
        waiting=floor.line.waiting(contact.queue),
        idle_s=floor.now - chosen[0].idle_since,
        free_agents=len(counted),
    )
    make_offers(floor, contact, chosen, why)
