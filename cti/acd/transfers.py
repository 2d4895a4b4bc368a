"""What does it mean when an agent sends his caller on: blind, or after talking to a colleague first (attended)?"""

from __future__ import annotations

from cti.acd import in_flow, offers, visits
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.model.changes import Changed, Kind
from cti.model.commands import StopRing
from cti.model.events import CallReplaced
from cti.model.words import ContactState, EndedBy, OfferState, Outcome, QueueName


def transferred(floor: Floor, contact: Contact, goto: str, leg: str) -> None:
    """The agent sent the caller elsewhere (blind transfer): his talk is over, the contact's is not."""
    accepted = [offer for offer in contact.offers if floor.offers[offer].state is OfferState.ACCEPTED]
    legs = [floor.offers[offer].leg for offer in accepted]
    if leg and any(known != leg and (known or contact.session) for known in legs):
        floor.late(contact.id, contact.state)  # of an earlier talk: the call has come back and talks again
        return
    if contact.agent is None:
        return
    contact.transferred = contact.sent_on = True
    floor.tell(
        Changed(
            Kind.TRANSFER,
            contact.id,
            "",
            "blind",
            floor.now,
            floor.cause,
            queue=contact.queue,
            agent=contact.agent,
            contact=contact.id,
            call=contact.call,
            goto=goto,
        )
    )
    offers.agent_part_over(floor, contact, EndedBy.TRANSFER)
    parting = floor.deadlines.pending("parting", contact.id)
    floor.deadlines.cancel("parting", contact.id)
    if (parting or not contact.session) and contact.state is ContactState.TALKING:
        visits.set_aside(floor, contact)


def replaced(floor: Floor, event: CallReplaced) -> None:
    """Attended transfer: the customer takes over the place or the talk that his agent held for him.

    It is the customer's contact that goes on, with its own `since`; the consultation's contact ends.
    """
    place, original = floor.by_call.get(event.call), floor.by_call.get(event.original)
    if original is None or place is original:
        floor.late(event.original, "")
        return
    if place is None:  # to a colleague, without us
        _tell_attended(floor, original, original.queue)
        offers.agent_part_over(floor, original, EndedBy.TRANSFER)
        return
    _tell_attended(floor, original, place.queue)
    offers.fail_all(floor, original, OfferState.WITHDRAWN)
    offers.agent_part_over(floor, original, EndedBy.TRANSFER)
    if original.visit_open:  # he waited himself: that place is given up for the one he takes over
        visits.close(floor, original, Leaving(Outcome.MERGED))
        if original.state is not ContactState.ASIDE:  # his session may have broken just before
            visits.set_aside(floor, original)
        floor.deadlines.cancel("ring", original.id)
    floor.deadlines.cancel("aside", original.id)
    talks = [floor.offers[offer] for offer in place.offers if floor.offers[offer].state is OfferState.ACCEPTED]
    ringing = place.state is ContactState.OFFERED and bool(place.offers)
    for offer in [floor.offers[offer] for offer in place.offers if floor.offers[offer].state is OfferState.RINGING]:
        floor.say(StopRing(original.call if event.session else place.call, (offer.id,)))
        offers.fail(floor, offer, OfferState.WITHDRAWN)
    waited = place.visit_open
    if waited:
        visits.close(floor, place, Leaving(Outcome.MERGED))
    if event.session:
        original.session, original.arrived_at, place.session = True, floor.now, False
    original.own_requires, original.preferred, original.tried = place.own_requires, place.preferred, {}
    original.announcing = place.announcing
    original.flow, original.flow_at, original.queued = place.flow, place.flow_at, original.queued or place.queued
    if talks:
        offers.take_over(floor, original, talks[0])
        if original.state is not ContactState.TALKING:
            floor.move_contact(original, ContactState.TALKING)
    in_a_flow = place.state is ContactState.IN_FLOW
    visits.end(floor, place)
    if in_a_flow:
        in_flow.taken_over(floor, original)
    if waited:
        original.visit += 1
        visits.enter(floor, original, place.queue, cause="transferred")
        if ringing:
            _wait_for_ring_end(floor, original)


def _wait_for_ring_end(floor: Floor, contact: Contact) -> None:
    """The session is still busy with the Dial that was taken back: in line again when it says so (RingEnded)."""
    floor.line.remove(contact)
    floor.arrived.discard(contact.id)
    floor.deadlines.cancel("announce", contact.id)
    floor.deadlines.set("ring", contact.id, floor.now + offers.RING_GRACE_S)
    floor.move_contact(contact, ContactState.OFFERED)


def _tell_attended(floor: Floor, contact: Contact, queue: QueueName) -> None:
    contact.transferred = True
    floor.tell(
        Changed(
            Kind.TRANSFER,
            contact.id,
            "",
            "attended",
            floor.now,
            floor.cause,
            queue=queue,
            agent=contact.agent,
            contact=contact.id,
            call=contact.call,
        )
    )
