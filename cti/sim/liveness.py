"""Does anybody wait while a suitable agent is free? Recomputed from the plain facts after every event."""

from __future__ import annotations

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.center import ContactCenter
from cti.model.words import Activity, AgentStatus, ContactState
from cti.sim.violation import Violation


def may_take(agent: Agent, contact: Contact, now: float) -> bool:
    """Membership, skills, and not excluded for this contact."""
    if contact.queue not in agent.policy.queues or contact.tried.get(agent.id, 0.0) > now:
        return False
    skills = agent.policy.skills
    return all(skills.get(skill, 0) >= level for skill, level in contact.requires)


def is_free(agent: Agent, now: float) -> bool:
    return (
        agent.status is AgentStatus.AVAILABLE
        and agent.activity is Activity.IDLE
        and not agent.legs
        and agent.rest_until <= now
    )


def check(now: float, center: ContactCenter) -> None:
    """Raise Violation if a waiting contact and a free agent could have met at `now`."""
    if center.settling:
        return
    free = [agent for agent in center.agents.values() if is_free(agent, now)]
    if not free:
        return
    for contact in center.contacts.values():
        if contact.state is ContactState.WAITING and contact.session:
            for agent in free:
                if may_take(agent, contact, now):
                    raise Violation(
                        "waits_beside_free_agent", f"{contact.id} waits in {contact.queue}, {agent.id} is free"
                    )
