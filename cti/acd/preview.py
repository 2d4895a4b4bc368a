"""Whom would he call, and does he want to? The agent who is kept for a customer decides before anything is dialled.

Who does not decide in time is taken for somebody who is not there, like one who does not answer his phone.
"""

from __future__ import annotations

from cti.acd import attempts, callouts, offers, visits
from cti.acd.agents import auto_pause
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model.changes import Refused
from cti.model.events import AgentRequest
from cti.model.lead import PreviewNow
from cti.model.words import (
    Activity,
    AgentAction,
    AgentId,
    ContactState,
    DialResult,
    OfferState,
    Outcome,
    RefusedReason,
)

NOT_DECIDED = "not_decided"  # the reason of a skip that nobody said


def decide(floor: Floor, asked: AgentRequest) -> Refused | None:
    """The agent takes the customer whom he previews, or skips him (`reason`, in a word of his own)."""
    agent = floor.agents.get(asked.agent)
    if agent is None:
        return Refused(RefusedReason.UNKNOWN_AGENT, "no agent of that name")
    offer = floor.offers.get(agent.offer) if agent.offer is not None else None
    if offer is None or offer.state is not OfferState.PREVIEW:
        return Refused(RefusedReason.NO_PREVIEW)
    if asked.action is AgentAction.SKIP:
        _skip(floor, floor.contacts[offer.contact], offer, asked.reason, asked.by)
        return None
    return _accept(floor, floor.contacts[offer.contact], offer)


def seen_by(floor: Floor, name: AgentId) -> PreviewNow | None:
    """Whom he previews; None: nobody. Changes nothing."""
    agent = floor.agents.get(name)
    offer = floor.offers.get(agent.offer) if agent is not None and agent.offer is not None else None
    if agent is None or offer is None or offer.state is not OfferState.PREVIEW:
        return None
    contact = floor.contacts[offer.contact]
    callout = contact.callout
    assert callout is not None
    until = agent.activity_until or floor.now
    return PreviewNow(contact.id, contact.queue, callout.campaign, callout.number, dict(contact.customer), until)


def undecided(floor: Floor, contact: Contact) -> None:
    """His time to decide is over: the next one shall see another lead, and he is not asked again and again."""
    offer = floor.offers[contact.offers[0]] if contact.offers else None
    if offer is None or offer.state is not OfferState.PREVIEW:
        return
    agent = floor.agents[offer.agent]
    agent.missed += 1
    auto_pause(floor, agent, OfferState.MISSED, agent.missed, floor.policy.missed_offers.pause_after_missed)
    _skip(floor, contact, offer, NOT_DECIDED, "engine")


def _accept(floor: Floor, contact: Contact, offer: Offer) -> Refused | None:
    floor.deadlines.cancel("preview", contact.id)
    agent = floor.agents[offer.agent]
    agent.missed = 0
    assert contact.callout is not None
    node = callouts.node_for(floor, contact.callout)  # the one that was best may have gone, or been drained
    if node is None:  # fail closed
        offers.withdraw(floor, offer)
        callouts.back(floor, contact)
        return Refused(RefusedReason.NOT_NOW, "the switch is not connected; the lead comes again")
    if not floor.gate.may_call(contact):
        callouts.not_reached(floor, contact, DialResult.NOT_DIALLED)
        return Refused(RefusedReason.NOT_NOW, "he must not be called by now")
    contact.node = node
    offer.made_at = floor.now
    if callouts.agent_first(contact):
        floor.move_offer(offer, OfferState.RINGING)
        floor.move_activity(agent, Activity.RINGING, offer=offer)
        callouts.ring_agent(floor, contact, offer, agent)
        return None
    floor.move_offer(offer, OfferState.DIALLING)
    floor.move_activity(agent, Activity.DIALLING, offer=offer)
    floor.move_contact(contact, ContactState.DIALLING)
    attempts.place(floor, contact, contact.node, agent.id)
    return None


def _skip(floor: Floor, contact: Contact, offer: Offer, reason: str, by: str) -> None:
    """The contact is over; when the lead comes again is its campaign's to say."""
    offers.fail(floor, offer, OfferState.SKIPPED, reason or None)
    visits.close(floor, contact, Leaving(Outcome.WITHDRAWN, reason=OfferState.SKIPPED, by=by))
    visits.end(floor, contact)
