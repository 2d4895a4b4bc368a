"""How does an offer live? Made, rung, accepted or failed, and what its end means for contact and agent."""

from __future__ import annotations

from collections.abc import Sequence

from cti.acd import dispositions, visits
from cti.acd.agent import Agent
from cti.acd.agents import auto_pause, begin_wrapup, return_to_idle
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model.changes import Changed, Kind, Why
from cti.model.commands import DismissAgent, Ring, RingLeg, StopRing
from cti.model.policy import Strategy
from cti.model.words import Activity, ContactId, ContactState, EndedBy, OfferId, OfferState, Outcome, RingResult

# The INVITE of a new ring may overtake the BYE of the last talk on its way to the same phone, which then says "busy".
JUST_FREED_S = 1.0
REST_JUST_FREED_S = 0.2
SHAKEN_S = 60.0  # so long after a node was lost, or came back, a phone that is not reached puts nobody on a break
CANCELLED_PAUSE_S = 1.0  # after a ring that ended without a reason, its agents get no offer for so long
RING_GRACE_S = 3.0  # after the ring time-out, how long the switch may take to say how it ended
TALK_GRACE_S = 2.0  # after the agent's leg is gone, how long until we take it for a transfer

FAILURES: dict[RingResult, OfferState] = {
    RingResult.NO_ANSWER: OfferState.MISSED,
    RingResult.BUSY: OfferState.BUSY,
    RingResult.REJECTED: OfferState.REJECTED,
    RingResult.UNREACHABLE: OfferState.UNREACHABLE,
    RingResult.CANCELLED: OfferState.WITHDRAWN,
}

OCCUPIED = {
    OfferState.PREVIEW: Activity.PREVIEW,
    OfferState.RINGING: Activity.RINGING,
    OfferState.DIALLING: Activity.DIALLING,
}
"""What an agent does to whom an offer is made."""

# He did nothing wrong: he is idle since when he was, and next in turn.
KEEPS_PLACE = (OfferState.LOST, OfferState.ABANDONED, OfferState.WITHDRAWN, OfferState.NOT_REACHED)


def make_offers(floor: Floor, contact: Contact, agents: Sequence[Agent], why: Why) -> None:
    """Offer `contact` to `agents` at once (one, or all of ring-all): from here on each of them is taken."""
    queue = floor.policy.queues[contact.queue]
    position = floor.line.position(contact)
    floor.line.remove(contact)
    floor.arrived.discard(contact.id)
    if floor.now == contact.entered_at:
        contact.expected_p90_s = None  # somebody was free: there was no wait to be told of
    contact.beside = ""  # the Ring cuts it off
    legs = []
    for agent in agents:
        offer = make_offer(floor, contact, agent, why, position)
        legs.append(RingLeg(offer.id, agent.dial(contact.node)))
    for what in ("announce", "offer_flow"):
        floor.deadlines.cancel(what, contact.id)
    floor.deadlines.set("ring", contact.id, floor.now + queue.ring_timeout_s + RING_GRACE_S)
    if queue.strategy is Strategy.RING_PROGRESSIVELY and queue.ring_more_every_s < queue.ring_timeout_s:
        floor.deadlines.set("ring_more", contact.id, floor.now + queue.ring_more_every_s)
    floor.move_contact(contact, ContactState.OFFERED)
    contact.rung_at = floor.now
    music = queue.music if queue.while_ringing == "music" else ""
    alone = len(agents) == 1 and answers_by_itself(contact, agents[0])  # of several phones all would answer
    floor.say(Ring(contact.call, tuple(legs), queue.ring_timeout_s, music, alone))


def answers_by_itself(contact: Contact, agent: Agent) -> bool:
    """Whether the agent's phone shall be asked to answer by itself: his own, or for the campaign that called."""
    return agent.policy.auto_answer or (contact.callout is not None and contact.callout.auto_answer)


