"""Who asks for the calls of a plan, and asks again? What the store and its dialler do, in their simplest form; pure.

One wish of a customer is asked for as one contact after the other, each with the wish's `since`, until somebody was
reached. A wish whose contact was lost with the engine is asked for again under the same name: its call may be alive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cti.model import events as ev
from cti.model.callout import Callout, Listening, OnMachine
from cti.model.changes import Changed, Kind
from cti.model.policy import Exit
from cti.model.words import AttemptId, ContactId, DialFirst, DialResult, Outcome, QueueName
from cti.sim.agenda import Agenda
from cti.sim.plan import Wish

AFTER_START_S = 3.0  # the promises are read again when the nodes have told what exists on them


@dataclass(slots=True, eq=False)
class Promise:
    """One wish, over all lives of the engine. `tries` counts contacts, `dials` what may have rung."""

    number: int
    wish: Wish
    since: float
    tries: int = 0
    dials: int = 0
    done: bool = False
    live: bool = False  # a contact of this engine process stands for it
    lost: bool = False  # one of an earlier process does, perhaps
    outcome: str = ""

    @property
    def contact(self) -> ContactId:
        return ContactId(f"wish{self.number}.{self.tries}")


class Promises:
    """All wishes of one world. `deliver` hands an event to the engine; nothing happens while there is none."""

    def __init__(
        self, agenda: Agenda, deliver: Callable[[ev.AnyEvent], None], clock: Callable[[], float], up: Callable[[], bool]
    ) -> None:
        self.agenda, self.deliver, self.clock, self.up = agenda, deliver, clock, up
        self.by_contact: dict[str, Promise] = {}
        self.open: list[Promise] = []
        self.sinces: set[float] = set()

    def start(self, wishes: list[Wish]) -> None:
        for number, wish in enumerate(wishes, 1):
            self.agenda.after(wish.at, lambda number=number, wish=wish: self._wished(number, wish))  # type: ignore[misc]

    def _wished(self, number: int, wish: Wish) -> None:
        promise = Promise(number, wish, self.clock() - wish.waited_s)
        self.sinces.add(promise.since)
        self.open.append(promise)
        self._ask(promise, again=True)

    def engine_starts(self) -> None:
        """Whatever was asked for is forgotten there."""
        for promise in self.open:
            promise.lost, promise.live = promise.live or promise.lost, False
        self.agenda.after(AFTER_START_S, self._ask_again)

    def _ask_again(self) -> None:
        for promise in list(self.open):
            if not promise.live and self.up():
                self._ask(promise, again=not promise.lost)

    def _ask(self, promise: Promise, *, again: bool) -> None:
        """`again`: as a new contact; otherwise as the one that the engine has lost."""
        wish = promise.wish
        if promise.done or promise.live or not self.up():
            return
        if promise.dials >= max(1, len(wish.called)) + 2:
            self._over(promise)
            return
        promise.tries += again
        promise.dials += 1
        promise.live, promise.lost, promise.outcome = True, False, ""
        self.by_contact[promise.contact] = promise
        callout = Callout(
            AttemptId(f"{promise.number}-{promise.dials}"),
            wish.number,
            ring_timeout_s=wish.ring_timeout_s,
            reserve=wish.reserve,
            first=DialFirst(wish.first),
            listen=Listening() if wish.listens else None,
            on_machine=OnMachine(("sorry",) if promise.number % 2 else ()),
            flow=wish.flow,
            max_wait_s=wish.max_wait_s,
            on_max_wait=Exit(play=("safe-harbour",)),
            hear=("message",) if wish.reserve and promise.number % 4 == 0 else (),
        )
        since = promise.since if wish.reserve else None
        self.deliver(ev.CalloutDue(promise.contact, QueueName(wish.queue), callout, since=since))

    def _over(self, promise: Promise) -> None:
        promise.done = True
        if promise in self.open:
            self.open.remove(promise)

    def told(self, changed: Changed) -> None:
        """What the engine says of a contact, or of an attempt that had none."""
        promise = self.by_contact.get(changed.contact or "")
        if promise is None or promise.contact != changed.contact:
            return
        if changed.kind is Kind.VISIT and changed.new != "waiting":
            promise.outcome = changed.new
        elif changed.kind is Kind.ATTEMPT and changed.new in (DialResult.HUMAN, DialResult.MACHINE):
            promise.outcome = promise.outcome or changed.new
        elif changed.kind is Kind.ATTEMPT and changed.new == DialResult.NOT_DIALLED and not promise.wish.reserve:
            self._retry(promise)
        elif changed.kind is Kind.CONTACT and changed.new == "ended":
            if promise.outcome in ("", Outcome.NOT_REACHED):
                self._retry(promise)
            else:
                self._over(promise)

    def _retry(self, promise: Promise) -> None:
        promise.live = False
        self.agenda.after(promise.wish.again_after_s, lambda: self._ask(promise, again=True))
