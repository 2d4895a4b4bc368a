"""Can a contact stay in its queue? Closed, line full, nobody there who could ever take it, a wait too long."""

from __future__ import annotations

import math

from cti.acd.contact import Contact
from cti.acd.estimate import Expected
from cti.acd.floor import Floor
from cti.acd.line import WaitingClass
from cti.acd.reach import widen
from cti.model import policy
from cti.model.words import AgentStatus, QueueName


def turned_away(
    floor: Floor, contact: Contact, no_room: bool, expected: Expected | None
) -> tuple[str, policy.Exit] | None:
    """Why a contact cannot stay in the queue it has just reached, and where it goes instead."""
    rules = floor.policy.queues[contact.queue]
    if rules.hours is not None and not floor.opening[rules.hours].state(floor.now).open:
        return "closed", rules.on_closed
    if no_room:
        return "full", rules.on_full
    if rules.on_nobody is not None and not anybody_there(floor, contact):
        return "nobody", rules.on_nobody
    if rules.on_long_wait is not None and expected is not None and expected.p50_s > rules.on_long_wait.over_s:
        return "long_wait", rules.on_long_wait.to
    return None


def closes_at(floor: Floor, queue: QueueName) -> float | None:
    """Until when those who wait in `queue` may: None if it never closes, or serves them all the same."""
    rules = floor.policy.queues[queue]
    if rules.hours is None or rules.at_closing == "serve":
        return None
    state = floor.opening[rules.hours].state(floor.now)
    return state.closes_at if state.open else floor.now


def anybody_there(floor: Floor, contact: Contact) -> bool:
    """Whether somebody is logged in (a break counts) who may take `contact` now or in a later ring."""
    rules = floor.policy.queues[contact.queue]
    reach, _, _ = widen(rules, contact, math.inf, tuple(agent for agent in contact.preferred if agent in floor.agents))
    widest = WaitingClass(reach, 0)
    return any(agent.status is not AgentStatus.LOGGED_OUT and widest.takes(agent) for agent in floor.agents.values())