def make_offer(
    floor: Floor,
    contact: Contact,
    agent: Agent,
    why: Why,
    position: int,
    state: OfferState = OfferState.RINGING,
    until: float | None = None,
) -> Offer:
    """One offer: from here on the agent is taken. `state`: ringing, or dialling where his customer is called first, or
    preview where he decides first, `until` then.
    """
    offer = Offer(contact.next_offer(), contact.id, agent.id, contact.queue, floor.now)
    floor.offers[offer.id] = offer
    contact.offers.append(offer.id)
    agent.offer = offer.id
    floor.offers_made += 1
    agent.offered = floor.offers_made
    floor.move_offer(offer, state, position=position, why=why, until=until, made=True)
    floor.move_activity(agent, OCCUPIED[state], offer=offer, until=until)
    return offer


def ringing(floor: Floor, offer: Offer, leg: str) -> None:
    """The agent's leg exists."""
    offer.leg = leg
    agent = floor.agents[offer.agent]
    floor.leg_came(agent, leg)
    floor.tell(
        Changed(
            Kind.PHONE, agent.id, "free", "ringing", floor.now, floor.cause, agent=agent.id, offer=offer.id, leg=leg
        )
    )


def accept(floor: Floor, offer: Offer, *, ago_s: float = 0.0) -> None:
    """The agent answered (`ago_s` before now, where we hear of it late): the talk begins, ring-all's others lose."""
    contact = floor.contacts[offer.contact]
    agent = floor.agents[offer.agent]
    for other in list(contact.offers):
        if other != offer.id:
            fail(floor, floor.offers[other], OfferState.LOST)
    floor.deadlines.cancel("ring", contact.id)
    floor.deadlines.cancel("ring_more", contact.id)
    offer.accepted_at = max(offer.made_at, floor.now - ago_s)
    offer.wait_s = offer.accepted_at - contact.entered_at
    contact.agent = contact.served_by = agent.id
    contact.served_in = contact.queue
    agent.missed = agent.rejected = agent.unreachable = 0
    agent.contacts += 1
    floor.move_offer(offer, OfferState.ACCEPTED)
    visits.close(floor, contact, Leaving(Outcome.ANSWERED), offer=offer)
    queue = contact.queue
    floor.estimate.served(queue, floor.now, still_waiting=floor.line.waiting(queue), staffed=floor.staffed[queue])
    floor.move_activity(agent, Activity.TALKING, offer=offer)
    floor.move_contact(contact, ContactState.TALKING)


def fail(floor: Floor, offer: Offer, how: OfferState, reason: str | None = None) -> None:
    """An offer came to nothing; the agent is idle again, with what his rules say about it."""
    contact = floor.contacts[offer.contact]
    agent = floor.agents[offer.agent]
    rules = floor.policy.missed_offers
    tried = how in (OfferState.MISSED, OfferState.REJECTED, OfferState.UNREACHABLE)
    floor.move_offer(offer, how, until=floor.now + rules.not_again_s if tried else None, reason=reason)
    contact.offers.remove(offer.id)
    del floor.offers[offer.id]
    agent.offer = None
    if tried:
        contact.tried[agent.id] = floor.now + rules.not_again_s
    if how in (OfferState.BUSY, OfferState.REJECTED):
        overtaken = how is OfferState.BUSY and offer.made_at - agent.talk_ended_at < JUST_FREED_S
        rest_s = min(REST_JUST_FREED_S, rules.rest_after_busy_s) if overtaken else rules.rest_after_busy_s
        rest(floor, agent, rest_s)
        agent.busy_ring = offer.leg if how is OfferState.BUSY else ""
    if how is OfferState.MISSED:
        agent.missed += 1
        auto_pause(floor, agent, how, agent.missed, rules.pause_after_missed)
    elif how is OfferState.REJECTED:
        agent.rejected += 1
        auto_pause(floor, agent, how, agent.rejected, rules.pause_after_rejected)
    elif how is OfferState.UNREACHABLE and floor.now < floor.shaken_at + SHAKEN_S:
        rest(floor, agent, rules.rest_after_busy_s)  # his node's fault: or a whole team is on a break, one by one
    elif how is OfferState.UNREACHABLE:
        agent.unreachable += 1
        auto_pause(floor, agent, how, agent.unreachable, rules.pause_after_unreachable)
    if how not in KEEPS_PLACE:
        agent.idle_since = floor.now
    return_to_idle(floor, agent, offer)


