"""What does it mean that a customer whom we called has answered, or has not?

Once he has answered, he is a caller with a session, like any other.
"""

from __future__ import annotations

from cti.acd import attempts, callouts, in_flow, offers, standing, visits
from cti.acd.agent import Agent
from cti.acd.contact import Contact, Leaving
from cti.acd.dialling import Attempt, attempt_of
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model.commands import Join, LeaveMessage, Release, Ring, RingLeg, SaveTicket
from cti.model.events import CallArrived
from cti.model.ticket import possible_since
from cti.model.words import Activity, AttemptId, CallId, ContactId, ContactState, DialResult, Heard, OfferState, Outcome

AGAIN = (DialResult.CANCELLED, DialResult.NOT_DIALLED)  # nobody was reached because we did not want to any more


def ended(floor: Floor, attempt: Attempt, result: DialResult, *, gone: bool = False) -> None:
    """Nobody was reached by it. `gone`: somebody had picked up."""
    contact = attempts.end(floor, attempt, result, gone=gone)
    if contact is None:
        return
    if contact.state is ContactState.WAITING and result in AGAIN:  # his agent had left: in line again for another one
        floor.dials.loosen(contact)
    elif contact.state in (ContactState.WAITING, ContactState.DIALLING):
        callouts.not_reached(floor, contact, result)


def overdue(floor: Floor, attempt: Attempt) -> None:
    """Long past its ring time-out, and no word: nobody can tell what became of it. If it lives, it shall stop."""
    floor.repair("attempt_lost", attempt.id, "nothing was heard of an attempt for too long", node=attempt.node)
    attempts.take_back(floor, attempt)
    ended(floor, attempt, DialResult.UNKNOWN)


def hung_up(floor: Floor, attempt: Attempt) -> None:
    """He answered, and was gone before he was in our hands; or our order to take the call back has hit him."""
    if attempt.cancelled:
        ended(floor, attempt, DialResult.CANCELLED, gone=True)
        return
    contact = attempts.end(floor, attempt, DialResult.HUMAN, gone=True)
    if contact is None or contact.call:
        return
    for offer_id in list(contact.offers):
        callouts.drop(floor, contact, floor.offers[offer_id], OfferState.ABANDONED)
    if contact.visit_open:
        visits.close(floor, contact, Leaving(Outcome.ABANDONED))
    visits.end(floor, contact)


def talks(floor: Floor, call: CallId) -> None:
    """A customer whom another process has called talks to an agent: found by a snapshot."""
    attempt = floor.dials.air.get(attempt_of(call) or AttemptId(""))
    if attempt is not None:
        attempts.answered(floor, attempt)
        attempts.end(floor, attempt, DialResult.HUMAN)


# --- he has answered ---------------------------------------------------------------------------------------------


def arrived(floor: Floor, event: CallArrived) -> bool:
    """A customer whom we have called is in our hands. False: we have died meanwhile, and his ticket says all."""
    attempt = floor.dials.air.get(event.attempt) if event.attempt is not None else None
    named = event.ticket.contact if event.ticket is not None else ContactId("")
    contact = floor.contacts.get(attempt.contact if attempt is not None and not attempt.found else named)
    machine = event.heard is Heard.MACHINE and not _on_trial(contact)
    ours = attempt is not None and contact is not None and contact.attempt == attempt.id
    if attempt is not None:
        attempts.answered(floor, attempt)
        attempt.heard = f"{event.heard} {event.heard_why}".strip()
        attempts.end(floor, attempt, DialResult.MACHINE if machine else DialResult.HUMAN)
    if event.attempt is not None and floor.dials.is_gone(event.attempt):  # his hang-up has overtaken him
        floor.let_go(event.call, event.entry, Release(event.call))
    elif contact is None and not machine and (attempt is None or attempt.found) and not floor.dials.is_stopped(named):
        if event.ticket is not None:
            return False
        floor.repair("no_ticket", event.call, "a customer whom we called is unknown here: he went to the fallback")
        floor.let_go(event.call, event.entry, Release(event.call, (), visits.FALLBACK))
    elif machine:
        _machine(floor, event, contact if ours else None)
    elif contact is None or contact.call:  # nobody wants him any more: he called us himself, or somebody said stop
        floor.let_go(event.call, event.entry, Release(event.call))
    else:
        _customer_there(floor, contact, event, ours=ours)
    return True


