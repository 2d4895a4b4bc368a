"""Does anybody wait while a suitable agent is free? Recomputed from the plain facts after every event."""

from __future__ import annotations

from collections.abc import Callable

from cti.acd.agent import Agent
from cti.acd.contact import Contact, Requirements
from cti.acd.dialling import Attempt, key
from cti.center import ContactCenter
from cti.model.words import Activity, AgentStatus, ContactState
from cti.sim.violation import Violation


def is_free(agent: Agent, now: float) -> bool:
    return (
        agent.status is AgentStatus.AVAILABLE
        and agent.activity is Activity.IDLE
        and not agent.legs
        and agent.rest_until <= now
    )


def has_skills(agent: Agent, requires: Requirements) -> bool:
    return all(agent.policy.skills.get(skill, 0) >= level for skill, level in requires)


def may_be_called(contact: Contact, center: ContactCenter) -> bool:
    """Whether a customer who waits for our call could be called: no other call concerns him."""
    callout = contact.callout
    if callout is None or contact.call or any(each.contact == contact.id for each in center.attempts.values()):
        return False
    others = [each for each in center.contacts.values() if each is not contact and each.caller == contact.caller]
    if any(each.call or each.state is not ContactState.WAITING for each in others):
        return False
    return not any(
        key(callout.number) == each.number or _comes_before(each, contact) for each in center.attempts.values()
    )


def _comes_before(attempt: Attempt, contact: Contact) -> bool:
    """Whether an earlier process's customer, whose phone rings, is to be served first by perhaps the same agents."""
    place = attempt.place
    if place is None or contact.queue not in attempt.shares:
        return False
    return place.rank(attempt.placed_at) < contact.rank(attempt.placed_at)


def check(
    now: float,
    center: ContactCenter,
    held_back: Callable[[str], bool] = lambda queue: False,
    nodes_up: bool = True,
) -> None:
    """Raise Violation if a waiting contact and a free agent could have met at `now`.

    `nodes_up`: whether there is a node to call from.
    `held_back`: whether a queue's contacts are not to be offered now (blending).
    """
    if center.settling:
        return
    free = [agent for agent in center.agents.values() if is_free(agent, now)]
    if not free:
        return
    waiting: dict[str, list[Contact]] = {}
    for contact in center.contacts.values():
        waits = contact.session or (nodes_up and may_be_called(contact, center))
        if contact.state is ContactState.WAITING and waits and not held_back(contact.queue):
            waiting.setdefault(contact.queue, []).append(contact)
    for agent in free:
        for queue in agent.policy.queues:
            for contact in waiting.get(queue, ()):
                if contact.tried.get(agent.id, 0.0) <= now and has_skills(agent, contact.requires):
                    raise Violation("waits_beside_free_agent", f"{contact.id} waits in {queue}, {agent.id} is free")
