"""Somebody came or left: whom of those who wait does that concern?"""

from __future__ import annotations

from collections.abc import Hashable

from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.overflow import anybody_there
from cti.acd.standing import reach_changed
from cti.acd.visits import leave
from cti.model.events import AgentRestored
from cti.model.words import AgentId, AgentStatus, Outcome


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


def restored(floor: Floor, event: AgentRestored) -> None:
    """An agent stands as an earlier process has left him."""
    agent = floor.agents.get(event.agent)
    if agent is None:
        return
    agent.idle_since = event.since or agent.idle_since
    if agent.status is not event.status:
        if agent.status is not AgentStatus.LOGGED_OUT and event.status is not AgentStatus.LOGGED_OUT:
            floor.move_status(agent, AgentStatus.LOGGED_OUT, by="store")
        floor.move_status(agent, event.status, reason=event.reason, by="store", since=event.since or None)
        agent.logged_in_at = event.since or agent.logged_in_at
        presence_changed(floor, agent.id)