def _on_trial(contact: Contact | None) -> bool:
    """Whether what seems to be a machine is taken for a person all the same: agents shall say what it was."""
    return contact is not None and contact.callout is not None and contact.callout.on_machine.as_person


def _machine(floor: Floor, event: CallArrived, contact: Contact | None) -> None:
    plan = contact.callout.on_machine if contact is not None and contact.callout is not None else None
    if plan is not None and plan.prompts:
        floor.let_go(event.call, event.entry, LeaveMessage(event.call, plan.prompts, plan.beep_wait_s))
    else:
        floor.let_go(event.call, event.entry, Release(event.call))
    if contact is not None:
        callouts.not_reached(floor, contact, DialResult.MACHINE)


def _customer_there(floor: Floor, contact: Contact, event: CallArrived, *, ours: bool) -> None:
    """`ours`: by the attempt that its agent, if one is kept, waits for."""
    attempts.cancel(floor, contact)
    _give_call(floor, contact, event)
    offer = floor.offers[contact.offers[0]] if contact.offers else None
    agent = floor.agents[offer.agent] if offer is not None else None
    if offer is not None and agent is not None:
        if ours and callouts.agent_first(contact) and offer.state is OfferState.DIALLING:
            floor.say(SaveTicket(contact.call, contact.ticket()))
            floor.say(Join(contact.call, offer.id))
            offers.accept(floor, offer)
            return
        if ours and not agent.legs and offer.state is OfferState.DIALLING:
            _ring(floor, contact, offer, agent)
            return
        callouts.drop(floor, contact, offer, OfferState.WITHDRAWN)
    if not contact.visit_open and contact.flow:
        in_flow.run(floor, contact)
    elif not contact.visit_open:
        waited = event.ticket is not None and event.ticket.queued  # an earlier process had him in the line
        contact.since = (
            possible_since(event.ticket.since, floor.now) if event.ticket is not None and waited else floor.now
        )
        visits.enter(floor, contact, contact.queue)
    else:
        _into_line(floor, contact)


def _give_call(floor: Floor, contact: Contact, event: CallArrived) -> None:
    floor.line.remove(contact)
    floor.dials.left(contact)
    contact.call, contact.node, contact.session, contact.entry = event.call, event.node, True, event.entry
    contact.arrived_at = contact.called_at = floor.now
    floor.by_call[contact.call] = contact
    floor.dials.came(contact)


def _ring(floor: Floor, contact: Contact, offer: Offer, agent: Agent) -> None:
    """The customer was called first, and now the agent's phone rings for him."""
    rules = floor.policy.queues[contact.queue]
    offer.made_at = contact.rung_at = floor.now
    floor.move_offer(offer, OfferState.RINGING)
    floor.move_activity(agent, Activity.RINGING, offer=offer)
    floor.move_contact(contact, ContactState.OFFERED)
    floor.deadlines.set("ring", contact.id, floor.now + rules.ring_timeout_s + offers.RING_GRACE_S)
    floor.say(SaveTicket(contact.call, contact.ticket()))
    music = rules.music if rules.while_ringing == "music" else ""
    leg, auto = RingLeg(offer.id, agent.dial(contact.node)), offers.answers_by_itself(contact, agent)
    floor.say(Ring(contact.call, (leg,), rules.ring_timeout_s, music, auto))


def _into_line(floor: Floor, contact: Contact) -> None:
    """No agent is kept for him (any more): he waits like every other caller, since when he does."""
    if contact.state is not ContactState.WAITING:
        visits.back_in_line(floor, contact)
    else:
        standing.stand(floor, contact)
        visits.waits_on(floor, contact)
    visits.restart_music(floor, contact)
