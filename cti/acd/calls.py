"""What does it mean when a caller arrives, comes back, leaves, or an agent's leg ends?"""

from __future__ import annotations

from cti.acd import agents, callouts, in_flow, offers, reached, standing, visits
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.model.commands import Release
from cti.model.events import CallArrived, RingEnded
from cti.model.policy import Entry
from cti.model.ticket import Ticket
from cti.model.words import (
    AgentId,
    ContactId,
    ContactState,
    EndedBy,
    OfferId,
    OfferState,
    Outcome,
    QueueName,
    RingResult,
)

GIVEN_UP_TRIES = 1000  # so many offers are taken to have been made for a contact that was over, and is back
OUTLIVED = 1 << 40  # more than any engine sees arrivals
PARTING_S = 0.3  # at most so long between the end of a talk and our good-bye, should AMI be silent
TALKED = "talked"  # what a flow is told whose caller has talked to an agent
ANY_NUMBER = "*"  # the entry for numbers that have none of their own


def arrived(floor: Floor, event: CallArrived) -> None:
    """A caller is in our hands: new, back after an engine's death, or sent back to us by an agent."""
    floor.expected.discard(event.call)
    if event.call in floor.hung_up:  # a slow FastAGI tells his coming after AMI his Hangup: nobody is there any more
        floor.say(Release(event.call, (), visits.FALLBACK))
        return
    known = floor.by_call.get(event.call)
    if known is None and (_again(floor, event) or (event.attempt is not None and reached.arrived(floor, event))):
        return
    ticket = event.ticket
    if known is not None:
        if event.entry == known.entry:
            _came_back(floor, known, event)
        else:
            _transferred_back(floor, known, event)
    elif ticket is not None and ticket.contact not in floor.contacts:
        contact = _from_ticket(floor, event, ticket)
        if event.attempt is not None and floor.dials.is_given_up(event.attempt):  # its visit and offers were told
            contact.visit, contact.tries = contact.visit + 1, GIVEN_UP_TRIES
        if event.entry == ticket.entry and _place_exists(floor, ticket):
            _resume(floor, contact, event)
        elif event.entry == ticket.entry and ticket.flow:  # the line that his flow had led to is gone over a restart
            in_flow.run(floor, contact, cause="resumed", outcome="failed")
        else:
            floor.move_contact(contact, ContactState.WAITING, "resumed")
            _transferred_back(floor, contact, event)
    else:
        _new(floor, event)


def _place_exists(floor: Floor, ticket: Ticket) -> bool:
    """Whether the queue that `ticket` names still exists, or it names a flow."""
    return ticket.queue in floor.policy.queues or bool(ticket.flow and not ticket.queue)


def _again(floor: Floor, event: CallArrived) -> bool:
    """A call we were done with is back in the same entry: its session broke before it heard. Say the same again."""
    let_go = floor.released.get(event.call)
    if let_go is None or let_go.entry != event.entry:
        return False
    floor.say(let_go.last)
    return True


def _entry(floor: Floor, event: CallArrived) -> Entry | None:
    named = floor.policy.entries.get(event.dialled)
    if event.queue is not None and event.queue in floor.policy.queues:
        if named is not None and named.queue == event.queue:
            return named
        return Entry(queue=event.queue)
    return named or floor.policy.entries.get(ANY_NUMBER)


def _new(floor: Floor, event: CallArrived) -> None:
    entry = _entry(floor, event)
    if entry is None:
        floor.repair("no_entry", event.call, "no entry for the dialled number: the call went to the fallback")
        floor.say(Release(event.call, (), visits.FALLBACK))
        return
    contact_id = ContactId(event.call)
    if contact_id in floor.contacts:  # its first call was replaced by a transfer, and now this number comes again
        contact_id = ContactId(f"{event.call}~{event.entry}")
    contact = Contact(
        contact_id,
        event.call,
        event.node,
        QueueName(entry.queue or in_flow.NOWHERE),
        floor.now,
        floor.now,
        floor.now,
        caller=event.caller,
        channel=event.channel,
        dialled=event.dialled,
        flow=entry.flow or "",
        entry=event.entry,
        own_head_start_s=entry.head_start_s,
        own_requires=standing.requirements(entry.requires),
        preferred=_own_agents(event, entry),
        customer=dict(event.customer),
    )
    floor.opened(contact)
    if contact.flow:
        in_flow.run(floor, contact)
    else:
        visits.enter(floor, contact, contact.queue)


