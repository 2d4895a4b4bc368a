"""Somebody came or left: whom of those who wait does that concern?"""

from __future__ import annotations

from cti.acd.contact import Leaving
from cti.acd.floor import Floor
from cti.acd.overflow import anybody_there
from cti.acd.standing import reach_changed
from cti.acd.visits import leave
from cti.model.words import AgentId, Outcome


def nobody_left(floor: Floor) -> None:
    """An agent logged out: whoever waits for nobody now, in a queue that says where to go then, goes."""
    for contact in list(floor.contacts.values()):
        exit_to = floor.policy.queues[contact.queue].on_nobody
        if exit_to is not None and contact.stands_in is not None and not anybody_there(floor, contact):
            leave(floor, contact, Leaving(Outcome.OVERFLOWED, exit_to, reason="nobody"))


def presence_changed(floor: Floor, agent: AgentId) -> None:
    """An agent logged in or out: those who wait for their own agents alone look again who is there."""
    for contact in list(floor.contacts.values()):
        if agent in contact.preferred:
            reach_changed(floor, contact)
