"""Somebody came or left: whom of those who wait does that concern?"""

from __future__ import annotations

from collections.abc import Hashable

from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.overflow import anybody_there
from cti.acd.standing import reach_changed
from cti.acd.visits import leave
from cti.model.words import AgentId, Outcome


def nobody_left(floor: Floor) -> None:
    """An agent logged out: whoever waits for nobody now, in a queue that says where to go then, goes."""
    known: dict[Hashable, bool] = {}
    for contact in list(floor.contacts.values()):
        _leave_if_nobody(floor, contact, known)


def _leave_if_nobody(floor: Floor, contact: Contact, known: dict[Hashable, bool] | None = None) -> None:
    if contact.stands_in is None or not contact.call:
        return
    exit_to = floor.policy.queues[contact.queue].on_nobody
    if exit_to is not None and not anybody_there(floor, contact, known):
        leave(floor, contact, Leaving(Outcome.OVERFLOWED, exit_to, reason="nobody"))


def presence_changed(floor: Floor, agent: AgentId) -> None:
    """An agent logged in or out: those who wait for their own agents alone look again who is there."""
    for contact in list(floor.contacts.values()):
        if agent in contact.preferred:
            reach_changed(floor, contact)


def reach_due(floor: Floor, contact: Contact) -> None:
    """Time has changed who may take it: other agents, where a ring has other penalties."""
    reach_changed(floor, contact)
    _leave_if_nobody(floor, contact)