def _own_agents(event: CallArrived, entry: Entry | None) -> tuple[AgentId, ...]:
    """Whom the dialplan names; else whom the entry names. Those of an earlier entry have no claim any more."""
    return event.preferred or tuple(map(AgentId, entry.preferred if entry is not None else ()))


def _from_ticket(floor: Floor, event: CallArrived, ticket: Ticket) -> Contact:
    contact = Contact.of_ticket(ticket, event.call, event.node, floor.now, floor.agents)
    contact.caller, contact.dialled, contact.flow_at = event.caller, event.dialled, event.flow_at
    floor.opened(contact)
    contact.arrival -= OUTLIVED  # of those who wait since the same instant: he was there before we were
    return contact


def _resume(floor: Floor, contact: Contact, event: CallArrived) -> None:
    """Back after an engine's death: same place, in the line or in a flow; or served meanwhile, and then we are done."""
    if not contact.queue:
        in_flow.run(floor, contact, cause="resumed")
        return
    if event.dial_status == "ANSWER":
        contact.served_by, contact.served_in = _who_answered(floor, event), contact.queue
        floor.move_contact(contact, ContactState.ASIDE, "resumed")
        visits.release(floor, contact, Release(contact.call), TALKED)
        return
    if event.attempt is not None and not contact.queued:  # a customer whom we had called: he begins to wait now
        contact.since = floor.now
        visits.enter(floor, contact, contact.queue, cause="resumed")
        return
    visits.enter(floor, contact, contact.queue, cause="resumed", resumed=True)


def _who_answered(floor: Floor, event: CallArrived) -> AgentId | None:
    """Whose phone it was, where it is known: nobody saw the answer."""
    agent = floor.by_phone.get(event.dialled_phone)
    return agent.id if agent is not None else None


def _came_back(floor: Floor, contact: Contact, event: CallArrived) -> None:
    """Its AGI session broke while we lived; the dialplan brought it back."""
    contact.session, contact.arrived_at = True, floor.now
    contact.announcing = False
    contact.flow_at = event.flow_at or contact.flow_at
    floor.deadlines.cancel("aside", contact.id)
    if not contact.queue:
        in_flow.run(floor, contact)
        return
    served = event.dial_status == "ANSWER"
    if contact.state is ContactState.OFFERED:
        if served and contact.offers:
            whose = _who_answered(floor, event)
            his = [offer for offer in contact.offers if floor.offers[offer].agent == whose]
            offers.accept(floor, floor.offers[his[0] if his else _likeliest(floor, contact)])
        else:
            offers.fail_all(floor, contact, OfferState.WITHDRAWN)
            visits.back_in_line(floor, contact)
            visits.restart_music(floor, contact)
            return
    if contact.state is ContactState.TALKING or (contact.state is ContactState.ASIDE and not contact.visit_open):
        offers.agent_part_over(floor, contact, EndedBy.AGENT)
        visits.release(floor, contact, Release(contact.call), TALKED)
        return
    if contact.state is ContactState.WAITING:
        floor.line.remove(contact)
        visits.set_aside(floor, contact)
    floor.deadlines.cancel("aside", contact.id)
    visits.back_in_line(floor, contact)
    visits.restart_music(floor, contact)


def _transferred_back(floor: Floor, contact: Contact, event: CallArrived) -> None:
    """An agent (or the operator's dialplan) sent the call to a queue again: the same contact, with its old `since`."""
    entry = _entry(floor, event)
    flow = entry.flow or "" if entry is not None else ""
    queue = QueueName(entry.queue) if entry is not None and entry.queue else contact.queue
    if not flow and queue not in floor.policy.queues:  # gone over a restart, and nothing says where to go instead
        visits.release(floor, contact, Release(contact.call, (), visits.FALLBACK))
        return
    contact.session, contact.arrived_at, contact.entry = True, floor.now, event.entry
    contact.announcing = False
    floor.deadlines.cancel("aside", contact.id)
    offers.fail_all(floor, contact, OfferState.WITHDRAWN)
    offers.agent_part_over(floor, contact, EndedBy.TRANSFER)
    if contact.visit_open:  # it left the line by the operator's own dialplan
        visits.close(floor, contact, Leaving(Outcome.OVERFLOWED))
    contact.own_requires = standing.requirements(entry.requires if entry else {})
    contact.preferred = _own_agents(event, entry)
    contact.customer = dict(event.customer) or contact.customer
    contact.tried = {}
    contact.flow, contact.flow_at = flow, ""
    if flow:
        in_flow.run(floor, contact, cause="transferred")
        return
    contact.visit += 1
    visits.enter(floor, contact, queue, cause="transferred")


