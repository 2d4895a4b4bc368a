"""What does it mean for a promise that its customer is on the phone with us himself? He asked, or he calls again.

Who asks for a callback in a call may still be served in it; who calls in gets the place that his promise has, and his
promise back should he give up. Pure.
"""

from __future__ import annotations

import msgspec

from cti.acd import standing
from cti.acd.contact import Contact
from cti.acd.dialling import key
from cti.acd.floor import Floor
from cti.calling.promise_line import BACK_S, PromiseLine, keys_of
from cti.model.books import KeepPromise
from cti.model.changes import Changed
from cti.model.dialling import CallbackKind, CallbackState
from cti.model.events import CallbackRequest
from cti.model.promise import Promise
from cti.model.words import ContactId, ContactState, Outcome


class PromiseCallers:
    """The customers of promises who are on the phone with us of their own accord."""

    def __init__(self, floor: Floor, line: PromiseLine) -> None:
        self._floor, self._line, self._book = floor, line, line.book
        self.asked_in: dict[ContactId, list[Promise]] = {}  # promises whose customer is still on the phone with us
        self.taken_over: dict[ContactId, Promise] = {}  # by the caller who has their place now, and may give it up

    # --- who asks for a callback --------------------------------------------------------------------------------------

    def given(self, promise: Promise, asker: Contact | None) -> None:
        """Where the customer is still on the phone with us, his promise begins when that call ends."""
        needless = self._needless(promise) if promise.kind is CallbackKind.ABANDONED else None
        if needless is not None:
            self._line.changed([needless])
            return
        if asker is None:
            self._line.changed(self._book.promise(promise, self._floor.now))
            return
        if asker.state is ContactState.TALKING:  # his turn came meanwhile
            self._line.changed([msgspec.structs.replace(promise, state=CallbackState.MERGED, reason="talked")])
            return
        asker.promised = True
        self.asked_in.setdefault(asker.id, []).append(promise)
        self._floor.ask_books(KeepPromise(promise))  # should we die, it begins at once

    def _needless(self, promise: Promise) -> Promise | None:
        """Who gave up was promised nothing: he needs no call where he has a promise, or has called again already."""
        known = self._book.of_number(promise.number.number)
        if known:
            return msgspec.structs.replace(promise, state=CallbackState.MERGED, merged_into=known[0].id)
        if any(self._floor.dials.callers(number) for number in keys_of(promise)):
            return msgspec.structs.replace(promise, state=CallbackState.MERGED, reason="called in")
        return None

    def take_back(self, event: CallbackRequest) -> bool:
        """Take back what has been asked for in a call that goes on."""
        for asker, promises in self.asked_in.items():
            for promise in promises:
                if promise.id == event.callback:
                    promises.remove(promise)
                    self._floor.contacts[asker].promised = bool(promises)  # else he gives up, should he hang up now
                    self._line.changed([msgspec.structs.replace(promise, state=CallbackState.WITHDRAWN)], by=event.by)
                    return True
        return False

    def asker_moved(self, asker: ContactId, new: str) -> None:
        """Who has asked for a callback has his turn after all, or hangs up."""
        if new == ContactState.TALKING:  # his turn came before he had hung up: he needs no callback any more
            for promise in self.asked_in.pop(asker):
                self._line.changed([msgspec.structs.replace(promise, state=CallbackState.MERGED, reason="talked")])
        elif new == ContactState.ENDED:
            for promise in self.asked_in.pop(asker):
                self._line.changed(self._book.promise(promise, self._floor.now))

    # --- who calls while he has a promise -----------------------------------------------------------------------------

    def called_in(self, fact: Changed) -> None:
        """The customer calls himself while his callback is not in the line: he gets the place that it has."""
        caller = self._floor.contacts.get(fact.contact) if fact.contact is not None else None
        for name in self._line.by_key(key(fact.caller or "")):
            promise = self._book.of(name)
            if promise is None or promise.state is not CallbackState.PROMISED:
                continue
            here = promise.queue == fact.queue
            if not here and promise.kind is not CallbackKind.ABANDONED:
                continue
            self._line.changed(self._book.called_in(name))
            if caller is not None:
                self.taken_over[caller.id] = promise
            if here and caller is not None and promise.since is not None:
                standing.takes_place(self._floor, caller, promise.since, promise.head_start_s)

    def has_merged(self, promise: Promise) -> None:
        """Its customer has called while it stood in the line, and the floor has given him its place."""
        for caller in self._floor.dials.callers(key(promise.given or promise.number.number)):
            if self._floor.contacts[caller].visit_open:
                self.taken_over[caller] = promise

    def served(self, caller: ContactId, outcome: Outcome) -> None:
        """Who called in himself has left the line. Has he given up, his promise holds as before."""
        if outcome is Outcome.MOVED:
            return
        promise = self.taken_over.pop(caller)
        if outcome is Outcome.ABANDONED:
            due_at = self._floor.now + BACK_S
            again = msgspec.structs.replace(promise, state=CallbackState.PROMISED, reason="", due_at=due_at)
            self._line.changed(self._book.promise(again, self._floor.now))
