"""Why does this contact wait, and why does this agent get nothing, right now? Asked by a person, seldom. PURE.

Looks at everybody concerned, which a decision never does; changes nothing. The reasons are found by explaining.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.explaining import NOT_HIS, Place, availability, standing, standings
from cti.acd.floor import Floor
from cti.acd.line import WaitingClass
from cti.model.explanation import AgentNow, ContactNow, Look, Obstacle, QueueNow, Reason, Standing
from cti.model.pools import queue_pool
from cti.model.words import AgentId, ContactId, QueueName


def contact_now(floor: Floor, contact_id: ContactId, now: float) -> ContactNow | None:
    """The contact as it stands; with a look at every agent while it is in the line."""
    contact = floor.contacts.get(contact_id)
    if contact is None:
        return None
    agents = tuple(floor.offers[offer].agent for offer in contact.offers)
    waiting = contact.stands_in
    look = _look(floor, contact, waiting, now) if waiting is not None else None
    return ContactNow(contact.id, contact.state, contact.queue, agents, floor.settling, look)


def _look(floor: Floor, contact: Contact, waiting: WaitingClass, now: float) -> Look:
    place = _place(floor, contact, waiting)
    found, counts = standings(floor.policy, place, floor.agents.values(), now)
    widens = [contact.entered_at + ring.after_s for ring in floor.policy.queues[contact.queue].rings]
    return Look(
        now,
        contact.id,
        contact.queue,
        found,
        counts,
        urgency=contact.urgency(now),
        waiting=floor.line.waiting(contact.queue),
        position=floor.line.position(contact),
        ring=contact.ring,
        pools=place.waiting.reach.pools,
        requires=place.waiting.reach.requires,
        version=floor.policy_version,
        widens_in_s=min((at - now for at in widens if at > now), default=None),
        held=place.held,
    )


def _place(floor: Floor, contact: Contact, waiting: WaitingClass) -> Place:
    held = contact.queue in floor.line.held
    own_until = contact.callout.own_until if contact.callout is not None else 0.0
    return Place(waiting, floor.policy.queues[contact.queue], contact.entered_at, contact.tried, held, own_until)


def agent_now(floor: Floor, agent_id: AgentId, now: float) -> AgentNow | None:
    """His own state, and each queue that is his or has somebody waiting whom he might get."""
    agent = floor.agents.get(agent_id)
    if agent is None:
        return None
    found: dict[QueueName, list[tuple[Standing, int]]] = {QueueName(name): [] for name in agent.policy.queues}
    for waiting in floor.line.classes():
        if waiting.first is None:
            continue
        how = standing(agent, _place(floor, waiting.first, waiting), now)
        if how.reason is not Reason.ELSEWHERE or waiting.reach.queue in found:
            found.setdefault(waiting.reach.queue, []).append((how, len(waiting.members)))
    queues = tuple(_queue_now(floor, agent, queue, seen) for queue, seen in found.items())
    return AgentNow(agent_id, availability(agent, now), queues, floor.settling)


def _queue_now(floor: Floor, agent: Agent, queue: QueueName, seen: list[tuple[Standing, int]]) -> QueueNow:
    member = agent.policy.queues.get(queue)
    pool = queue_pool(queue)
    return QueueNow(
        queue,
        member is not None,
        floor.line.waiting(queue),
        sum(contacts for how, contacts in seen if how.reason not in NOT_HIS),
        _obstacles((how, contacts) for how, contacts in seen if how.reason in NOT_HIS),
        floor.free.count(pool),
        floor.free.before(agent.id, pool),
        member.level if member is not None else None,
        member.penalty if member is not None else None,
    )


def _obstacles(seen: Iterable[tuple[Standing, int]]) -> tuple[Obstacle, ...]:
    """The same reason once, with the number of contacts it concerns; the commonest first."""
    together: dict[tuple[Reason, str, int | None, int | None], tuple[int, float | None]] = {}
    for how, contacts in seen:
        key = (how.reason, how.detail, how.have, how.need)
        before, left_s = together.get(key, (0, None))
        soonest = min((each for each in (left_s, how.left_s) if each is not None), default=None)
        together[key] = (before + contacts, soonest)
    found = [
        Obstacle(reason, contacts, detail, have, need, left_s)
        for (reason, detail, have, need), (contacts, left_s) in together.items()
    ]
    return tuple(sorted(found, key=lambda each: -each.contacts))
