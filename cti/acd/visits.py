"""How does a contact enter a queue, wait there, and leave it? Exactly one outcome for every visit."""

from __future__ import annotations

from cti.acd import agents, announcing, beside, in_flow, standing, telling
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.acd.overflow import anybody_there, closes_at, turned_away
from cti.model import policy
from cti.model.changes import Changed, Kind
from cti.model.commands import Release, SaveTicket, StartMusic
from cti.model.words import ContactState, Outcome, QueueName

ASIDE_LIMIT_S = 3600.0  # a contact set aside on a node that never comes back is given up after so long
FALLBACK = "cti-fallback,s,1"


def enter(
    floor: Floor,
    contact: Contact,
    queue: QueueName,
    *,
    cause: str | None = None,
    resumed: bool = False,
    full: frozenset[QueueName] = frozenset(),
    by: str | None = None,
) -> None:
    """Put the contact into `queue`. `resumed`: it stood there before we were started, and keeps its time in it.

    `full` are the queues that were full just now: overflow never goes round in a circle. `by`: who wanted it there.
    """
    rules = floor.policy.queues[queue]
    contact.queue, contact.agent, contact.queued = queue, None, True
    contact.transferred = contact.sent_on = False
    standing.weigh(rules, contact)
    floor.dials.moved(contact)
    if not resumed and not contact.call:
        contact.entered_at = floor.now
    elif not resumed:
        again = floor.redials.since(queue, contact.caller, floor.now) if contact.visit == 1 else None
        contact.since = contact.since if again is None else min(again, contact.since)
        contact.entered_at = floor.now
        contact.told_wait_s = None
        contact.side_offered = False
    no_room = rules.max_waiting is not None and floor.line.callers(queue) >= rules.max_waiting and not resumed
    if contact.state is not ContactState.WAITING:
        floor.move_contact(contact, ContactState.WAITING, cause)
    standing.stand(floor, contact)
    position = floor.line.position(contact)
    if not resumed or not contact.original_position:
        contact.original_position = position
    contact.visit_open = True
    _tell_visit(floor, contact, "", "waiting", position=position, cause=cause, by=by)
    expected = telling.expected(floor, contact, position)
    contact.expected_p90_s = expected.p90_s if expected is not None and not resumed else None
    away = None if resumed else turned_away(floor, contact, no_room, expected)
    if away is not None and not away[1].keep_place:
        why, exit_to = away
        if exit_to.queue is not None and exit_to.queue in full | {queue}:
            exit_to = policy.Exit(goto=FALLBACK)
        leave(floor, contact, Leaving(Outcome.OVERFLOWED, exit_to, reason=why), full=full | {queue})
        return
    if contact.call:
        floor.say(SaveTicket(contact.call, contact.ticket()))
        floor.say(StartMusic(contact.call, rules.music))
    first_after_s = announcing.interval(rules.announce, contact.customer)[0] if rules.announce is not None else 0.0
    _set_deadlines(floor, contact, first_after_s)
    if away is not None:
        beside.begin(floor, contact, away[1].flow or "")


def _set_deadlines(floor: Floor, contact: Contact, announce_after_s: float) -> None:
    _set_patience(floor, contact)
    telling.come_back(floor, contact, announce_after_s)
    beside.offer_later(floor, contact)


def _set_patience(floor: Floor, contact: Contact) -> None:
    patience_ends_at, _ = max_wait(floor, contact)
    if patience_ends_at is not None:
        floor.deadlines.set("max_wait", contact.id, patience_ends_at)
    else:
        floor.deadlines.cancel("max_wait", contact.id)
    closing_at = closes_at(floor, contact.queue)
    if closing_at is not None:
        floor.deadlines.set("closing", contact.id, closing_at)
    else:
        floor.deadlines.cancel("closing", contact.id)


def max_wait(floor: Floor, contact: Contact) -> tuple[float | None, policy.Exit]:
    """Until when (epoch seconds; None: for ever) it may wait in its queue, and where it goes then.

    A customer whom we have called waits from the moment when he answered; there, as long as his call-out says.
    Until then he sits at home.
    """
    rules = floor.policy.queues[contact.queue]
    callout = contact.callout
    begins = max(contact.entered_at, contact.called_at)
    if not contact.call:
        return None, rules.on_max_wait
    if callout is not None and callout.max_wait_s is not None and contact.entered_at <= contact.called_at:
        return begins + callout.max_wait_s, callout.on_max_wait
    return (None if rules.max_wait_s is None else begins + rules.max_wait_s), rules.on_max_wait


def timed_out(floor: Floor, contact: Contact) -> None:
    """It has waited for as long as it may."""
    leave(floor, contact, Leaving(Outcome.TIMED_OUT, max_wait(floor, contact)[1]))


def back_in_line(floor: Floor, contact: Contact) -> None:
    """The offer came to nothing: same place, same `since`, whoever was tried left out for a while."""
    floor.deadlines.cancel("ring", contact.id)
    floor.deadlines.cancel("ring_more", contact.id)
    contact.agent = None
    contact.announcing = False
    kept, contact.kept = contact.kept, []
    contact.rung_at_once = len(kept) + 1
    agents.let_go(floor, kept)
    floor.move_contact(contact, ContactState.WAITING)
    standing.stand(floor, contact)
    if not contact.session:
        set_aside(floor, contact)
        return
    waits_on(floor, contact)


