"""Can a contact stay in its queue? Closed, line full, nobody there who could ever take it, a wait too long."""

from __future__ import annotations

from collections.abc import Hashable

from cti.acd.contact import Contact
from cti.acd.estimate import Expected
from cti.acd.floor import Floor
from cti.acd.line import WaitingClass
from cti.acd.reach import Reach, widen
from cti.model import policy
from cti.model.words import AgentId, AgentStatus, QueueName


def turned_away(
    floor: Floor, contact: Contact, no_room: bool, expected: Expected | None
) -> tuple[str, policy.Exit] | None:
    """Why a contact cannot stay in the queue it has just reached, and where it goes instead."""
    rules = floor.policy.queues[contact.queue]
    if is_closed(floor, contact.queue):
        return "closed", rules.on_closed
    if not contact.call:  # a customer whom we shall call sits at home: he may wait
        return None
    if no_room:
        return "full", rules.on_full
    if rules.on_nobody is not None and not anybody_there(floor, contact):
        return "nobody", rules.on_nobody
    rule = rules.on_long_wait
    if rule is not None and expected is not None and expected.p50_s > rule.over_s:
        return None if _somebody_free(floor, contact) else ("long_wait", rule.to)
    return None


def is_closed(floor: Floor, queue: QueueName) -> bool:
    """Whether `queue` has opening hours and they are not now."""
    hours = floor.policy.queues[queue].hours
    return hours is not None and not floor.opening[hours].state(floor.now).open


def _somebody_free(floor: Floor, contact: Contact) -> bool:
    """Whether an agent is free who may take the contact, which stands in the line: then it does not wait at all."""
    waiting = contact.stands_in
    held = contact.queue in floor.line.held
    return waiting is not None and not held and next(floor.free.for_class(waiting), None) is not None


def closes_at(floor: Floor, queue: QueueName) -> float | None:
    """Until when those who wait in `queue` may: None if it never closes, or serves them all the same."""
    rules = floor.policy.queues[queue]
    if rules.hours is None or rules.at_closing == "serve":
        return None
    state = floor.opening[rules.hours].state(floor.now)
    return state.closes_at if state.open else floor.now


def anybody_there(floor: Floor, contact: Contact, known: dict[Hashable, bool] | None = None) -> bool:
    """Whether somebody is logged in (a break counts) who may take `contact` now or in a later ring.

    `known`: answers for others who wait, as long as nobody logs in or out; filled in here.
    """
    rules = floor.policy.queues[contact.queue]
    if rules.preferred_for_s > 0 and own_agents_there(floor, contact):
        return True  # they need not be of this queue
    moments = [floor.now, *(contact.entered_at + ring.after_s for ring in rules.rings)]
    to_come = [moment for moment in moments if moment >= floor.now]
    known = {} if known is None else known
    alike = (contact.queue, contact.requires, len(to_come))
    if alike not in known:
        # A later ring need not hold an earlier one: its penalties replace the queue's.
        known[alike] = any(_somebody_in(floor, widen(rules, contact, moment, ())[0]) for moment in to_come)
    return known[alike]


def _somebody_in(floor: Floor, reach: Reach) -> bool:
    waiting = WaitingClass(reach._replace(excluded=frozenset()), 0)  # who was tried may be tried again
    return any(
        agent.status is not AgentStatus.LOGGED_OUT and waiting.open_to(agent, pool)
        for pool in reach.pools
        for agent in floor.staff.by_pool.get(pool, {}).values()
    )


def own_agents_there(floor: Floor, contact: Contact) -> tuple[AgentId, ...]:
    """Those of the contact's own agents who are logged in (a break counts)."""
    return tuple(
        agent
        for agent in contact.preferred
        if agent in floor.agents and floor.agents[agent].status is not AgentStatus.LOGGED_OUT
    )
