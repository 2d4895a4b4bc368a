"""Does anybody wait while a suitable agent is free? Recomputed from the plain facts after every event."""

from __future__ import annotations

from collections.abc import Callable

from cti.acd.agent import Agent
from cti.acd.contact import Contact, Requirements
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


def check(now: float, center: ContactCenter, held_back: Callable[[str], bool] = lambda queue: False) -> None:
    """Raise Violation if a waiting contact and a free agent could have met at `now`.

    `held_back`: whether a queue's contacts are not to be offered now (blending).
    """
    if center.settling:
        return
    free = [agent for agent in center.agents.values() if is_free(agent, now)]
    if not free:
        return
    waiting: dict[str, list[Contact]] = {}
    for contact in center.contacts.values():
        if contact.state is ContactState.WAITING and contact.session and not held_back(contact.queue):
            waiting.setdefault(contact.queue, []).append(contact)
    for agent in free:
        for queue in agent.policy.queues:
            for contact in waiting.get(queue, ()):
                if contact.tried.get(agent.id, 0.0) <= now and has_skills(agent, contact.requires):
                    raise Violation("waits_beside_free_agent", f"{contact.id} waits in {queue}, {agent.id} is free")
