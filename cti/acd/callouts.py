"""How does a customer whom we shall call wait, and how is an agent kept for him? Until he answers: then see reached.py.

The agent's phone rings first, or the customer's; either may leave before the other is there.
"""

from __future__ import annotations

from cti.acd import attempts, in_flow, offers, standing, visits
from cti.acd.agent import Agent
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model.callout import Callout
from cti.model.changes import Why
from cti.model.commands import (
    DismissAgent,
    RingAgent,
    RingLeg,
)
from cti.model.events import CalloutDue
from cti.model.words import (
    Activity,
    CallId,
    ContactState,
    DialFirst,
    DialResult,
    NodeId,
    OfferState,
    Outcome,
    RingResult,
)

TOLD_S = 1.0  # so long after the end of a leg at most until we hear why it ended
HEAR_S = 1800.0  # so long an agent may hear messages, again and again; the switch ends it long before
HEARD = "heard"  # why a wait was ended: an agent has heard what the customer left, and nobody need call him
NOT_REACHED = ("vm-nobodyavail",)  # what an agent hears who has waited in vain: core-sounds-en.txt


def due(floor: Floor, event: CalloutDue) -> None:
    """Somebody is to be called: he waits in a line for an agent to be kept for him, or is called at once."""
    callout = event.callout
    if event.contact in floor.contacts:
        floor.late(event.contact, floor.contacts[event.contact].state)
        return
    floor.dials.wanted(event.contact)
    known = floor.policy.queues.get(event.queue)
    nowhere = known is None and (callout.reserve or not callout.flow)
    since = floor.now if event.since is None else min(event.since, floor.now)
    contact = Contact(
        event.contact,
        CallId(""),
        NodeId(""),
        event.queue,
        since,
        floor.now,
        floor.now,
        caller=event.given or callout.number,
        dialled=callout.caller_id,
        flow="" if callout.reserve else callout.flow,
        own_head_start_s=event.head_start_s,
        own_requires=standing.requirements(event.requires),
        preferred=event.preferred,
        customer=dict(event.customer),
        session=False,
        callout=callout,
        outbound=True,
    )
    if callout.reserve and known is not None:
        floor.opened(contact)
        visits.enter(floor, contact, event.queue)
        return
    node = floor.dials.best_node(floor.weights, floor.now, callout.trunk)
    if nowhere:
        floor.repair("no_queue", event.contact, "a call-out named a queue that does not exist")
    if nowhere or node is None or floor.settling or floor.dials.engaged(contact):
        attempts.not_dialled(floor, callout, event.contact, event.queue)
        return
    if contact.flow:
        contact.queue = in_flow.NOWHERE
    floor.opened(contact)
    floor.dials.take(contact)
    floor.move_contact(contact, ContactState.DIALLING)
    attempts.place(floor, contact, node)


def chosen(floor: Floor, contact: Contact, agent: Agent, why: Why) -> None:
    """`agent` is kept for the customer: his phone rings now, or the customer's does."""
    assert contact.callout is not None
    if not floor.gate.may_call(contact):
        not_reached(floor, contact, DialResult.NOT_DIALLED)
        return
    node = node_for(floor, contact.callout)
    if node is None:  # it is bound to one: to come again later
        not_reached(floor, contact, DialResult.NOT_DIALLED)
        return
    position = floor.line.position(contact)
    floor.line.remove(contact)
    floor.arrived.discard(contact.id)
    for other in floor.dials.take(contact):  # never two calls to one number
        floor.line.remove(floor.contacts[other])
    contact.node = node
    if contact.callout.preview_s is not None:
        until = floor.now + contact.callout.preview_s
        offers.make_offer(floor, contact, agent, why, position, OfferState.PREVIEW, until)
        floor.deadlines.set("preview", contact.id, until)
        floor.move_contact(contact, ContactState.OFFERED)
    elif agent_first(contact):
        offer = offers.make_offer(floor, contact, agent, why, position)
        floor.move_contact(contact, ContactState.OFFERED)
        ring_agent(floor, contact, offer, agent)
    else:
        offers.make_offer(floor, contact, agent, why, position, OfferState.DIALLING)
        floor.move_contact(contact, ContactState.DIALLING)
        attempts.place(floor, contact, node, agent.id)


