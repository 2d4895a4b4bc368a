"""What does a look at a node say about our memory of it? Every difference is repaired and told.

Asterisk is the truth about legs. A snapshot is a list of everything that exists on one node; the switch adapter
guarantees that nothing that came or went while the list was made is missing or wrong in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from cti.acd import agents, attempts, callouts, calls, offers, reached, visits
from cti.acd.agent import Agent
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model.events import SnapshotLeg
from cti.model.words import Activity, CallId, ContactState, DialResult, NodeId, OfferState, Outcome

RING_BEGINS_S = 1.0  # from our word to the channel of the phone, on a busy machine
HUNG_UP_S = 60.0  # so late may be told who came before he hung up


def compare(
    floor: Floor, node: NodeId, legs: Iterable[SnapshotLeg], *, first: bool, asked_at: float | None = None
) -> None:
    """Bring our memory of `node` in step with `legs`, a list asked for at `asked_at` (now, if not given).

    `first`: the first look of an engine that has just started: who waits here is on his way back to us. On a slow AMI
    the list may be seconds old: it says nothing of later calls.
    """
    asked_at = floor.now if asked_at is None else asked_at
    present = {leg.leg: leg for leg in legs}
    _phones(floor, node, present, asked_at)
    _gone(floor, node, present, asked_at)
    _answered(floor, present, asked_at)
    _rings_over(floor, node, present, asked_at)
    for attempt in attempts.missing(floor, node, present, asked_at):
        floor.repair("attempt_gone", attempt.id, "the customer's channel does not exist (any more)", node=node)
        attempts.take_back(floor, attempt)
        reached.ended(floor, attempt, DialResult.UNKNOWN)
    talks: dict[str, list[SnapshotLeg]] = {}
    for leg in present.values():
        if leg.bridge and leg.phone in floor.by_phone:
            talks.setdefault(leg.bridge, []).append(leg)
    for leg in present.values():
        call = CallId(leg.leg)
        if leg.ours and call not in floor.by_call and call not in floor.released:
            if _restore_talk(floor, node, leg, talks.get(leg.bridge, [])):
                continue
            if first and not leg.bridge:
                floor.expected.add(call)
    attempts.find(floor, node, present)


def _phones(floor: Floor, node: NodeId, present: dict[str, SnapshotLeg], asked_at: float) -> None:
    """Of a leg that its own session has told since, by FastAGI before a slow AMI, the list says nothing."""
    for leg, agent in list(floor.leg_owner.items()):
        if leg.startswith(f"{node}/") and leg not in present and floor.leg_since[leg] <= asked_at:
            floor.repair("leg_gone", agent.id, "the phone's channel does not exist any more", node=node)
            calls.leg_gone(floor, leg)
    for seen in present.values():
        owner = floor.by_phone.get(seen.phone)
        if owner is not None and seen.leg not in floor.leg_owner and not seen.ours:
            floor.repair("leg_found", owner.id, "the phone has a channel we had not heard of", node=node)
            agents.leg_up(floor, owner, seen.leg)


def _gone(floor: Floor, node: NodeId, present: dict[str, SnapshotLeg], asked_at: float) -> None:
    for contact in [contact for contact in floor.contacts.values() if contact.node == node]:
        if contact.call and contact.call not in present and contact.arrived_at < asked_at:
            floor.repair("call_gone", contact.id, "the caller's channel does not exist any more", node=node)
            floor.hung_up[contact.call] = floor.now
            calls.gone(floor, contact)
    for call, let_go in list(floor.released.items()):
        if call.startswith(f"{node}/") and call not in present and let_go.at < asked_at:
            del floor.released[call]
            floor.hung_up[call] = floor.now
    for call in [call for call, at in floor.hung_up.items() if at < floor.now - HUNG_UP_S]:
        del floor.hung_up[call]
    floor.expected -= {call for call in floor.expected if call.startswith(f"{node}/") and call not in present}


def _answered(floor: Floor, present: dict[str, SnapshotLeg], asked_at: float) -> None:
    """A caller who is in one bridge with the agent he was offered to: we missed the answer.

    Not if the list was asked for before he came (again), or before it rang for him: it shows an earlier talk.
    """
    bridges = {leg.bridge: leg for leg in present.values() if leg.bridge and leg.leg in floor.leg_owner}
    for contact in [c for c in floor.contacts.values() if c.state in (ContactState.OFFERED, ContactState.ASIDE)]:
        caller = present.get(contact.call)
        with_whom = bridges.get(caller.bridge) if caller is not None else None
        if with_whom is None or max(contact.arrived_at, contact.rung_at) >= asked_at:
            continue
        agent = floor.leg_owner[with_whom.leg]
        if agent.offer in contact.offers:
            offer = floor.offers[agent.offer]
            floor.repair("answer_missed", contact.id, "caller and agent talk, and we had not heard of the answer")
            offer.leg = offer.leg or with_whom.leg
            offers.accept(floor, offer)
        elif agent.offer is None and contact.queue:  # in a flow: it is the end of the talk before
            # We had given his ring up, and the phone was answered after all: whoever else rang for the caller has lost.
            floor.repair("answer_missed", contact.id, "caller and agent talk after a ring that we had given up")
            offers.fail_all(floor, contact, OfferState.LOST)
            for what in ("ring", "ring_more", "aside"):
                floor.deadlines.cancel(what, contact.id)
            if contact.visit_open:
                visits.close(floor, contact, Leaving(Outcome.ANSWERED))
            _resume_talk(floor, contact, agent, with_whom)


def _rings_over(floor: Floor, node: NodeId, present: dict[str, SnapshotLeg], asked_at: float) -> None:
    """A caller whose session broke as it was to ring for him, and who is alone: nothing rings, no word will come."""
    engaged = {floor.by_phone[leg.phone].id for leg in present.values() if leg.phone in floor.by_phone}
    for contact in [c for c in floor.contacts.values() if c.node == node and c.state is ContactState.OFFERED]:
        caller = present.get(contact.call)
        if contact.session or caller is None or caller.bridge or contact.rung_at + RING_BEGINS_S >= asked_at:
            continue
        if not engaged.intersection(floor.offers[offer].agent for offer in contact.offers):
            calls.ring_lost(floor, contact, "nothing rings for him, and his session is gone")


def _restore_talk(floor: Floor, node: NodeId, leg: SnapshotLeg, partners: Iterable[SnapshotLeg]) -> bool:
    """A caller of ours who talks to an agent, and whom we do not know: we were away when it began."""
    if leg.ticket is None or not leg.bridge:
        return False
    for other in partners:
        agent = floor.by_phone[other.phone]
        if other.leg != leg.leg:
            break
    else:
        return False
    ticket = leg.ticket
    rules = floor.policy.queues.get(ticket.queue)
    known = floor.contacts.get(ticket.contact)
    if rules is None or agent.offer is not None or (known is not None and known.call):
        return False
    reached.talks(floor, CallId(leg.leg))  # before it is taken back: then nobody hangs up on him
    if known is not None:  # asked for again after our death, and here he is
        callouts.stop(floor, known, Leaving(Outcome.MERGED))
    contact = Contact.of_ticket(ticket, CallId(leg.leg), node, floor.now, floor.agents)
    contact.target_s = rules.urgency_target_s or rules.target_s
    contact.session, contact.agent, contact.queued = False, agent.id, True
    contact.caller = leg.caller
    floor.opened(contact)
    _resume_talk(floor, contact, agent, other)
    return True


def _resume_talk(floor: Floor, contact: Contact, agent: Agent, leg: SnapshotLeg) -> None:
    """The talk began when we were away: counted from the birth of his leg, so the ring counts as talk."""
    offer = Offer(contact.next_offer(), contact.id, agent.id, contact.queue, floor.now)
    offer.state, offer.leg, offer.accepted_at = OfferState.ACCEPTED, leg.leg, floor.now - leg.age_s
    offer.wait_s = max(0.0, offer.accepted_at - contact.entered_at)
    floor.offers[offer.id] = offer
    contact.offers.append(offer.id)
    contact.agent = agent.id
    agent.offer = offer.id
    if agent.activity is Activity.WRAPUP:
        agents.end_wrapup(floor, agent)
    agents.leg_up(floor, agent, leg.leg)
    floor.move_contact(contact, ContactState.TALKING, "resumed")
    floor.move_activity(agent, Activity.TALKING, offer=offer)
