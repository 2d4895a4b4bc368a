"""How do promised callbacks come onto the floor, and how does what happens there come back to them?

The book of promises (outbound/) knows no line, the floor (acd/) knows no promise: this module reads the floor's facts,
as every reader does, and asks for call-outs when a promise is due. It also answers, right before a phone rings, whether
it still may (Gate). Pure, like both of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cti.acd import callouts, standing
from cti.acd.contact import Contact, Leaving
from cti.acd.dialling import key
from cti.acd.floor import Floor
from cti.model.books import KeepPromise
from cti.model.changes import Changed, Kind, Refused
from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, LeadId, Rule
from cti.model.events import AttemptForbidden, CallbackPromised, CallbackRequest, CalloutDue
from cti.model.promise import Promise
from cti.model.words import (
    AgentId,
    AttemptId,
    CallbackAction,
    ContactId,
    ContactState,
    DialResult,
    Outcome,
    QueueName,
    RefusedReason,
)
from cti.outbound.air import Air
from cti.outbound.callbacks import CALLBACKS, FORBIDDEN, CallbackBook
from cti.outbound.callout_of import callout_of_promise
from cti.outbound.came import CAME
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.history import History
from cti.outbound.lead import attempt_id
from cti.outbound.promised import attempt_told, contact_of, newest_attempt, of_attempt, of_contact, told
from cti.outbound.shown_numbers import ShownNumbers
from cti.outbound.verdict import Reason

BACK_S = 60.0  # a promise that its queue has turned away comes again so soon
AFTER_START_S = 15.0  # so long after a start an attempt of another process may still be found on a node
UNSEEN_S = 3600.0  # so long after a dial its node may be away before we call again


Came = tuple[DialResult | None, Outcome | None]  # of the dial, of the visit


class Outgoing:
    """The promises of one centre. `floor.gate` is this."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        outbound = floor.policy.outbound
        self.air, self.history = Air(), History()  # campaigns have the same ones
        self._numbers = ShownNumbers(outbound.callbacks, outbound)
        self.book = CallbackBook(outbound.callbacks, outbound, self.air, self.history)
        self._keys: dict[str, dict[LeadId, None]] = {}  # open promises by number, as callers show it
        self._states: dict[LeadId, CallbackState] = {}
        self._asked_in: dict[ContactId, list[Promise]] = {}  # promises whose customer is still on the phone with us
        self._taken_over: dict[ContactId, Promise] = {}  # by the caller who has their place now, and may give it up
        self._came: dict[LeadId, Came] = {}  # what was told so far of the try that is being made
        self._left: dict[LeadId, None] = {}  # by an earlier process, with a try of which nothing was told yet
        self.read = 0  # of the outputs of the event under way
        floor.gate = self

    def follow_policy(self) -> None:
        """Go by the rules that hold from now on."""
        outbound = self._floor.policy.outbound
        self._numbers.follow(outbound.callbacks, outbound)
        self.book.follow(outbound.callbacks, outbound, DoNotCall(outbound.do_not_call))
        for promise in self.book.open():
            contact = self._floor.contacts.get(contact_of(promise))
            if contact is not None and contact.queue not in self._floor.policy.queues:  # it comes again, see _into_line
                self._out_of_line(promise, Leaving(Outcome.NOT_REACHED, reason="queue"))

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
            self._changed(self.book.resumed(promise, floor.now))
            if promise.state is CallbackState.DIALLING and self.book.of(promise.id) is not None:
                self._states[promise.id] = promise.state
                self._know(promise)
                self._go_on(promise)
        else:
            self._given(promise, asker)

    def _go_on(self, promise: Promise) -> None:
        """An earlier process has made its try: what came of that is known, or will be told, or nobody can tell."""
        result = promise.tries[-1].result
        if result is None or result is AttemptResult.ANSWERED:  # who has answered may be in the line, or talk
            if result is None:
                self._left[promise.id] = None
            else:
                self._came[promise.id] = (DialResult.HUMAN, None)
            self._floor.deadlines.set("found", str(promise.id), self._floor.now + AFTER_START_S)
            self._set_timer()
        else:
            self._over(promise.id, result)

    def _needless(self, promise: Promise) -> Promise | None:
        """Who gave up was promised nothing: he needs no call where he has a promise, or has called again already."""
        known = self.book.of_number(promise.number.number)
        if known:
            return msgspec.structs.replace(promise, state=CallbackState.MERGED, merged_into=known[0].id)
        if any(self._floor.dials.callers(number) for number in _keys(promise)):
            return msgspec.structs.replace(promise, state=CallbackState.MERGED, reason="called in")
        return None

    def _given(self, promise: Promise, asker: Contact | None) -> None:
        """Where the customer is still on the phone with us, his promise begins when that call ends."""
        needless = self._needless(promise) if promise.kind is CallbackKind.ABANDONED else None
        if needless is not None:
            self._changed([needless])
            return
        if asker is None:
            self._changed(self.book.promise(promise, self._floor.now))
            return
        if asker.state is ContactState.TALKING:  # his turn came meanwhile
            self._changed([msgspec.structs.replace(promise, state=CallbackState.MERGED, reason="talked")])
            return
        asker.promised = True
        self._asked_in.setdefault(asker.id, []).append(promise)
        self._floor.ask_books(KeepPromise(promise))  # should we die, it begins at once

    def request(self, event: CallbackRequest) -> Refused | None:
        """A person takes a promise back, or wants it to be kept now."""
        promise = self.book.of(event.callback)
        if promise is None and event.action is CallbackAction.WITHDRAW and self._not_begun(event):
            return None
        if promise is None:
            return Refused(RefusedReason.UNKNOWN_CALLBACK, str(event.callback))
        match event.action:
            case CallbackAction.WITHDRAW:
                contact = self._floor.contacts.get(contact_of(promise))
                self._changed(self.book.withdraw(promise.id), by=event.by)
                if contact is not None and not contact.call:
                    callouts.stop(self._floor, contact, Leaving(Outcome.WITHDRAWN, by=event.by))
            case CallbackAction.NOW:
                if promise.state is not CallbackState.PROMISED:
                    return Refused(RefusedReason.ALREADY, promise.state.value)
                self._changed(self.book.hurry(promise.id, self._floor.now), by=event.by)
        return None

    def forbidden(self, event: AttemptForbidden) -> bool:
        """Right before the dial: his number is on a do-not-call list. False: that attempt is no promise's."""
        name = of_attempt(event.attempt)
        promise = self.book.of(name) if name is not None else None
        if name is None or promise is None:
            return name is not None
        contact = self._floor.contacts.get(contact_of(promise))
        self._changed(self.book.forbid(name))
        if contact is not None and not contact.call:
            callouts.stop(self._floor, contact, Leaving(Outcome.WITHDRAWN, reason=FORBIDDEN))
        return True

    def _not_begun(self, event: CallbackRequest) -> bool:
        """Take back what has been asked for in a call that goes on."""
        for asker, promises in self._asked_in.items():
            for promise in promises:
                if promise.id == event.callback:
                    promises.remove(promise)
                    self._floor.contacts[asker].promised = bool(promises)  # else he gives up, should he hang up now
                    self._changed([msgspec.structs.replace(promise, state=CallbackState.WITHDRAWN)], by=event.by)
                    return True
        return False

    def due(self) -> None:
        """The time of some promises has come."""
        for promise in self.book.due(self._floor.now):
            self._changed([promise])
            if promise.state is CallbackState.IN_LINE:
                self._into_line(promise)
            else:
                self._out_of_line(promise, Leaving(Outcome.WITHDRAWN, reason=promise.reason))
        self._set_timer()

    def lost(self, name: LeadId) -> None:
        """An earlier process was dialling for it, and no node knows of that: nobody can tell what became of it."""
        promise, floor = self.book.of(name), self._floor
        if promise is not None and promise.state is CallbackState.DIALLING:
            if self.unseen() and floor.now < promise.tries[-1].at + UNSEEN_S:
                floor.deadlines.set("found", str(name), floor.now + AFTER_START_S)
            elif newest_attempt(promise) in floor.dials.air or contact_of(promise) in floor.contacts:
                return
            elif promise.tries[-1].result is AttemptResult.ANSWERED:
                self._over(name, AttemptResult.ANSWERED)
            else:
                floor.tell(attempt_told(promise, DialResult.UNKNOWN, floor.now, floor.cause))

    def unseen(self) -> bool:
        """Whether a node has not said yet what goes on there: the customer may be on the phone with it."""
        nodes = self._floor.nodes
        return self._floor.settling or not nodes or not all(nodes.values())

    # --- the gate: see acd/gate.py ------------------------------------------------------------------------------------

    def may_call(self, contact: Contact) -> bool:
        """Whether the customer may be called by now; he may have waited for an agent for an hour."""
        name = _promise_of(contact)
        return name is None or self._speaks_against(name) is None

    def attempt(self, contact: Contact) -> AttemptId | None:
        """Return the attempt's name: from here on it counts. None: no promise of ours."""
        name = _promise_of(contact)
        if name is None or self.book.of(name) is None:
            return None
        attempt, promise = self.book.dialling(name, self._floor.now)
        self._numbers.shown(name)
        self._came.pop(name, None)
        self._changed([promise])
        return AttemptId(attempt)

    def _speaks_against(self, name: LeadId) -> Reason | None:
        return self.book.may_dial(name, self._floor.now)

    # --- what the floor tells -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new event: its outputs are read from their beginning."""
        self.read = 0

    def follow(self) -> None:
        """Read what has been told since the last time."""
        if not self._states and not self._asked_in and not self._taken_over:
            self.read = len(self._floor.out)
        while self.read < len(self._floor.out):
            fact = self._floor.out[self.read]
            self.read += 1
            if not isinstance(fact, Changed):
                continue
            if fact.kind in (Kind.ATTEMPT, Kind.VISIT):
                self._fact(fact)
            elif fact.kind is Kind.CONTACT and fact.contact in self._asked_in:
                self._asker_moved(fact.contact, fact.new)
            elif fact.kind is Kind.CONTACT and fact.new == ContactState.TALKING and fact.contact is not None:
                self._talks(fact.contact)

    def _fact(self, fact: Changed) -> None:
        if fact.kind is Kind.ATTEMPT:
            self._attempt(fact)
        elif (name := of_contact(fact.contact or ContactId(""))) is not None:
            if fact.call is not None:
                self._there(name)
            if fact.old == "waiting" and fact.new != Outcome.MOVED:
                self._visit_over(name, Outcome(fact.new), fact.reason or "")
        elif fact.new == "waiting" and fact.caller and not fact.outbound:
            self._called_in(fact)
        elif fact.contact in self._taken_over:
            self._served(fact.contact, Outcome(fact.new))

    def _attempt(self, fact: Changed) -> None:
        name = of_attempt(fact.id)
        promise = self.book.of(name) if name is not None else None
        if name is None or promise is None or fact.id != newest_attempt(promise):
            return
        self._left.pop(name, None)
        if fact.new in DialResult.__members__.values():
            self._weigh(name, dial=DialResult(fact.new))

    def _there(self, name: LeadId) -> None:
        """The customer is on the phone with us. Of one whom an earlier process had called, nothing else may tell it."""
        promise = self.book.of(name)
        if promise is not None and name in self._left and newest_attempt(promise) not in self._floor.dials.air:
            del self._left[name]
            self._floor.tell(attempt_told(promise, DialResult.HUMAN, self._floor.now, self._floor.cause))

    def _weigh(self, name: LeadId, *, dial: DialResult | None = None, visit: Outcome | None = None) -> None:
        """Something more is known of the try that is being made: perhaps all."""
        promise = self.book.of(name)
        if promise is None or promise.state is not CallbackState.DIALLING:
            return
        before = self._came.get(name, (None, None))
        came = self._came[name] = (dial or before[0], visit or before[1])
        result = CAME[came]
        if result is not None:
            self._over(name, result)
        else:
            self._over_if_unwanted(name)

    def _asker_moved(self, asker: ContactId, new: str) -> None:
        if new == ContactState.TALKING:  # his turn came before he had hung up: he needs no callback any more
            for promise in self._asked_in.pop(asker):
                self._changed([msgspec.structs.replace(promise, state=CallbackState.MERGED, reason="talked")])
        elif new == ContactState.ENDED:
            for promise in self._asked_in.pop(asker):
                self._changed(self.book.promise(promise, self._floor.now))

    def _served(self, caller: ContactId, outcome: Outcome) -> None:
        """Who called in himself has left the line. Has he given up, his promise holds as before."""
        if outcome is Outcome.MOVED:
            return
        promise = self._taken_over.pop(caller)
        if outcome is Outcome.ABANDONED:
            due_at = self._floor.now + BACK_S
            again = msgspec.structs.replace(promise, state=CallbackState.PROMISED, reason="", due_at=due_at)
            self._changed(self.book.promise(again, self._floor.now))

    def _talks(self, contact: ContactId) -> None:
        """The customer talks to an agent. After a restart no visit tells it, and we may have given his dial up."""
        name = of_contact(contact)
        promise = self.book.of(name) if name is not None else None
        if name is None or promise is None:
            return
        if promise.state is CallbackState.DIALLING:
            self._there(name)
            self._weigh(name, visit=Outcome.ANSWERED)
        elif promise.tries:
            self._changed(self.book.answered_late(name))
            self._out_of_line(promise, Leaving(Outcome.MERGED))

    def _visit_over(self, name: LeadId, outcome: Outcome, why: str) -> None:
        promise = self.book.of(name)
        if promise is None:
            return
        if promise.state is CallbackState.DIALLING:
            if outcome in (Outcome.MERGED, Outcome.WITHDRAWN):
                self._changed(self.book.called_in(name) if outcome is Outcome.MERGED else self.book.withdraw(name))
            self._weigh(name, visit=outcome)
        elif promise.state is CallbackState.IN_LINE and outcome is Outcome.MERGED:
            self._changed(self.book.called_in(name))
            for caller in self._floor.dials.callers(key(promise.given or promise.number.number)):
                if self._floor.contacts[caller].visit_open:
                    self._taken_over[caller] = promise
        elif promise.state is CallbackState.IN_LINE and outcome is Outcome.WITHDRAWN:
            self._changed(self.book.heard(name) if why == callouts.HEARD else self.book.withdraw(name))
        elif promise.state is CallbackState.IN_LINE:
            reason = self._speaks_against(name)
            self._changed(self.book.put_off(name, reason or Reason(Rule.QUEUE, self._floor.now + BACK_S)))

    def _over_if_unwanted(self, name: LeadId) -> None:
        """Of one that is dialled and has no contact any more: nothing but the end of its attempt is still to come."""
        promise, floor = self.book.of(name), self._floor
        if promise is None or promise.state is not CallbackState.DIALLING or contact_of(promise) in floor.contacts:
            return
        if promise.reason and newest_attempt(promise) not in floor.dials.air:
            self._over(name, AttemptResult.ABANDONED)

    def _called_in(self, fact: Changed) -> None:
        """The customer calls himself while his callback is not in the line: he gets the place that it has."""
        caller = self._floor.contacts.get(fact.contact) if fact.contact is not None else None
        for name in list(self._keys.get(key(fact.caller or ""), ())):
            promise = self.book.of(name)
            if promise is None or promise.state is not CallbackState.PROMISED:
                continue
            here = promise.queue == fact.queue
            if not here and promise.kind is not CallbackKind.ABANDONED:
                continue
            self._changed(self.book.called_in(name))
            if caller is not None:
                self._taken_over[caller.id] = promise
            if here and caller is not None and promise.since is not None:
                standing.takes_place(self._floor, caller, promise.since, promise.head_start_s)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _into_line(self, promise: Promise) -> None:
        written, attempt_no, queues = self.book.written, len(promise.tries) + 1, self._floor.policy.queues
        queue = promise.queue if promise.queue in queues else written.queue
        if queue is None or queue not in queues:  # a reload has removed it; another one may bring it back
            self._changed(self.book.put_off(promise.id, Reason(Rule.QUEUE, self._floor.now + BACK_S)))
            return
        number = self._numbers.choose(promise.id, promise.number.number, self._floor.now)
        if isinstance(number, Reason):
            self._changed(self.book.put_off(promise.id, number))
            return
        plan = callout_of_promise(
            written,
            self.book.rules.limits,
            attempt_id(CALLBACKS, promise.id, attempt_no),
            promise,
            number,
        )
        callouts.due(
            self._floor,
            CalloutDue(
                contact_of(promise),
                QueueName(queue),
                plan,
                since=promise.since,
                requires=promise.requires,
                head_start_s=promise.head_start_s,
                preferred=(AgentId(promise.agent),) if promise.agent in self._floor.policy.agents else (),
                customer=promise.customer,
                given=promise.given,
            ),
        )

    def _out_of_line(self, promise: Promise, leaving: Leaving) -> None:
        """Nobody stands in the line any more for what is over."""
        contact = self._floor.contacts.get(contact_of(promise))
        if contact is not None and not contact.call:
            callouts.stop(self._floor, contact, leaving)

    def _over(self, name: LeadId, result: AttemptResult) -> None:
        """The attempt has its result; who still waits in the line for another agent comes again with his next try."""
        promise = self.book.of(name)
        if promise is None:
            return
        self._came.pop(name, None)
        self._left.pop(name, None)
        changed = self.book.ended(name, result, self._floor.now)
        self._changed(changed)
        for other in changed[1:]:  # kept with this one
            self._out_of_line(other, Leaving(Outcome.MERGED))
        contact = self._floor.contacts.get(contact_of(promise))
        if contact is not None and not contact.call and contact.callout is not None:
            callouts.stop(self._floor, contact, Leaving(Outcome.NOT_REACHED, reason=result))

    def _changed(self, promises: Sequence[Promise], by: str = "") -> None:
        for promise in promises:
            old = self._states.get(promise.id)
            if promise.state in _OPEN:
                self._states[promise.id] = promise.state
                self._know(promise)
            else:
                self._states.pop(promise.id, None)
                self._numbers.not_shown(promise.id)
                self._forget(promise)
            self._floor.ask_books(KeepPromise(promise))
            self._floor.tell(told(promise, old, self._floor.now, self._floor.cause, by))
        self._set_timer()

    def _set_timer(self) -> None:
        at = self.book.next_deadline()
        if at is None:
            self._floor.deadlines.cancel("callback", "")
        else:
            self._floor.deadlines.set("callback", "", at)

    def _know(self, promise: Promise) -> None:
        for number in _keys(promise):
            self._keys.setdefault(number, {})[promise.id] = None

    def _forget(self, promise: Promise) -> None:
        for number in _keys(promise):
            known = self._keys.get(number, {})
            known.pop(promise.id, None)
            if not known:
                self._keys.pop(number, None)


_OPEN = (CallbackState.PROMISED, CallbackState.DUE, CallbackState.IN_LINE, CallbackState.DIALLING)


def _keys(promise: Promise) -> set[str]:
    return {found for number in (promise.number.number, promise.given) if (found := key(number))}


def _promise_of(contact: Contact) -> LeadId | None:
    return of_contact(contact.id) if contact.callout is not None and contact.callout.callback else None
