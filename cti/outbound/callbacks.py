"""What becomes of a promise to call somebody back? From the promise to the line, to the dial, to the word kept.

A promise waits for its time here, then in its queue like any caller (with its `since`), and is dialled when an agent is
kept for it. Two promises to one number about one topic are one; who calls in himself needs no callback any more.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from cti.model.campaign import Callbacks, Outbound
from cti.model.dialling import CALLBACKS as CALLBACKS
from cti.model.dialling import AttemptResult, CallbackState, LeadId, Rule
from cti.model.promise import Promise, Tried
from cti.outbound.air import Air
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.history import History
from cti.outbound.lead import Lead, attempt_id
from cti.outbound.may_dial import Rules, may_dial
from cti.outbound.retry import Next, after
from cti.outbound.transitions import CALLBACK, check
from cti.outbound.two_promises import expires_at, merged, same
from cti.outbound.verdict import Reason

NOT_DIALLED_S, MOST_NOT_DIALLED_S = 30.0, 900.0  # until the next try of one that could not be dialled
TALK_S = 43_200.0  # the longest that a dial and its talk may take
WITHDRAWN, CALLED_IN, HEARD = "withdrawn", "called in", "message heard"
FORBIDDEN = Rule.DO_NOT_CALL.value
_TAKEN_BACK = {
    WITHDRAWN: CallbackState.WITHDRAWN,
    CALLED_IN: CallbackState.MERGED,
    FORBIDDEN: CallbackState.FAILED,
}
"""Of one that is being dialled: what it is as soon as its attempt is over, by its reason."""


class CallbackBook:
    """All open promises. Methods return those that changed, each in its new state: rows for the store."""

    def __init__(self, written: Callbacks, outbound: Outbound, air: Air, history: History) -> None:
        self._air, self._history = air, history
        self.ahead_s = 0.0  # our clock, of the machine's
        self._open: dict[LeadId, Promise] = {}
        self._by_number: dict[str, set[LeadId]] = {}
        self._times: list[tuple[float, LeadId]] = []
        self.follow(written, outbound, DoNotCall(outbound.do_not_call))

    def follow(self, written: Callbacks, outbound: Outbound, forbidden: DoNotCall) -> None:
        """Go by other rules from now on."""
        self.written = written
        self.rules = Rules(CALLBACKS, written, outbound, forbidden)

    def promise(self, new: Promise, now: float, history: Sequence[Tried] = ()) -> list[Promise]:
        """Take on a promise, or merge it into an open one to the same number (about the same topic).

        `history`: every attempt at the number in the last 30 days.
        """
        if new.expires_at is None:
            ends_at = max(new.promised_at, new.due_at) + self.written.expires_after_s
            new = msgspec.structs.replace(new, expires_at=ends_at)
        for known in self._of_number(new.number.number):
            if same(known, new, self.written.merge) and known.state is not CallbackState.DIALLING:
                earlier = merged(known, new)
                self._wake_at(known.id, expires_at(earlier))
                self._keep(earlier)
                return [earlier, msgspec.structs.replace(new, state=CallbackState.MERGED, merged_into=known.id)]
        self._history.hold(new.number.number, (*history, *new.tries))
        self._by_number.setdefault(new.number.number, set()).add(new.id)
        self._keep(new)
        return [new]

    def due(self, now: float) -> list[Promise]:
        """Return whose time has come: IN_LINE now (CalloutDue follows), or not kept in time and EXPIRED."""
        out: list[Promise] = []
        while self._times and self._times[0][0] <= now:
            _, name = heapq.heappop(self._times)
            known = self._open.get(name)
            if known is None:
                continue
            if known.state is CallbackState.DIALLING:
                if known.tries[-1].at + TALK_S <= now:  # forgotten
                    out += self.ended(name, AttemptResult.UNKNOWN, now)
            elif now >= expires_at(known):
                out.append(self._end(known, CallbackState.EXPIRED, "not kept in time"))
            elif known.state is CallbackState.PROMISED and now >= known.due_at - self.written.early_s:
                out += self._in_line(known, now)
        return out

    def next_deadline(self) -> float | None:
        """When due() has something to do."""
        while self._times and self._times[0][1] not in self._open:
            heapq.heappop(self._times)
        return self._times[0][0] if self._times else None

    def may_dial(self, name: LeadId, now: float) -> Reason | None:
        """Return what speaks against dialling one that is in the line; None: nothing."""
        known = self._open.get(name)
        if known is None or known.state is not CallbackState.IN_LINE:
            return Reason(Rule.CAMPAIGN, None, "it was taken back")
        return self._speaks_against(known, now)

    def dialling(self, name: LeadId, now: float) -> tuple[str, Promise]:
        """It is dialled now: the attempt's name, and the promise as it is from here on. Only after may_dial."""
        known = self._open[name]
        attempt_no = len(known.tries) + 1
        attempt = attempt_id(CALLBACKS, name, attempt_no)
        self._air.take(known.number.number, attempt)
        tried = Tried(now, CALLBACKS, name, known.number.number, attempt_no)
        self._history.add(tried)
        known = self._move(known, CallbackState.DIALLING, tries=(*known.tries, tried))
        self._wake_at(name, now + TALK_S)
        return attempt, known

    def put_off(self, name: LeadId, reason: Reason) -> list[Promise]:
        """It has left the line without having been dialled: to come back at `reason.until`, or never."""
        known = self._open.get(name)
        if known is None or known.state is not CallbackState.IN_LINE:
            return []
        return [self._put_off(known, reason)]

    def called_in(self, name: LeadId) -> list[Promise]:
        """The customer calls himself, and has the place that was kept for him: nobody calls him any more."""
        return self._take_back(name, CALLED_IN)

    def resumed(self, promise: Promise, now: float) -> list[Promise]:
        """Take on a promise that an earlier process has left; one that was being dialled stays so until ended()."""
        if promise.state is not CallbackState.DIALLING:
            return self.promise(msgspec.structs.replace(promise, state=CallbackState.PROMISED), now)
        number = promise.number.number
        self._history.hold(number, promise.tries)
        self._by_number.setdefault(number, set()).add(promise.id)
        self._open[promise.id] = promise
        self._air.take(number, attempt_id(CALLBACKS, promise.id, len(promise.tries)))
        self._wake_at(promise.id, now + TALK_S)
        return []

    def ended(self, name: LeadId, result: AttemptResult, now: float) -> list[Promise]:
        """The attempt is over: kept, promised once more for later, or failed."""
        known = self._open.get(name)
        if known is None or known.state is not CallbackState.DIALLING:
            return []
        tried = msgspec.structs.replace(known.tries[-1], result=result)
        known = msgspec.structs.replace(known, tries=(*known.tries[:-1], tried))
        self._air.free(tried.number, attempt_id(CALLBACKS, name, tried.attempt_no))
        self._history.add(tried)
        if result is AttemptResult.ANSWERED:
            others = [each for each in self._of_number(tried.number) if same(each, known, self.written.merge)]
            others = [each for each in others if each.id != name and not each.recordings]  # what nobody has heard
            kept = self._end(known, CallbackState.KEPT, "")
            return [kept, *(self._end(other, CallbackState.MERGED, "kept with another one") for other in others)]
        if known.reason in _TAKEN_BACK:
            return [self._end(known, _TAKEN_BACK[known.reason], known.reason)]
        if result is AttemptResult.NOT_DIALLED:  # nobody's fault but ours: later and later, and never the last try
            due_at = now + min(NOT_DIALLED_S * 2.0 ** _in_vain(known), MOST_NOT_DIALLED_S)
            return [self._move(known, CallbackState.PROMISED, due_at=due_at)]
        lead = Lead(name, CALLBACKS, (known.number,), tries=known.tries)  # one number: its tries decide alone
        then = after(lead, self.written, now)
        if not isinstance(then, Next):
            return [self._end(known, CallbackState.FAILED, result.value)]
        if then.due_at >= expires_at(known):
            return [self._end(known, CallbackState.FAILED, "no time is left for another try")]
        return [self._move(known, CallbackState.PROMISED, due_at=then.due_at)]

    def answered_late(self, name: LeadId) -> list[Promise]:
        """We had given its last try up, and now they talk: it is kept."""
        known = self._open.get(name)
        if known is None or known.state is CallbackState.DIALLING or not known.tries:
            return []
        tried = msgspec.structs.replace(known.tries[-1], result=AttemptResult.ANSWERED)
        self._history.add(tried)
        known = msgspec.structs.replace(known, tries=(*known.tries[:-1], tried))
        return [self._end(known, CallbackState.KEPT, "")]

    def hurry(self, name: LeadId, now: float) -> list[Promise]:
        """Its time is now."""
        known = self._open.get(name)
        if known is None or known.state is not CallbackState.PROMISED:
            return []
        self._keep(hurried := msgspec.structs.replace(known, due_at=now))
        return [hurried]

    def heard(self, name: LeadId) -> list[Promise]:
        """An agent has heard the customer's message, and nobody need call him."""
        known = self._open.get(name)
        if known is None or known.state is not CallbackState.IN_LINE:
            return []
        return [self._end(known, CallbackState.KEPT, HEARD)]

    def withdraw(self, name: LeadId) -> list[Promise]:
        """A person takes it back."""
        return self._take_back(name, WITHDRAWN)

    def forbid(self, name: LeadId) -> list[Promise]:
        """Its attempt must not be dialled: his number is on a do-not-call list."""
        known = self._open.get(name)
        return self._take_back(name, FORBIDDEN) if known is not None and known.state is CallbackState.DIALLING else []

    def of(self, name: LeadId) -> Promise | None:
        """Return an open promise."""
        return self._open.get(name)

    def of_number(self, number: str) -> list[Promise]:
        """Return the open promises to this number (E.164), in the order in which they were promised."""
        return self._of_number(number)

    def open(self) -> list[Promise]:
        """Return all of them, in the order in which they were promised."""
        return [self._open[name] for name in sorted(self._open)]

    def __len__(self) -> int:
        return len(self._open)

    def _take_back(self, name: LeadId, why: str) -> list[Promise]:
        """Of one that is being dialled the owner takes back the call, and its end ends it: until then it is only noted,
        on the disk too, for an engine that finds its attempt after us."""
        known = self._open.get(name)
        if known is None or known.reason in _TAKEN_BACK:
            return []
        if known.state is CallbackState.DIALLING:
            self._open[name] = noted = msgspec.structs.replace(known, reason=why)
            return [noted]
        return [self._end(known, _TAKEN_BACK[why], why)]

    def _in_line(self, known: Promise, now: float) -> Iterator[Promise]:
        """Into the line, if he may be called at this hour; else at the next hour at which he may."""
        self._move(known, CallbackState.DUE)
        known = self._open[known.id]
        reason = self._speaks_against(known, now)
        if reason is None:
            yield self._move(known, CallbackState.IN_LINE)
            self._wake_at(known.id, expires_at(known))
        else:
            yield self._put_off(known, reason)

    def _speaks_against(self, known: Promise, now: float) -> Reason | None:
        history = self._history.of(known.number.number)
        return may_dial(known.number, now, self.rules, history, self._air.has, self.ahead_s).decisive

    def _put_off(self, known: Promise, reason: Reason) -> Promise:
        if reason.until is None:
            return self._end(known, CallbackState.FAILED, reason.rule.value)
        return self._move(known, CallbackState.PROMISED, due_at=reason.until + self.written.early_s)

    def _move(self, known: Promise, new: CallbackState, **changes: object) -> Promise:
        check(CALLBACK, "callback", str(known.id), known.state, new)
        moved = msgspec.structs.replace(known, state=new, **changes)
        self._keep(moved)
        return moved

    def _end(self, known: Promise, new: CallbackState, reason: str) -> Promise:
        check(CALLBACK, "callback", str(known.id), known.state, new)
        del self._open[known.id]
        number = known.number.number
        self._by_number[number].discard(known.id)
        if not self._by_number[number]:
            del self._by_number[number]
        self._history.drop(number)
        return msgspec.structs.replace(known, state=new, reason=reason)

    def _keep(self, known: Promise) -> None:
        self._open[known.id] = known
        if known.state is CallbackState.PROMISED:
            self._wake_at(known.id, min(known.due_at - self.written.early_s, expires_at(known)))

    def _wake_at(self, name: LeadId, at: float) -> None:
        heapq.heappush(self._times, (at, name))

    def _of_number(self, number: str) -> list[Promise]:
        return [self._open[name] for name in sorted(self._by_number.get(number, ()))]


def _in_vain(known: Promise) -> int:
    """How often in a row it could not even be dialled, before this time; few enough to count with."""
    row = itertools.takewhile(lambda tried: tried.result is AttemptResult.NOT_DIALLED, reversed(known.tries))
    return min(sum(1 for _ in row) - 1, 10)