def session_lost(floor: Floor, contact: Contact) -> None:
    """No command reaches the call any more: transferred, hung up, or a broken connection. What comes next tells."""
    contact.session = False
    contact.announcing = False
    if floor.deadlines.pending("parting", contact.id):  # no good-bye: transferred, or hung up just now
        floor.deadlines.cancel("parting", contact.id)
        if contact.state is ContactState.TALKING:
            visits.set_aside(floor, contact)
    if contact.state is ContactState.IN_FLOW:
        visits.set_aside(floor, contact)
    if contact.state is ContactState.WAITING:
        for what in ("max_wait", "closing", "announce", "widen", "offer_flow"):
            floor.deadlines.cancel(what, contact.id)
        visits.set_aside(floor, contact)


def gone(floor: Floor, contact: Contact) -> None:
    """The caller hung up: nothing of him may be left behind."""
    offers.fail_all(floor, contact, OfferState.ABANDONED)
    offers.agent_part_over(floor, contact, EndedBy.TRANSFER if contact.transferred else EndedBy.CALLER)
    if contact.visit_open and contact.promised:
        visits.close(floor, contact, Leaving(Outcome.KEY_EXIT, reason="callback"))
    elif contact.visit_open:
        visits.close(floor, contact, Leaving(Outcome.ABANDONED))
    visits.end(floor, contact)


def ring_ended(floor: Floor, contact: Contact, event: RingEnded) -> None:
    """The switch is done with the Ring: nobody answered, or the talk is over."""
    if contact.state is ContactState.OFFERED and event.result is RingResult.ANSWERED:
        _answer_unheard(floor, contact, event)
    if contact.state is ContactState.OFFERED and event.caller_there:
        if event.result is RingResult.CANCELLED:
            # Nobody refused and we did not take it back: whatever this is, do not ring in a circle.
            for offer in contact.offers:
                offers.rest(floor, floor.agents[floor.offers[offer].agent], offers.CANCELLED_PAUSE_S)
        offers.fail_all(floor, contact, offers.FAILURES.get(event.result, OfferState.WITHDRAWN))
        visits.back_in_line(floor, contact)
    elif contact.state is ContactState.OFFERED:
        if floor.nodes.get(contact.node):
            # He left. Whether somebody had answered before, AMI tells before it tells his Hangup: wait for that.
            contact.session = False
            return
        offers.fail_all(floor, contact, OfferState.ABANDONED)
        floor.deadlines.cancel("ring", contact.id)
        visits.set_aside(floor, contact)
    elif contact.state is ContactState.TALKING:
        if event.caller_there and event.result is not RingResult.ANSWERED:
            # We believed in an answer that was none. The caller is still there: never hang up on him.
            floor.repair("no_answer", contact.id, "a ring that was taken as answered was not")
            offers.agent_part_over(floor, contact, EndedBy.UNKNOWN)
            contact.visit += 1
            visits.enter(floor, contact, contact.queue)
        elif event.caller_there:
            _agent_left(floor, contact)
        elif not any(floor.offers[offer].taken_over for offer in contact.offers):
            # In an attended transfer the agent's leg lives on: over when its Hangup says so, unless AMI is silent.
            deaf = not floor.nodes.get(contact.node)
            offers.agent_part_over(floor, contact, EndedBy.TRANSFER if contact.transferred else None, leg_over=deaf)
            visits.set_aside(floor, contact)


def _answer_unheard(floor: Floor, contact: Contact, event: RingEnded) -> None:
    """The answer itself has not reached us (a gap in AMI), or not as one: what the ring says is as good."""
    if contact.offers and (event.offer is None or event.offer in contact.offers):
        winner = event.offer or _likeliest(floor, contact)
        offers.accept(floor, floor.offers[winner], ago_s=event.answered_s)
    elif not event.caller_there:
        # His ring had been taken back, and he talked to the caller all the same, who hung up or was transferred.
        offers.fail_all(floor, contact, OfferState.LOST)
        visits.close(floor, contact, Leaving(Outcome.ANSWERED))
        contact.session = False
        visits.set_aside(floor, contact)