def rest(floor: Floor, agent: Agent, rest_s: float) -> None:
    """The agent gets no offer for `rest_s`."""
    agent.rest_until, agent.busy_ring = floor.now + rest_s, ""
    floor.deadlines.set("rest", agent.id, agent.rest_until)


def fail_all(floor: Floor, contact: Contact, how: OfferState) -> None:
    for offer_id in list(contact.offers):
        offer = floor.offers[offer_id]
        if offer.state is OfferState.RINGING:
            fail(floor, offer, how)


def withdraw(floor: Floor, offer: Offer) -> None:
    """We take the offer back: the contact keeps its place, and the agent is not counted as having missed it."""
    if offer.state is not OfferState.PREVIEW:
        stop_ring(floor, floor.contacts[offer.contact], offer.id)
    fail(floor, offer, OfferState.WITHDRAWN)


def stop_ring(floor: Floor, contact: Contact, offer: OfferId) -> None:
    """The phone shall stop, or who has just picked it up hang up again."""
    if contact.call:
        floor.say(StopRing(contact.call, (offer,)))
    elif contact.node:
        floor.say(DismissAgent(contact.node, offer))


def answered_too_late(floor: Floor, offer_id: OfferId) -> None:
    """An answer for an offer that is over: ignored on purpose and counted; a leg we took back is hung up again."""
    floor.late(offer_id, "over")
    contact = floor.contacts.get(ContactId(offer_id.rsplit("#", 1)[0]))
    if contact is None:
        return
    if not contact.call or (contact.state is ContactState.OFFERED and not contact.offers):
        stop_ring(floor, contact, offer_id)


def agent_part_over(floor: Floor, contact: Contact, ended_by: EndedBy | None, *, leg_over: bool = False) -> None:
    """The agent's talk with `contact` is over for him. Who ended it may still be unknown (None): see docs/adr/0005.

    `leg_over`: his leg is surely hung up, so he is free without waiting for its Hangup event.
    """
    for offer_id in list(contact.offers):
        offer = floor.offers[offer_id]
        if offer.state is not OfferState.ACCEPTED:
            continue
        if offer.talk_ended_at is None:
            offer.talk_ended_at = floor.now
            agent = floor.agents[offer.agent]
            agent.busy_s += floor.now - max(offer.accepted_at, agent.logged_in_at)
            agent.talk_ended_at = floor.now
            if leg_over:
                # Dial hangs up its own leg when it ends: do not wait for the Hangup event to call the phone free
                floor.leg_went(agent, offer.leg)
            begin_wrapup(floor, agent, offer)
            agent.offer = None
        if ended_by is None:
            floor.deadlines.set("talk", contact.id, floor.now + TALK_GRACE_S)
        else:
            _close_talk(floor, contact, offer, ended_by)


def take_over(floor: Floor, contact: Contact, offer: Offer) -> None:
    """Attended transfer: the agent of `offer` (another contact's talk) talks to `contact` from now on."""
    former = floor.contacts[offer.contact]
    agent = floor.agents[offer.agent]
    former.offers.remove(offer.id)
    floor.deadlines.cancel("talk", former.id)
    floor.deadlines.cancel("wrapup", agent.id)
    dispositions.over(floor, agent)
    offer.contact, offer.talk_ended_at, offer.taken_over, offer.disposition = contact.id, None, True, ""
    contact.offers.append(offer.id)
    contact.agent, contact.queue = agent.id, offer.queue
    agent.offer = offer.id
    if agent.activity in (Activity.WRAPUP, Activity.IDLE):
        floor.move_activity(agent, Activity.TALKING, offer=offer)


def _close_talk(floor: Floor, contact: Contact, offer: Offer, ended_by: EndedBy) -> None:
    floor.deadlines.cancel("talk", contact.id)
    assert offer.talk_ended_at is not None
    floor.move_offer(
        offer, OfferState.ENDED, talk_s=max(0.0, offer.talk_ended_at - offer.accepted_at), ended_by=ended_by
    )
    contact.offers.remove(offer.id)
    del floor.offers[offer.id]
