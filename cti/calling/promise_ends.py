"""What came of the try that is made for a promise? Of its dial and of its visit, in whatever order they are told.

Over a death of the engine one of the two is perhaps never told: whom an earlier process has called is found on a node,
or given up after a while. What becomes of the promise then is the book's to say. Pure.
"""

from __future__ import annotations

from cti.acd import callouts
from cti.acd.contact import Leaving
from cti.acd.floor import Floor
from cti.calling.promise_callers import PromiseCallers
from cti.calling.promise_line import BACK_S, PromiseLine
from cti.model.changes import Changed
from cti.model.dialling import AttemptResult, CallbackState, LeadId, Rule
from cti.model.promise import Promise
from cti.model.words import ContactId, DialResult, Outcome
from cti.outbound.came import CAME
from cti.outbound.promised import attempt_told, contact_of, newest_attempt, of_attempt, of_contact
from cti.outbound.verdict import Reason

AFTER_START_S = 15.0  # so long after a start an attempt of another process may still be found on a node
UNSEEN_S = 3600.0  # so long after a dial its node may be away before we call again

Came = tuple[DialResult | None, Outcome | None]  # of the dial, of the visit


class PromiseEnds:
    """The tries under way, and what is known of each."""

    def __init__(self, floor: Floor, line: PromiseLine, callers: PromiseCallers) -> None:
        self._floor, self._line, self._book, self._callers = floor, line, line.book, callers
        self._came: dict[LeadId, Came] = {}  # what was told so far of the try that is being made
        self._left: dict[LeadId, None] = {}  # by an earlier process, with a try of which nothing was told yet

    def begun(self, name: LeadId) -> None:
        """A new try: nothing is known of it."""
        self._came.pop(name, None)

    # --- over a death of the engine -----------------------------------------------------------------------------------

    def go_on(self, promise: Promise) -> None:
        """An earlier process has made its try: what came of that is known, or will be told, or nobody can tell."""
        result = promise.tries[-1].result
        if result is None or result is AttemptResult.ANSWERED:  # who has answered may be in the line, or talk
            if result is None:
                self._left[promise.id] = None
            else:
                self._came[promise.id] = (DialResult.HUMAN, None)
            self._floor.deadlines.set("found", str(promise.id), self._floor.now + AFTER_START_S)
            self._line.set_timer()
        else:
            self._over(promise.id, result)

    def lost(self, name: LeadId) -> None:
        """An earlier process was dialling for it, and no node knows of that: nobody can tell what became of it."""
        promise, floor = self._book.of(name), self._floor
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

    def there(self, name: LeadId) -> None:
        """The customer is on the phone with us. Of one whom an earlier process had called, nothing else may tell it."""
        promise = self._book.of(name)
        if promise is not None and name in self._left and newest_attempt(promise) not in self._floor.dials.air:
            del self._left[name]
            self._floor.tell(attempt_told(promise, DialResult.HUMAN, self._floor.now, self._floor.cause))

    # --- what the floor tells -----------------------------------------------------------------------------------------

    def attempt(self, fact: Changed) -> None:
        """Something of a dial is told: only the newest try of a promise counts."""
        name = of_attempt(fact.id)
        promise = self._book.of(name) if name is not None else None
        if name is None or promise is None or fact.id != newest_attempt(promise):
            return
        self._left.pop(name, None)
        if fact.new in DialResult.__members__.values():
            self._weigh(name, dial=DialResult(fact.new))

    def talks(self, contact: ContactId) -> None:
        """The customer talks to an agent. After a restart no visit tells it, and we may have given his dial up."""
        name = of_contact(contact)
        promise = self._book.of(name) if name is not None else None
        if name is None or promise is None:
            return
        if promise.state is CallbackState.DIALLING:
            self.there(name)
            self._weigh(name, visit=Outcome.ANSWERED)
        elif promise.tries:
            self._line.changed(self._book.answered_late(name))
            self._line.out_of_line(promise, Leaving(Outcome.MERGED))

    def visit_over(self, name: LeadId, outcome: Outcome, why: str) -> None:
        """Its contact has left the line: served, or without an agent."""
        promise = self._book.of(name)
        if promise is None:
            return
        if promise.state is CallbackState.DIALLING:
            if outcome in (Outcome.MERGED, Outcome.WITHDRAWN):
                merged = outcome is Outcome.MERGED
                self._line.changed(self._book.called_in(name) if merged else self._book.withdraw(name))
            self._weigh(name, visit=outcome)
        elif promise.state is CallbackState.IN_LINE and outcome is Outcome.MERGED:
            self._line.changed(self._book.called_in(name))
            self._callers.has_merged(promise)
        elif promise.state is CallbackState.IN_LINE and outcome is Outcome.WITHDRAWN:
            self._line.changed(self._book.heard(name) if why == callouts.HEARD else self._book.withdraw(name))
        elif promise.state is CallbackState.IN_LINE:
            reason = self._line.speaks_against(name) or self._line.no_room(name)
            self._line.changed(self._book.put_off(name, reason or Reason(Rule.QUEUE, self._floor.now + BACK_S)))

    def _weigh(self, name: LeadId, *, dial: DialResult | None = None, visit: Outcome | None = None) -> None:
        """Something more is known of the try that is being made: perhaps all."""
        promise = self._book.of(name)
        if promise is None or promise.state is not CallbackState.DIALLING:
            return
        before = self._came.get(name, (None, None))
        came = self._came[name] = (dial or before[0], visit or before[1])
        result = CAME[came]
        if result is not None:
            self._over(name, result)
        else:
            self._over_if_unwanted(name)

    def _over_if_unwanted(self, name: LeadId) -> None:
        """Of one that is dialled and has no contact any more: nothing but the end of its attempt is still to come."""
        promise, floor = self._book.of(name), self._floor
        if promise is None or promise.state is not CallbackState.DIALLING or contact_of(promise) in floor.contacts:
            return
        if promise.reason and newest_attempt(promise) not in floor.dials.air:
            self._over(name, AttemptResult.ABANDONED)

    def _over(self, name: LeadId, result: AttemptResult) -> None:
        """The attempt has its result; who still waits in the line for another agent comes again with his next try."""
        promise = self._book.of(name)
        if promise is None:
            return
        self._came.pop(name, None)
        self._left.pop(name, None)
        changed = self._book.ended(name, result, self._floor.now)
        self._line.changed(changed)
        for other in changed[1:]:  # kept with this one
            self._line.out_of_line(other, Leaving(Outcome.MERGED))
        contact = self._floor.contacts.get(contact_of(promise))
        if contact is not None and not contact.call and contact.callout is not None:
            callouts.stop(self._floor, contact, Leaving(Outcome.NOT_REACHED, reason=result))
