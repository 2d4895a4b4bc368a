"""Who gets whom now? The decision itself: the most urgent contact first, and for it the best agents.

Runs once after every event, over what the event touched: agents who became free, contacts who joined the line. Since
nobody is left waiting beside a suitable free agent after any event, nothing else can have become possible.
"""

from __future__ import annotations

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.offers import make_offers
from cti.acd.strategy import CHOICES
from cti.model.changes import Why


def match(floor: Floor) -> None:
    """Make every offer that is possible now."""
    if floor.settling:
        return
    while floor.freed or floor.arrived:
        contact = _most_urgent(floor)
        if contact is None:
            break
        floor.matching = contact.id
        strategy = floor.policy.queues[contact.queue].strategy
        free = list(floor.free.for_contact(contact))
        chosen = CHOICES[strategy](free, contact)
        runner_up = floor.line.runner_up(chosen[0], contact, floor.now)
        why = Why(
            rule=strategy,
            urgency=contact.urgency(floor.now),
            next_urgency=runner_up.urgency(floor.now) if runner_up is not None else None,
            waiting=floor.line.waiting(contact.queue),
            idle_s=floor.now - chosen[0].idle_since,
            free_agents=len(free),
        )
        make_offers(floor, contact, chosen, why)
    floor.matching = None
    floor.freed.clear()
    floor.arrived.clear()


def _most_urgent(floor: Floor) -> Contact | None:
    """The contact to serve next: of all that freed agents may serve, and of those that have just come."""
    candidates: dict[str, Contact] = {}
    for agent_id in sorted(floor.freed):
        heads = list(floor.line.heads_for(floor.agents[agent_id]))
        if heads:
            candidates.update((head.id, head) for head in heads)
        else:
            floor.freed.discard(agent_id)
    for contact_id in sorted(floor.arrived):
        contact = floor.contacts.get(contact_id)
        if contact is not None and contact.stands_in is not None and _any_free(floor, contact):
            candidates[contact.id] = contact
        else:
            floor.arrived.discard(contact_id)
    return min(candidates.values(), key=lambda contact: contact.rank(floor.now), default=None)


def _any_free(floor: Floor, contact: Contact) -> Agent | None:
    return next(floor.free.for_contact(contact), None)
