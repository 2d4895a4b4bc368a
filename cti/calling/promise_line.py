"""Which promises are open, and where does each stand: to come, in the line, dialled? What changes is kept and told.

The book (outbound/callbacks.py) says what becomes of a promise; here that reaches the books, the timer and the line of
the floor. Why it changes is not known here: see promise_ends.py and promise_callers.py. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cti.acd import callouts
from cti.acd.contact import Contact, Leaving
from cti.acd.dialling import key
from cti.acd.floor import Floor
from cti.model.books import KeepPromise
from cti.model.dialling import OPEN_CALLBACKS, CallbackState, LeadId, Rule
from cti.model.events import CalloutDue
from cti.model.promise import Promise
from cti.model.words import AgentId, AttemptId, Outcome, QueueName
from cti.outbound.air import Air
from cti.outbound.callbacks import CALLBACKS, CallbackBook
from cti.outbound.callout_of import callout_of_promise
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.history import History
from cti.outbound.lead import attempt_id
from cti.outbound.promised import contact_of, of_contact, told
from cti.outbound.shown_numbers import ShownNumbers
from cti.outbound.verdict import Reason
from cti.outbound.ways import Ways

LINE_AGAIN_S = 5.0  # a promise whose trunk is full comes again so soon
BACK_S = 60.0  # a promise that its queue has turned away comes again so soon


class PromiseLine:
    """The open promises of one centre, and their places in the line of the floor."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        outbound = floor.policy.outbound
        self.air, self.history = Air(), History()  # campaigns have the same ones, as the next one
        self.ways = Ways(self._inbound)
        self.ways.follow(outbound.trunks)
        self._numbers = ShownNumbers(outbound.callbacks, outbound)
        self.book = CallbackBook(outbound.callbacks, outbound, self.air, self.history)
        self._keys: dict[str, dict[LeadId, None]] = {}  # open promises by number, as callers show it
        self._states: dict[LeadId, CallbackState] = {}

    @property
    def any_open(self) -> bool:
        """Whether any promise is open."""
        return bool(self._states)

    def by_key(self, number: str) -> list[LeadId]:
        """Return the open promises of a number, as acd/dialling.py `key` writes it."""
        return list(self._keys.get(number, ()))

    def follow_policy(self) -> None:
        """Go by the rules that hold from now on."""
        outbound = self._floor.policy.outbound
        self._numbers.follow(outbound.callbacks, outbound)
        self.ways.follow(outbound.trunks)
        self.book.follow(outbound.callbacks, outbound, DoNotCall(outbound.do_not_call))
        for promise in self.book.open():
            contact = self._floor.contacts.get(contact_of(promise))
            if contact is not None and contact.queue not in self._floor.policy.queues:  # it comes again, see _into_line
                self.out_of_line(promise, Leaving(Outcome.NOT_REACHED, reason="queue"))

    def due(self) -> None:
        """The time of some promises has come."""
        for promise in self.book.due(self._floor.now):
            self.changed([promise])
            if promise.state is CallbackState.IN_LINE:
                self._into_line(promise)
            else:
                self.out_of_line(promise, Leaving(Outcome.WITHDRAWN, reason=promise.reason))
        self.set_timer()

    def speaks_against(self, name: LeadId) -> Reason | None:
        """What forbids its dial by now; None: it may be made."""
        return self.book.may_dial(name, self._floor.now)

    def no_room(self, name: LeadId) -> Reason | None:
        """Whether its trunk has no line, or has begun its calls of this second: then it comes again in a moment."""
        promise, now = self.book.of(name), self._floor.now
        if promise is None:
            return None
        self.ways.look(self.air.numbers())
        return None if self.ways.room(promise.number.number, now) else Reason(Rule.LINES, now + LINE_AGAIN_S)

    def dialling(self, name: LeadId) -> AttemptId:
        """Its phone is about to ring: from here on the try counts. Returns the attempt's name."""
        attempt, promise = self.book.dialling(name, self._floor.now)
        self.ways.spend(promise.number.number, self._floor.now)
        self._numbers.shown(name)
        self.changed([promise])
        return AttemptId(attempt)

    def open(self, promise: Promise) -> None:
        """Count it among the open ones, in the state in which it is."""
        self._states[promise.id] = promise.state
        for number in keys_of(promise):
            self._keys.setdefault(number, {})[promise.id] = None

    def changed(self, promises: Sequence[Promise], by: str = "") -> None:
        """They are other ones by now: for the store, for readers, and for the timer."""
        for promise in promises:
            old = self._states.get(promise.id)
            if promise.state in OPEN_CALLBACKS:
                self.open(promise)
            else:
                self._states.pop(promise.id, None)
                self._numbers.not_shown(promise.id)
                self._forget(promise)
            self._floor.ask_books(KeepPromise(promise))
            self._floor.tell(told(promise, old, self._floor.now, self._floor.cause, by))
        self.set_timer()

    def out_of_line(self, promise: Promise, leaving: Leaving) -> None:
        """Nobody stands in the line any more for what is over."""
        contact = self._floor.contacts.get(contact_of(promise))
        if contact is not None and not contact.call:
            callouts.stop(self._floor, contact, leaving)

    def set_timer(self) -> None:
        """Be woken when the next promise is due."""
        at = self.book.next_deadline()
        if at is None:
            self._floor.deadlines.cancel("callback", "")
        else:
            self._floor.deadlines.set("callback", "", at)

    def _inbound(self) -> Iterator[str]:
        """The channels of those who have called us."""
        return (each.channel for each in self._floor.contacts.values() if each.channel and not each.outbound)

    def _into_line(self, promise: Promise) -> None:
        written, attempt_no, queues = self.book.written, len(promise.tries) + 1, self._floor.policy.queues
        queue = promise.queue if promise.queue in queues else written.queue
        if queue is None or queue not in queues:  # a reload has removed it; another one may bring it back
            self.changed(self.book.put_off(promise.id, Reason(Rule.QUEUE, self._floor.now + BACK_S)))
            return
        number = self._numbers.choose(promise.id, promise.number.number, self._floor.now)
        if isinstance(number, Reason):
            self.changed(self.book.put_off(promise.id, number))
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

    def _forget(self, promise: Promise) -> None:
        for number in keys_of(promise):
            known = self._keys.get(number, {})
            known.pop(promise.id, None)
            if not known:
                self._keys.pop(number, None)


def keys_of(promise: Promise) -> set[str]:
    """Return its customer's numbers, as callers show them."""
    return {found for number in (promise.number.number, promise.given) if (found := key(number))}


def promise_of(contact: Contact) -> LeadId | None:
    """Return the promise for whose sake a contact stands in the line; None: it is none's."""
    return of_contact(contact.id) if contact.callout is not None and contact.callout.callback else None
