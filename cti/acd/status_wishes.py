"""What follows for his contact, and for those who wait, when an agent's status changes because a person wants it? PURE.

Whether he may is judged in agents.py; who he was before the engine died is told by the store.
"""

from __future__ import annotations

from cti.acd import agents, callouts, offers, presence, preview
from cti.acd.floor import Floor
from cti.model import events
from cti.model.changes import Refused
from cti.model.words import AgentAction, AgentStatus, OfferState


def request(floor: Floor, event: events.AgentRequest) -> Refused | None:
    """Do what he, or somebody for him, asks for; return why not."""
    known = floor.agents.get(event.agent)
    before = known.status if known is not None else AgentStatus.LOGGED_OUT
    decides = event.action in (AgentAction.ACCEPT, AgentAction.SKIP)
    refused = preview.decide(floor, event) if decides else agents.request(floor, event)
    if refused is not None:
        return refused
    agent = floor.agents[event.agent]
    offer = floor.offers.get(agent.offer) if agent.offer else None
    if AgentStatus.LOGGED_OUT in (before, agent.status) and agent.status is not before:
        presence.presence_changed(floor, agent.id)
    if agent.status is AgentStatus.LOGGED_OUT:
        if offer is not None and not floor.contacts[offer.contact].call:
            callouts.take_back(floor, offer)
        elif offer is not None and offer.state is OfferState.RINGING:
            offers.withdraw(floor, offer)
        presence.nobody_left(floor)
    return None


def restored(floor: Floor, event: events.AgentRestored) -> None:
    """He is what he was before the engine died."""
    agent = floor.agents.get(event.agent)
    if agent is None:
        return
    agent.idle_since = event.since or agent.idle_since
    if agent.status is not event.status:
        if agent.status is not AgentStatus.LOGGED_OUT and event.status is not AgentStatus.LOGGED_OUT:
            floor.move_status(agent, AgentStatus.LOGGED_OUT, by="store")
        floor.move_status(agent, event.status, reason=event.reason, by="store", since=event.since or None)
        agent.logged_in_at = event.since or agent.logged_in_at
        presence.presence_changed(floor, agent.id)
