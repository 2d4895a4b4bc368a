"""What may a supervisor do with a contact that waits? Move it, give it seconds of waiting, end its wait."""

from __future__ import annotations

from cti.acd import callouts, offers, standing, visits
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.overflow import is_closed
from cti.model.changes import Refused
from cti.model.events import ContactRequest
from cti.model.policy import Exit
from cti.model.words import ContactAction, ContactState, OfferState, Outcome, RefusedReason

_WAITS = (ContactState.WAITING, ContactState.OFFERED)


def request(floor: Floor, asked: ContactRequest) -> Refused | None:
    """Do what was asked for, or say why it cannot be done."""
    contact = floor.contacts.get(asked.contact)
    if contact is None:
        return Refused(RefusedReason.UNKNOWN_CONTACT, "it may have ended meanwhile")
    if contact.state not in _WAITS and not _may_while_dialling(contact, asked.action):
        return Refused(RefusedReason.NOT_WAITING, str(contact.state))
    match asked.action:
        case ContactAction.MOVE:
            return _move(floor, contact, asked)
        case ContactAction.PRIORITISE:
            _prioritise(floor, contact, asked.seconds, asked.by)
        case ContactAction.WITHDRAW:
            _leave(floor, contact, Leaving(Outcome.WITHDRAWN, Exit(), by=asked.by))
    return None


def _may_while_dialling(contact: Contact, action: ContactAction) -> bool:
    """Of a customer who is just being called: whom he is for stays as it is, what is in a line can be given seconds."""
    called = contact.state is ContactState.DIALLING
    return called and (action is ContactAction.WITHDRAW or (action is ContactAction.PRIORITISE and contact.visit_open))


def _move(floor: Floor, contact: Contact, asked: ContactRequest) -> Refused | None:
    if asked.queue is None or asked.queue not in floor.policy.queues:
        return Refused(RefusedReason.UNKNOWN_QUEUE, "queues: " + ", ".join(sorted(floor.policy.queues)))
    if asked.queue == contact.queue:
        return Refused(RefusedReason.ALREADY, asked.queue)
    rules, waiting = floor.policy.queues[asked.queue], floor.line.waiting(asked.queue)
    if is_closed(floor, asked.queue):
        return Refused(RefusedReason.QUEUE_CLOSED, asked.queue)
    if rules.max_waiting is not None and waiting >= rules.max_waiting:
        return Refused(RefusedReason.QUEUE_FULL, f"{asked.queue}: {waiting} wait there")
    _leave(floor, contact, Leaving(Outcome.MOVED, Exit(queue=asked.queue), by=asked.by))
    return None


def _prioritise(floor: Floor, contact: Contact, seconds: float, by: str) -> None:
    contact.own_head_start_s += seconds
    standing.placed_anew(floor, contact, seconds=seconds, by=by)


def _leave(floor: Floor, contact: Contact, leaving: Leaving) -> None:
    """Now; or, while a phone rings for it, as soon as that has been taken back."""
    if not contact.call:
        callouts.stop(floor, contact, leaving)
        return
    if contact.state is ContactState.WAITING:
        visits.leave(floor, contact, leaving)
        return
    contact.leaving = leaving
    for offer_id in list(contact.offers):
        if floor.offers[offer_id].state is OfferState.RINGING:
            offers.withdraw(floor, floor.offers[offer_id])