def _agent_left(floor: Floor, contact: Contact) -> None:
    """The agent's part is over and the caller seems to be there still: good-bye, or a blind transfer?

    On AGI both look the same for a moment. AMI tells BlindTransfer before it tells the Hangup of the agent's leg: wait
    for that one. The agent himself is free at once.
    """
    if contact.sent_on:  # on a busy machine Asterisk answers the Dial before it takes the channel out of our session
        visits.set_aside(floor, contact)
        return
    talking = [floor.offers[offer] for offer in contact.offers if floor.offers[offer].state is OfferState.ACCEPTED]
    known = not talking or talking[0].talk_ended_at is not None or not floor.nodes.get(contact.node)
    if known or not talking[0].leg:
        offers.agent_part_over(floor, contact, EndedBy.AGENT, leg_over=True)
        visits.release(floor, contact, Release(contact.call), TALKED)
        return
    floor.parting[talking[0].leg] = contact.id
    offers.agent_part_over(floor, contact, None, leg_over=True)
    floor.deadlines.set("parting", contact.id, floor.now + PARTING_S)


def parted(floor: Floor, contact: Contact) -> None:
    """No transfer: the agent has hung up, and we say good-bye."""
    floor.deadlines.cancel("parting", contact.id)
    if contact.state is ContactState.TALKING and contact.session:
        offers.agent_part_over(floor, contact, EndedBy.AGENT)
        visits.release(floor, contact, Release(contact.call), TALKED)


def _likeliest(floor: Floor, contact: Contact) -> OfferId:
    """Who answered, where nothing tells: the offer whose leg still exists, else the first."""
    for offer in contact.offers:
        if floor.offers[offer].leg in floor.leg_owner:
            return offer
    return contact.offers[0]


def ring_overdue(floor: Floor, contact: Contact) -> None:
    """Long past the ring time-out, and no word.

    With a session the Dial still runs: either it began late (a prompt that could not be cut off), or somebody answered
    and we missed it. Do not guess: RingEnded will come, and a snapshot shows who talks to whom. Without a session the
    ring is over for us.
    """
    if contact.state is not ContactState.OFFERED:
        return
    if not contact.call:  # of an agent who was to be rung first
        floor.repair("ring_lost", contact.id, "the ring is long over, and nothing was heard of it")
        callouts.take_back(floor, floor.offers[contact.offers[0]])
    elif contact.session:
        floor.deadlines.set("ring", contact.id, floor.now + offers.RING_GRACE_S)
    else:
        ring_lost(floor, contact, "the ring is long over and its session is gone")


def ring_lost(floor: Floor, contact: Contact, why: str) -> None:
    """Of a caller without a session: no word of it will come."""
    floor.repair("ring_lost", contact.id, why)
    offers.fail_all(floor, contact, OfferState.WITHDRAWN)
    visits.set_aside(floor, contact)


def talk_unsettled(floor: Floor, contact: Contact) -> None:
    """The agent's leg is long gone and the caller is still there: he was transferred."""
    offers.agent_part_over(floor, contact, EndedBy.TRANSFER)
    contact.transferred = True
    if not contact.session and contact.state is ContactState.TALKING:  # a lost event would have told it
        visits.set_aside(floor, contact)


def given_up(floor: Floor, contact: Contact) -> None:
    """Set aside for too long: its node never came back to tell."""
    if contact.state is ContactState.ASIDE:
        floor.repair("given_up", contact.id, "set aside for too long")
        gone(floor, contact)


def leg_gone(floor: Floor, leg: str) -> None:
    """A channel of an agent's phone is hung up."""
    parting = floor.contacts.get(floor.parting.pop(leg, ContactId("")))
    if parting is not None and floor.deadlines.pending("parting", parting.id):
        parted(floor, parting)
    agent = floor.leg_owner.get(leg)
    if agent is None:
        return
    offer = floor.offers.get(agent.offer) if agent.offer else None
    if offer is not None and offer.leg == leg and offer.state is OfferState.ACCEPTED:
        offers.agent_part_over(floor, floor.contacts[offer.contact], None)
    elif offer is not None:
        callouts.leg_gone(floor, offer, leg)
    agents.leg_down(floor, agent, leg)
