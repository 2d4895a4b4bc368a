"""How do promised callbacks come onto the floor, and how does what happens there come back to them?

The book of promises (outbound/) knows no line, the floor (acd/) knows no promise: this module reads the floor's facts,
as every reader does, and asks for call-outs when a promise is due. It also answers, right before a phone rings, whether
it still may (Gate). What a fact means for a promise: promise_ends.py, promise_callers.py. Pure, like both of them.
"""

from __future__ import annotations

import msgspec

from cti.acd import callouts
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.calling.promise_callers import PromiseCallers
from cti.calling.promise_ends import PromiseEnds
from cti.calling.promise_line import PromiseLine, promise_of
from cti.model.changes import Changed, Kind, Refused
from cti.model.dialling import CallbackState, LeadId
from cti.model.events import AttemptForbidden, CallbackPromised, CallbackRequest
from cti.model.words import AttemptId, CallbackAction, ContactId, ContactState, Outcome, RefusedReason
from cti.outbound.callbacks import FORBIDDEN
from cti.outbound.promised import contact_of, of_attempt, of_contact


class Promises:
    """The promises of one centre. `floor.gate` is this."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._line = PromiseLine(floor)
        self._callers = PromiseCallers(floor, self._line)
        self._ends = PromiseEnds(floor, self._line, self._callers)
        self.book, self.air, self.history = self._line.book, self._line.air, self._line.history
        self.ways = self._line.ways
        self.read = 0  # of the outputs of the event under way
        floor.gate = self

    def follow_policy(self) -> None:
        """Go by the rules that hold from now on."""
        self._line.follow_policy()

    # --- what comes from outside --------------------------------------------------------------------------------------

    def promised(self, event: CallbackPromised) -> None:
        """A promise is in the store. Who waited when he asked for it keeps that time, and what he was looking for."""
        promise, floor = event.promise, self._floor
        if self.book.of(promise.id) is not None:
            floor.late(str(promise.id), promise.state)
            return
        self.history.hold(promise.number.number, event.history)
        self.history.drop(promise.number.number)  # remembered, until the book asks for it
        asker = floor.by_call.get(promise.call) if promise.call else None
        if asker is not None and not event.resumed:
            promise = msgspec.structs.replace(
                promise,
                since=asker.since if asker.queued else promise.since,
                requires=dict(asker.own_requires) or promise.requires,
                head_start_s=asker.own_head_start_s or promise.head_start_s,
                customer=asker.customer or promise.customer,
            )
        if event.resumed:
            self._line.changed(self.book.resumed(promise, floor.now))
            if promise.state is CallbackState.DIALLING and self.book.of(promise.id) is not None:
                self._line.open(promise)
                self._ends.go_on(promise)
        else:
            self._callers.given(promise, asker)

    def request(self, event: CallbackRequest) -> Refused | None:
        """A person takes a promise back, or wants it to be kept now."""
        promise = self.book.of(event.callback)
        if promise is None and event.action is CallbackAction.WITHDRAW and self._callers.take_back(event):
            return None
        if promise is None:
            return Refused(RefusedReason.UNKNOWN_CALLBACK, str(event.callback))
        match event.action:
            case CallbackAction.WITHDRAW:
                contact = self._floor.contacts.get(contact_of(promise))
                self._line.changed(self.book.withdraw(promise.id), by=event.by)
                if contact is not None and not contact.call:
                    callouts.stop(self._floor, contact, Leaving(Outcome.WITHDRAWN, by=event.by))
            case CallbackAction.NOW:
                if promise.state is not CallbackState.PROMISED:
                    return Refused(RefusedReason.ALREADY, promise.state.value)
                self._line.changed(self.book.hurry(promise.id, self._floor.now), by=event.by)
        return None

    def forbidden(self, event: AttemptForbidden) -> bool:
        """Right before the dial: his number is on a do-not-call list. False: that attempt is no promise's."""
        name = of_attempt(event.attempt)
        promise = self.book.of(name) if name is not None else None
        if name is None or promise is None:
            return name is not None
        contact = self._floor.contacts.get(contact_of(promise))
        self._line.changed(self.book.forbid(name))
        if contact is not None and not contact.call:
            callouts.stop(self._floor, contact, Leaving(Outcome.WITHDRAWN, reason=FORBIDDEN))
        return True

    def due(self) -> None:
        """The time of some promises has come."""
        self._line.due()

    def lost(self, name: LeadId) -> None:
        """An earlier process was dialling for it, and no node knows of that: nobody can tell what became of it."""
        self._ends.lost(name)

    def unseen(self) -> bool:
        """Whether a node has not said yet what goes on there: the customer may be on the phone with it."""
        return self._ends.unseen()

    # --- the gate: see acd/gate.py ------------------------------------------------------------------------------------

    def may_call(self, contact: Contact) -> bool:
        """Whether the customer may be called by now; he may have waited for an agent for an hour."""
        name = promise_of(contact)
        if name is None:
            return True
        planned = not contact.offers  # once an agent is kept for him he is called, whatever the trunk has left
        return (self._line.speaks_against(name) or (self._line.no_room(name) if planned else None)) is None

    def attempt(self, contact: Contact) -> AttemptId | None:
        """Return the attempt's name: from here on it counts. None: no promise of ours."""
        name = promise_of(contact)
        if name is None or self.book.of(name) is None:
            return None
        self._ends.begun(name)
        return self._line.dialling(name)

    # --- what the floor tells -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new event: its outputs are read from their beginning."""
        self.read = 0

    def follow(self) -> None:
        """Read what has been told since the last time."""
        if not self._line.any_open and not self._callers.asked_in and not self._callers.taken_over:
            self.read = len(self._floor.out)
        while self.read < len(self._floor.out):
            fact = self._floor.out[self.read]
            self.read += 1
            if not isinstance(fact, Changed):
                continue
            if fact.kind in (Kind.ATTEMPT, Kind.VISIT):
                self._fact(fact)
            elif fact.kind is Kind.CONTACT and fact.contact in self._callers.asked_in:
                self._callers.asker_moved(fact.contact, fact.new)
            elif fact.kind is Kind.CONTACT and fact.new == ContactState.TALKING and fact.contact is not None:
                self._ends.talks(fact.contact)

    def _fact(self, fact: Changed) -> None:
        if fact.kind is Kind.ATTEMPT:
            self._ends.attempt(fact)
        elif (name := of_contact(fact.contact or ContactId(""))) is not None:
            if fact.call is not None:
                self._ends.there(name)
            if fact.old == "waiting" and fact.new != Outcome.MOVED:
                self._ends.visit_over(name, Outcome(fact.new), fact.reason or "")
        elif fact.new == "waiting" and fact.caller and not fact.outbound:
            self._callers.called_in(fact)
        elif fact.contact in self._callers.taken_over:
            self._callers.served(fact.contact, Outcome(fact.new))
