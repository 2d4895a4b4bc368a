"""Who gets whom now? The decision itself: the most urgent contact first, and for it the best agents.

Runs once after every event, over what the event touched: agents who became free, contacts who joined the line. Since
nobody is left waiting beside a suitable free agent after any event, nothing else can have become possible.
"""

from __future__ import annotations

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.offers import make_offers
from cti.acd.strategy import STRATEGIES
from cti.model.changes import Why


def match(floor: Floor) -> None:
    """Make every offer that is possible now."""
    if floor.settling:
        return
    while floor.freed or floor.arrived:
        contact, next_urgency = _most_urgent(floor)
        if contact is None:
            break
        strategy = floor.policy.queues[contact.queue].strategy
        free = list(floor.free.for_contact(contact))
        chosen = STRATEGIES[strategy](free, contact.queue)
        why = Why(
            rule=strategy,
            urgency=contact.urgency(floor.now),
            next_urgency=next_urgency,
            waiting=floor.line.waiting(contact.queue),
            idle_s=floor.now - chosen[0].idle_since,
            free_agents=len(free),
        )
        make_offers(floor, contact, chosen, why)
    floor.freed.clear()
    floor.arrived.clear()


def _most_urgent(floor: Floor) -> tuple[Contact | None, float | None]:
    """The contact to serve next, and the urgency of the runner-up among those looked at."""
    now = floor.now
    candidates: dict[str, Contact] = {}
    for agent_id in sorted(floor.freed):
        heads = list(floor.line.heads_for(floor.agents[agent_id]))
        if heads:
            candidates.update((head.id, head) for head in heads)
        else:
            floor.freed.discard(agent_id)
    for contact_id in sorted(floor.arrived):
        contact = floor.contacts.get(contact_id)
        if contact is not None and contact.class_key is not None and _any_free(floor, contact):
            candidates[contact.id] = contact
        else:
            floor.arrived.discard(contact_id)
    if not candidates:
        return None, None
    ranked = sorted(candidates.values(), key=lambda contact: contact.rank(now))
    return ranked[0], ranked[1].urgency(now) if len(ranked) > 1 else None


def _any_free(floor: Floor, contact: Contact) -> Agent | None:
    return next(floor.free.for_contact(contact), None)
