"""What has an agent before him: whom he talks to, or talked to just now, and what may he say of it? Changes nothing."""

from __future__ import annotations

from cti.acd import preview
from cti.acd.agent import Agent, Talk
from cti.acd.dispositions import talk_of
from cti.acd.floor import Floor
from cti.model import policy
from cti.model.desk import DeskContact, DeskNow
from cti.model.words import Activity, AgentId

_NONE = policy.Queue()


def seen_by(floor: Floor, name: AgentId) -> DeskNow | None:
    """How it is with him now; None where there is no such agent."""
    agent = floor.agents.get(name)
    if agent is None:
        return None
    shown = preview.seen_by(floor, name)
    contact = None if shown is not None else _contact(floor, agent)
    return DeskNow(str(agent.activity), agent.activity_until, contact, shown)


def _contact(floor: Floor, agent: Agent) -> DeskContact | None:
    offer = floor.offers.get(agent.offer) if agent.offer is not None else None
    contact = floor.contacts.get(offer.contact) if offer is not None else None
    if offer is not None and contact is not None:
        return _shown(floor, talk_of(floor, offer), contact.since)
    if agent.activity is Activity.WRAPUP and agent.talk is not None:
        return _shown(floor, agent.talk, None)
    return None


def _shown(floor: Floor, talk: Talk, since: float | None) -> DeskContact:
    rules = floor.policy.queues.get(talk.queue, _NONE)  # the queue may be gone by a new policy
    return DeskContact(
        talk.contact,
        talk.queue,
        talk.caller,
        talk.dialled,
        dict(talk.customer),
        talk.campaign,
        since,
        since is None,
        dict(rules.dispositions),
        rules.disposition == "required",
        talk.disposition,
    )
