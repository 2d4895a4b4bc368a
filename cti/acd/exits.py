"""When does a waiting caller leave his line by a way that the operator laid? A key, the longest wait, closing time."""

from __future__ import annotations

from cti.acd import beside
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.visits import leave, timed_out
from cti.model.words import ContactState, Outcome


def key_pressed(floor: Floor, contact: Contact, digit: str) -> None:
    """He pressed a key: does it lead out of his queue?"""
    exit_to = floor.policy.queues[contact.queue].keys.get(digit) if contact.queue else None
    if exit_to is None:
        return
    if exit_to.keep_place and exit_to.flow is not None:
        beside.begin(floor, contact, exit_to.flow)
        return
    leaving = Leaving(Outcome.KEY_EXIT, exit_to, key=digit)
    if contact.state is ContactState.OFFERED:
        # A phone rings for him: only if that comes to nothing does he leave. A supervisor's word goes before.
        if contact.leaving is None or contact.leaving.outcome is Outcome.KEY_EXIT:
            contact.leaving = leaving
    elif contact.state is ContactState.WAITING:
        leave(floor, contact, leaving)


def wait_over(floor: Floor, contact: Contact) -> None:
    """It has waited for as long as it may. While a phone rings, what comes of that decides (visits.waits_on)."""
    if contact.state is ContactState.WAITING:
        timed_out(floor, contact)


def closing(floor: Floor, contact: Contact) -> None:
    """Its queue closes, and does not serve those who wait then."""
    if contact.state is ContactState.WAITING:
        on_closed = floor.policy.queues[contact.queue].on_closed
        leave(floor, contact, Leaving(Outcome.OVERFLOWED, on_closed, reason="closed"))