def waits_on(floor: Floor, contact: Contact) -> None:
    """It stands in the line, on the phone: may it stay there?"""
    floor.say(SaveTicket(contact.call, contact.ticket()))
    rules = floor.policy.queues[contact.queue]
    _set_deadlines(floor, contact, telling.every_s(rules, contact))
    patience_ends_at, _ = max_wait(floor, contact)
    if contact.leaving is not None:
        leave(floor, contact, contact.leaving)
    elif rules.on_nobody is not None and not anybody_there(floor, contact):  # the last one left while it rang
        leave(floor, contact, Leaving(Outcome.OVERFLOWED, rules.on_nobody, reason="nobody"))
    elif patience_ends_at is not None and floor.now >= patience_ends_at:
        timed_out(floor, contact)


def restart_music(floor: Floor, contact: Contact) -> None:
    """Its session stands anew, and hears nothing yet."""
    if contact.state is not ContactState.WAITING:
        return  # its maximum wait was over: it has left the line already
    floor.say(StartMusic(contact.call, floor.policy.queues[contact.queue].music))


def deadlines_anew(floor: Floor, contact: Contact, *, patience: bool, announce: bool, offers: bool) -> None:
    """Its queue has other rules: for how long it may wait, when it is told something, or is offered something else."""
    if contact.stands_in is None and (contact.state is not ContactState.WAITING or contact.call):
        return
    if patience:
        _set_patience(floor, contact)
    if announce:
        telling.come_back(floor, contact, telling.every_s(floor.policy.queues[contact.queue], contact))
    if offers:
        beside.offer_later(floor, contact)


def leave(
    floor: Floor,
    contact: Contact,
    leaving: Leaving,
    *,
    full: frozenset[QueueName] = frozenset(),
) -> None:
    """Leave the line: to another queue (keeping `since`), to a place in the dialplan, or with a good-bye."""
    close(floor, contact, leaving)
    to = leaving.to
    if to.queue is not None:
        contact.visit += 1
        enter(floor, contact, QueueName(to.queue), full=full, by=leaving.by)
        return
    if not contact.call:  # nobody is there to hear anything, or to be sent anywhere
        end(floor, contact)
        return
    if to.flow is not None:
        contact.flow, contact.flow_at = to.flow, ""
        in_flow.run(floor, contact)
        return
    back = leaving.outcome is not Outcome.WITHDRAWN
    release(floor, contact, Release(contact.call, to.play, to.goto or ""), in_flow.outcome_of(leaving) if back else "")


def close(floor: Floor, contact: Contact, leaving: Leaving, *, offer: Offer | None = None) -> None:
    """End the visit with its one outcome; the contact stands in no line any more."""
    position = floor.line.position(contact)
    contact.leaving, contact.beside = None, ""
    floor.line.remove(contact)
    for what in ("max_wait", "closing", "announce", "widen", "offer_flow"):
        floor.deadlines.cancel(what, contact.id)
    if not floor.line.waiting(contact.queue):
        floor.estimate.emptied(contact.queue)
    if contact.visit_open:
        contact.visit_open = False
        if leaving.outcome in (Outcome.ANSWERED, Outcome.ABANDONED) and not contact.outbound:
            wait_s = offer.wait_s if offer is not None else floor.now - contact.entered_at
            gave_up = leaving.outcome is Outcome.ABANDONED
            within_s = floor.policy.queues[contact.queue].redial_within_s if gave_up else 0.0
            if within_s:
                floor.redials.gave_up(contact.queue, contact.caller, contact.since, floor.now + within_s)
            floor.estimate.left(
                contact.queue, wait_s, gave_up=gave_up, told_p90_s=contact.expected_p90_s, wants=contact.requires
            )
        _tell_visit(floor, contact, "waiting", leaving.outcome, position=position, offer=offer, leaving=leaving)


def _tell_visit(
    floor: Floor,
    contact: Contact,
    old: str,
    new: str,
    *,
    position: int,
    cause: str | None = None,
    offer: Offer | None = None,
    leaving: Leaving | None = None,
    by: str | None = None,
) -> None:
    floor.tell(
        Changed(
            Kind.VISIT,
            f"{contact.id}/{contact.visit}",
            old,
            new,
            floor.now,
            cause or floor.cause,
            queue=contact.queue,
            agent=offer.agent if offer else None,
            contact=contact.id,
            call=contact.call or None,
            outbound=contact.outbound,
            offer=offer.id if offer else None,
            leg=offer.leg if offer else None,
            wait_s=offer.wait_s if offer else floor.now - contact.entered_at,
            ring_s=offer.accepted_at - offer.made_at if offer else None,
            position=position,
            original_position=contact.original_position,
            key=leaving.key if leaving else None,
            reason=leaving.reason if leaving else None,
            by=leaving.by if leaving else by,
            expected_p90_s=contact.expected_p90_s,
            caller=contact.caller,
            since=contact.entered_at,
            order_at=contact.since - contact.head_start_s,
            sought=contact.told_sought if new == "waiting" else None,
        )
    )


def set_aside(floor: Floor, contact: Contact) -> None:
    """The call takes no commands now. It comes back with its ticket, or its Hangup (or a reconciliation) ends it."""
    floor.line.remove(contact)
    contact.beside = ""
    floor.deadlines.set("aside", contact.id, floor.now + ASIDE_LIMIT_S)
    floor.move_contact(contact, ContactState.ASIDE)


def release(floor: Floor, contact: Contact, command: Release, outcome: str = "") -> None:
    """We are done with it; or its flow goes on, if it came from one and is not sent elsewhere (`outcome` tells how)."""
    if contact.flow and outcome and not (command.goto or command.prompts):
        in_flow.run(floor, contact, outcome=outcome)
        return
    floor.let_go(contact.call, contact.entry, command)
    end(floor, contact)


def end(floor: Floor, contact: Contact) -> None:
    floor.move_contact(contact, ContactState.ENDED)
    floor.forget(contact)
