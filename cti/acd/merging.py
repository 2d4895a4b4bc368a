"""Whom must we not call (any more)? A customer who has called us himself, and one to whom another call goes.

The customer who calls while he waits for our call keeps the place that he has: caller and call-out become one.
"""

from __future__ import annotations

from cti.acd import callouts, standing
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.model.words import ContactState, Outcome


def settle(floor: Floor) -> None:
    """Look at every number of which something has changed since the last time; to be called before each match."""
    while floor.dials.changed:
        number = next(iter(floor.dials.changed))
        del floor.dials.changed[number]
        for wish in list(floor.dials.wishes.get(number, ())):
            contact = floor.contacts.get(wish)
            if contact is not None:
                floor.matching = contact.id
                _look(floor, contact, number)
    floor.matching = None


def _look(floor: Floor, contact: Contact, number: str) -> None:
    """One call-out that waits for its call."""
    for caller_id in floor.dials.callers(number):
        caller = floor.contacts[caller_id]
        if contact.visit_open and _same_wish(caller, contact):
            _merge(floor, caller, contact)
            return
    if contact.state is not ContactState.WAITING:
        return
    stands, may = contact.stands_in is not None, not floor.dials.keeps_back(contact, floor.weights)
    if stands and not may:
        floor.line.remove(contact)
        floor.arrived.discard(contact.id)
    elif may and not stands:
        standing.stand(floor, contact)


def _same_wish(caller: Contact, contact: Contact) -> bool:
    """Whether the customer who is on the phone with us waits for, or talks to, the queue in which his call-out is."""
    return contact.queue in (caller.queue, caller.served_in)


def _merge(floor: Floor, caller: Contact, contact: Contact) -> None:
    """The caller has waited since the call-out has; nobody calls him now."""
    queue, since, head_start_s = contact.queue, contact.since, contact.own_head_start_s
    callouts.stop(floor, contact, Leaving(Outcome.MERGED))
    if caller.visit_open and caller.queue == queue:
        standing.takes_place(floor, caller, since, head_start_s)