def node_for(floor: Floor, callout: Callout) -> NodeId | None:
    """From which node he is called: the one where his message lies, or the best one. None: not now."""
    if not callout.node:
        return floor.dials.best_node(floor.weights, floor.now, callout.trunk)
    rules = floor.policy.nodes.get(callout.node)
    drained = rules is not None and rules.drained is not None
    return callout.node if floor.nodes.get(callout.node) and not drained else None


def ring_agent(floor: Floor, contact: Contact, offer: Offer, agent: Agent) -> None:
    """His phone rings before the customer's does."""
    assert contact.callout is not None
    ring_timeout_s = floor.policy.queues[contact.queue].ring_timeout_s
    floor.deadlines.set("ring", contact.id, floor.now + ring_timeout_s + offers.RING_GRACE_S)
    leg = RingLeg(offer.id, agent.dial(contact.node))
    plan, auto = contact.callout, offers.answers_by_itself(contact, agent)
    floor.say(RingAgent(contact.node, leg, ring_timeout_s, plan.show, plan.hear, auto))


def agent_first(contact: Contact) -> bool:
    """Also where he has a message to hear first."""
    plan = contact.callout
    return plan is not None and (plan.first is DialFirst.AGENT or bool(plan.hear))


def agent_ready(floor: Floor, offer: Offer) -> None:
    """He was rung first, has picked up, and waits for his customer; or hears first what that one has left for him."""
    contact, agent = floor.contacts[offer.contact], floor.agents[offer.agent]
    agent.missed = agent.rejected = agent.unreachable = 0
    if offer.leg and offer.leg not in floor.leg_owner:  # he has hung up before we heard that he had picked up
        agent_left(floor, offer, hung_up=True)
        return
    if contact.callout is not None and contact.callout.hear:
        _kept_for_him(floor, offer)
        floor.deadlines.set("ring", contact.id, floor.now + HEAR_S)
    else:
        _call_customer(floor, contact, offer)


def message_heard(floor: Floor, offer: Offer, *, done: bool) -> None:
    """He has heard it. `done`: nobody is called for it."""
    contact = floor.contacts[offer.contact]
    if offer.state is not OfferState.DIALLING or contact.state is not ContactState.OFFERED or contact.call:
        floor.late(offer.id, offer.state)
    elif done:
        floor.say(DismissAgent(contact.node, offer.id))
        offers.fail(floor, offer, OfferState.WITHDRAWN)
        visits.close(floor, contact, Leaving(Outcome.WITHDRAWN, by=offer.agent, reason=HEARD))
        visits.end(floor, contact)
    else:
        _call_customer(floor, contact, offer)


def _call_customer(floor: Floor, contact: Contact, offer: Offer) -> None:
    floor.deadlines.cancel("ring", contact.id)
    if not floor.nodes.get(contact.node):  # fail closed
        offers.withdraw(floor, offer)
        back(floor, contact)
        return
    if not floor.gate.may_call(contact):
        not_reached(floor, contact, DialResult.NOT_DIALLED)
        return
    if offer.state is OfferState.RINGING:
        _kept_for_him(floor, offer)
    floor.move_contact(contact, ContactState.DIALLING)
    attempts.place(floor, contact, contact.node, offer.agent)


def _kept_for_him(floor: Floor, offer: Offer) -> None:
    floor.move_offer(offer, OfferState.DIALLING)
    floor.move_activity(floor.agents[offer.agent], Activity.DIALLING, offer=offer)


# --- the agent leaves, or somebody says stop ---------------------------------------------------------------------


