"""What becomes of these callers with these agents? Arrivals, talks and patience in virtual time, straight to the core.

The lean way to run the core: no channels, no legs, no faults, no delays (the exchange of switch.py has all that). Every
Ring is answered after `ring_s`, every talk ends by the caller's hangup. Knows only the core's contract; counts nothing:
readers of changes do.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cti.center import ContactCenter, Output
from cti.model import events
from cti.model.changes import Changed, Kind
from cti.model.commands import Announce, Release, Ring, StopRing
from cti.model.policy import Center
from cti.model.words import AgentAction, AgentId, CallId, NodeId, OfferId, RingResult

NODE = NodeId("node1")
CHANNEL = "PJSIP/caller"
NEVER_S = math.inf

Reader = Callable[[Changed], object]


@dataclass(slots=True, frozen=True)
class Caller:
    """Somebody who will call at `at` (seconds); he waits at most `patience_s` and talks `talk_s`."""

    at: float
    dialled: str
    talk_s: float
    patience_s: float = NEVER_S


class Duty(NamedTuple):
    """What an agent does at `at` of his own accord: logs in, goes on a break, comes back, logs out."""

    at: float
    agent: AgentId
    action: AgentAction
    reason: str = ""


class VirtualCenter:
    """A contact centre, its agents and its callers, in virtual time. Same arguments: same course, to the byte.

    `callers` come in order of time and may be a generator. `ring_s` is how long every agent lets it ring. `readers`
    hear the changes of the kinds they ask for.
    """

    def __init__(
        self,
        center: Center,
        callers: Iterable[Caller],
        *,
        duties: Iterable[Duty] = (),
        ring_s: float = 0.0,
        readers: Mapping[Kind, Reader] | None = None,
    ) -> None:
        self.core = ContactCenter(center, strict=True)
        self.now = 0.0
        self.calls = 0
        self.events = 0
        self.present: dict[CallId, Caller] = {}  # everyone who is on the line, waiting or talking
        self._callers = callers
        self._ring_s = ring_s
        self._readers = dict(readers or {})
        self._waiting: set[CallId] = set()
        self._ringing: dict[CallId, set[OfferId]] = {}
        self._inbox: deque[events.AnyEvent] = deque()
        self._agenda: list[tuple[float, int, Callable[[str], None], str]] = []
        self._entries = 0
        self._duties = [(duty, f"{number}") for number, duty in enumerate(sorted(duties, key=lambda duty: duty.at))]
        for duty, number in self._duties:
            self._at(duty.at, self._on_duty, number)

    def run(self, until: float | None = None) -> None:
        """Let everyone call; then go on until `until` (seconds), or stop at the last arrival if it is None."""
        for caller in self._callers:
            self._pass(caller.at)
            self.calls += 1
            call = CallId(f"c{self.calls}")
            self.present[call] = caller
            self._waiting.add(call)
            if caller.patience_s < NEVER_S:
                self._at(caller.at + caller.patience_s, self._gives_up, call)
            self._post(caller.at, events.CallArrived(call, NODE, CHANNEL, caller.dialled))
        if until is not None:
            self._pass(until)

    # --- time -------------------------------------------------------------------------------------------------------

    def _at(self, at: float, action: Callable[[str], None], whom: str) -> None:
        self._entries += 1
        heapq.heappush(self._agenda, (at, self._entries, action, whom))

    def _pass(self, to: float) -> None:
        """Everything that is due up to `to`, in order; at the same instant people come before the core's deadlines."""
        agenda, next_deadline = self._agenda, self.core.next_deadline
        while True:
            due = next_deadline()
            if agenda and agenda[0][0] <= to and (due is None or agenda[0][0] <= due):
                self.now, _, action, whom = heapq.heappop(agenda)
                action(whom)
            elif due is not None and due <= to:
                self._post(due, events.TimePassed())
            else:
                return

    def _post(self, at: float, event: events.AnyEvent) -> None:
        self.now = max(self.now, at)
        inbox = self._inbox
        inbox.append(event)
        while inbox:
            self.events += 1
            for output in self.core.handle(self.now, inbox.popleft()):
                if type(output) is Changed:
                    reader = self._readers.get(output.kind)
                    if reader is not None:
                        reader(output)
                else:
                    self._obey(output)

    # --- what people do ---------------------------------------------------------------------------------------------

    def _on_duty(self, number: str) -> None:
        duty = self._duties[int(number)][0]
        self._post(self.now, events.AgentRequest(duty.agent, duty.action, duty.reason, by="roster"))

    def _gives_up(self, call: str) -> None:
        if call in self._waiting:
            self._leaves(call)

    def _leaves(self, call: str) -> None:
        self._forget(CallId(call))
        self._post(self.now, events.CallGone(CallId(call)))

    def _forget(self, call: CallId) -> None:
        self.present.pop(call, None)
        self._waiting.discard(call)
        self._ringing.pop(call, None)

    # --- what the switch does ---------------------------------------------------------------------------------------

    def _obey(self, command: Output) -> None:
        kind = type(command)
        if kind is Ring:
            assert isinstance(command, Ring)
            self._rings(command)
        elif isinstance(command, Announce):
            self._inbox.append(events.AnnouncementEnded(command.call))
        elif isinstance(command, Release):
            if command.call in self.present:
                self._forget(command.call)
            self._inbox.append(events.CallGone(command.call))
        elif isinstance(command, StopRing):
            ringing = self._ringing.get(command.call, set())
            ringing.difference_update(command.offers)
            if not ringing and self._ringing.pop(command.call, None) is not None:
                self._inbox.append(events.RingEnded(command.call, RingResult.CANCELLED))

    def _rings(self, ring: Ring) -> None:
        first = ring.legs[0].offer
        self._ringing[ring.call] = {leg.offer for leg in ring.legs}
        if self._ring_s <= 0.0:
            self._answers(first, ring.call)
        elif self._ring_s < ring.ring_timeout_s:
            self._at(self.now + self._ring_s, self._picks_up, f"{first} {ring.call}")
        else:
            self._at(self.now + ring.ring_timeout_s, self._rang_out, f"{first} {ring.call}")

    def _picks_up(self, what: str) -> None:
        offer, _, call = what.partition(" ")
        if OfferId(offer) in self._ringing.get(CallId(call), ()):
            self._answers(OfferId(offer), CallId(call))
            self._post(self.now, self._inbox.pop())

    def _rang_out(self, what: str) -> None:
        offer, _, call = what.partition(" ")
        if OfferId(offer) in self._ringing.get(CallId(call), ()):
            del self._ringing[CallId(call)]
            self._post(self.now, events.RingEnded(CallId(call), RingResult.NO_ANSWER))

    def _answers(self, offer: OfferId, call: CallId) -> None:
        del self._ringing[call]
        self._waiting.discard(call)
        self._inbox.append(events.OfferAnswered(offer))
        self._at(self.now + self.present[call].talk_s, self._leaves, call)
