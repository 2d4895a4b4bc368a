"""What happens when a rule of ours breaks, and to whom? The call concerned goes to the fallback; all others go on.

Works without the tables and without trusting any state of the contact: it may be half-moved.
"""

from __future__ import annotations

from functools import cache

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.visits import FALLBACK
from cti.model.changes import Changed, Kind
from cti.model.commands import CancelCall, DismissAgent, Release
from cti.model.events import AnyEvent
from cti.model.words import Activity, AttemptId, ContactId, ContactState, Outcome


def concerned(floor: Floor, event: AnyEvent) -> ContactId | None:
    """The contact that an event is about: by its call, its offer, or the agent whose leg it is."""
    said = {name: getattr(event, name) for name in _names(type(event))}
    contact_id: ContactId | None = said.get("contact")
    if contact_id is not None:
        return contact_id if contact_id in floor.contacts else None
    attempt = floor.dials.air.get(said.get("attempt") or AttemptId(""))
    if attempt is not None:
        return attempt.contact if attempt.contact in floor.contacts else None
    call = said.get("call")
    if call is not None:
        contact = floor.by_call.get(call)
        return contact.id if contact else None
    offer_id = said.get("offer")
    leg = said.get("leg")
    if offer_id is None and leg is not None:
        agent = floor.leg_owner.get(leg)
        offer_id = agent.offer if agent else None
    offer = floor.offers.get(offer_id) if offer_id else None
    return offer.contact if offer else None


@cache
def _names(event: type[AnyEvent]) -> tuple[str, ...]:
    """By what events of this kind name somebody: every event is asked, and a field that is not there costs most."""
    return tuple(name for name in ("contact", "attempt", "call", "offer", "leg") if name in event.__struct_fields__)


def contain(floor: Floor, bug: Exception, contact_id: ContactId | None) -> bool:
    """Tell the bug, give its contact back to the dialplan, put its agents right. False if no contact is known."""
    told = Changed(Kind.BUG, str(contact_id or ""), "", type(bug).__name__, floor.now, floor.cause, reason=_place(bug))
    floor.tell(told)
    contact = floor.contacts.get(contact_id) if contact_id else None
    if contact is None:
        return False
    for agent in floor.agents.values():
        offer = floor.offers.get(agent.offer) if agent.offer else None
        if offer is not None and offer.contact == contact.id:
            agent.offer = None
            _idle(floor, agent)
    for offer_id in [offer.id for offer in floor.offers.values() if offer.contact == contact.id]:
        if contact.node and not contact.call:
            floor.say(DismissAgent(contact.node, offer_id))
        del floor.offers[offer_id]
    if contact.call:
        floor.say(Release(contact.call, (), FALLBACK))
    if contact.attempt is not None and contact.attempt in floor.dials.air:
        floor.say(CancelCall(contact.attempt, floor.dials.air[contact.attempt].node))
    _end(floor, contact)
    return True


def _idle(floor: Floor, agent: Agent) -> None:
    old, agent.activity, agent.activity_since = agent.activity, Activity.IDLE, floor.now
    agent.idle_since = floor.now
    floor.deadlines.cancel("wrapup", agent.id)
    floor.tell(Changed(Kind.ACTIVITY, agent.id, old, Activity.IDLE, floor.now, "bug", agent=agent.id))
    floor.refresh(agent)


def _end(floor: Floor, contact: Contact) -> None:
    if contact.visit_open:
        _tell(floor, contact, Kind.VISIT, f"{contact.id}/{contact.visit}", "waiting", Outcome.LOST)
    _tell(floor, contact, Kind.CONTACT, contact.id, contact.state, ContactState.ENDED)
    contact.state = ContactState.ENDED
    floor.forget(contact)


def _tell(floor: Floor, contact: Contact, kind: Kind, entity: str, old: str, new: str) -> None:
    floor.tell(
        Changed(
            kind,
            entity,
            old,
            new,
            floor.now,
            "bug",
            queue=contact.queue,
            contact=contact.id,
            call=contact.call or None,
            wait_s=floor.now - contact.entered_at,
        )
    )


def _place(bug: Exception) -> str:
    """File and line of a bug; never its message, which may hold personal data."""
    trace = bug.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