def back(floor: Floor, contact: Contact) -> None:
    """Its offer came to nothing before anybody answered: in line again, as soon as nothing rings there any more."""
    for what in ("ring", "preview"):
        floor.deadlines.cancel(what, contact.id)
    contact.agent = None
    floor.move_contact(contact, ContactState.WAITING)
    floor.dials.loosen(contact)
    if contact.leaving is not None:
        visits.leave(floor, contact, contact.leaving)
    else:
        standing.stand(floor, contact)


def agent_left(floor: Floor, offer: Offer, *, hung_up: bool) -> None:
    """The agent for whom a customer is called is not there any more. Who answers all the same is not hung up on.

    `hung_up`: of his own accord; then this one does not come to him again at once.
    """
    contact = floor.contacts[offer.contact]
    attempts.cancel(floor, contact)
    if agent_first(contact):  # also if we believe that he has hung up: should he wait all the same, it is for nobody
        floor.say(DismissAgent(contact.node, offer.id))
    offers.fail(floor, offer, OfferState.WITHDRAWN)
    if hung_up:
        contact.tried[offer.agent] = floor.now + floor.policy.missed_offers.not_again_s
    back(floor, contact)


def leg_gone(floor: Floor, offer: Offer, leg: str) -> None:
    """A leg of the agent's phone is hung up: perhaps the one on which he waited for his customer."""
    contact, agent = floor.contacts[offer.contact], floor.agents[offer.agent]
    if offer.state is OfferState.DIALLING and agent_first(contact) and (offer.leg == leg or agent.legs <= {leg}):
        agent_left(floor, offer, hung_up=True)
    elif offer.state is OfferState.RINGING and not contact.call and offer.leg == leg:
        # Why it rings no more is told by OfferEnded, before this or right after; unless AMI has lost that.
        floor.deadlines.set("ring", contact.id, floor.now + TOLD_S)


def ring_failed(floor: Floor, offer: Offer, result: RingResult) -> None:
    """The agent was to be rung first, and did not answer."""
    contact = floor.contacts[offer.contact]
    if result is RingResult.CANCELLED:  # nobody refused, and we did not take it back: do not ring in a circle
        offers.rest(floor, floor.agents[offer.agent], offers.CANCELLED_PAUSE_S)
    offers.fail(floor, offer, offers.FAILURES.get(result, OfferState.MISSED))
    back(floor, contact)


def take_back(floor: Floor, offer: Offer) -> None:
    """An offer of a call-out is withdrawn, whether its agent's or its customer's phone rings."""
    if offer.state is OfferState.DIALLING:
        agent_left(floor, offer, hung_up=False)
    else:
        offers.withdraw(floor, offer)
        back(floor, floor.contacts[offer.contact])


def stop(floor: Floor, contact: Contact, leaving: Leaving) -> None:
    """Somebody takes the wish back, or it has become another contact's: what rings for it stops."""
    contact.leaving = leaving
    attempts.unwanted(floor, contact)
    if contact.offers:
        take_back(floor, floor.offers[contact.offers[0]])
    elif contact.state is ContactState.WAITING:
        attempts.cancel(floor, contact)
        visits.leave(floor, contact, leaving)
    else:
        attempts.cancel(floor, contact)
        visits.end(floor, contact)


def not_reached(floor: Floor, contact: Contact, result: DialResult) -> None:
    """The contact is over. Whether and when he is called again is not for us to say: that will be another call-out."""
    for offer_id in list(contact.offers):
        drop(floor, contact, floor.offers[offer_id], OfferState.NOT_REACHED)
    if contact.visit_open:
        visits.close(floor, contact, Leaving(Outcome.NOT_REACHED, reason=result))
    visits.end(floor, contact)


def drop(floor: Floor, contact: Contact, offer: Offer, how: OfferState) -> None:
    """His agent waits in vain."""
    if agent_first(contact):
        floor.say(DismissAgent(contact.node, offer.id, NOT_REACHED if offer.state is OfferState.DIALLING else ()))
    offers.fail(floor, offer, how)
