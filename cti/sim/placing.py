"""How does the switch call customers, and ring agents before them? Commands in, events out, for calls that we begin.

What cti.switch does with Originate and its ledger, on a model of the exchange. Decides nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Protocol

from cti.model import commands as do
from cti.model import events as ev
from cti.model.words import AttemptId, DialResult, NodeId, OfferId, RingResult
from cti.sim.agenda import Agenda
from cti.sim.outgoing import AgentRing, Outgoing, OutgoingCalls
from cti.sim.sessions import ring_result
from cti.sim.streams import AgiStream, AmiStream

LEDGER_S = 0.03  # at most, until an intent is in the store
NO_LEDGER = 0.01  # share of intents that the store does not take
HEAR_S = 20.0  # at most, until an agent has heard a message and pressed his key
DONE = 0.3  # share of messages that need no call
MARK = "ctil-"  # of the tags of listeners
BYE_S = 0.05  # until an agent's leg is hung up whom no engine knows

_RESULTS = {
    "NOANSWER": DialResult.NO_ANSWER,
    "BUSY": DialResult.BUSY,
    "REJECT": DialResult.REJECTED,
    "INVALID": DialResult.INVALID,
    "CANCEL": DialResult.CANCELLED,
}
Begins = do.PlaceCall | do.CancelCall | do.RingAgent | do.DismissAgent | do.Spy | do.StopSpy


class Books(Protocol):
    """The ledger of ports.py, in a world without waiting."""

    def intend(self, command: do.PlaceCall) -> bool: ...
    def sent(self, command: do.PlaceCall) -> None: ...


class _Memory:
    """A ledger that outlives every engine, and does not always take an intent."""

    def __init__(self, rng: random.Random) -> None:
        self._rng, self._attempts = rng, set[str]()

    def intend(self, command: do.PlaceCall) -> bool:
        if command.attempt in self._attempts or self._rng.random() < NO_LEDGER:
            return False
        self._attempts.add(command.attempt)
        return True

    def sent(self, command: do.PlaceCall) -> None:
        """Of no interest here."""


class Placing:
    """Of one switch; implements outgoing.Line. `deliver` hands an event over that never was on a wire."""

    def __init__(
        self,
        agenda: Agenda,
        outgoing: OutgoingCalls,
        rng: random.Random,
        ami: Mapping[str, AmiStream],
        agi: AgiStream,
        deliver: Callable[[ev.AnyEvent], None],
    ) -> None:
        self.agenda, self.outgoing, self.rng = agenda, outgoing, rng
        self.ami, self.agi, self.deliver = ami, agi, deliver
        self.books: Books = _Memory(rng)
        self.busy = 0  # orders under way
        self._life = 0
        self._cancelled: set[str] = set()
        self._rung: set[str] = set()  # offers that this engine process has asked for
        self._dismissed: set[str] = set()
        self._to_hear: set[str] = set()  # offers whose agents hear a message first
        self._spies: dict[str, do.Spy] = {}  # whose phones ring, or who listen, by tag
        outgoing.line = self

    def engine_dies(self) -> None:
        """Nobody holds the agents who wait any more."""
        self._life += 1
        self.busy = 0
        self._cancelled.clear()
        self._rung.clear()
        self._dismissed.clear()
        self._to_hear.clear()
        self._spies.clear()
        for ring in list(self.outgoing.agents.values()):
            if ring.answered and ring.tag not in self.outgoing.overheard:  # who listens goes on
                self._bye(ring)

    def execute(self, command: Begins) -> None:
        match command:
            case do.PlaceCall():
                self._later(LEDGER_S * self.rng.random(), lambda: self._place(command))
            case do.CancelCall(attempt=attempt, node=node):
                self._cancelled.add(attempt)
                self.ami[node].act(lambda: self._cancel(attempt))
            case do.RingAgent(leg=leg, node=node):
                self._rung.add(leg.offer)
                self._to_hear.update([leg.offer] if command.hear else [])
                if not self.ami[node].up:
                    self._ended(leg.offer, RingResult.UNREACHABLE)
                self.ami[node].act(lambda: self._ring(command))
            case do.DismissAgent(offer=offer, node=node, prompts=prompts):
                self._dismissed.add(offer)
                ring = self.outgoing.agents.get(offer)
                if ring is not None and ring.answered:  # by his AGI session
                    self._later(0.001, lambda: self.outgoing.dismiss(offer, prompts=bool(prompts)))
                else:
                    self.ami[node].act(lambda: self.outgoing.dismiss(offer, prompts=bool(prompts)))

            case do.Spy():
                self._spies[MARK + command.spy] = command
                if not self.ami[command.node].up:
                    self._unheard(command)
                self.ami[command.node].act(lambda: self._spy(command))
            case do.StopSpy(spy=spy, node=node):
                self.ami[node].act(lambda: self.outgoing.dismiss(MARK + spy, prompts=False))

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        """Within this life of the engine."""
        life = self._life
        self.busy += 1

        def now() -> None:
            if life == self._life:
                self.busy -= 1
                act()

        self.agenda.after(seconds, now)

    # --- customers -------------------------------------------------------------------------------------------------

    def _place(self, command: do.PlaceCall) -> None:
        attempt, node = command.attempt, command.node
        life = self._life
        if not self.books.intend(command):
            self._over(attempt, DialResult.NOT_DIALLED)
            return
        if life != self._life:  # it has died over it
            return
        if attempt in self._cancelled:
            self._over(attempt, DialResult.CANCELLED)
        elif not self.ami[node].up:
            self._over(attempt, DialResult.NOT_DIALLED)
        else:
            self.ami[node].act(lambda: self._originate(command))
            self.books.sent(command)

    def _originate(self, command: do.PlaceCall) -> None:
        self.outgoing.originate(
            command.node,
            command.attempt,
            command.number,
            command.ring_timeout_s,
            command.ticket,
            listens=command.listen is not None,
        )
        if command.attempt in self._cancelled:
            self._cancel(command.attempt)

    def _cancel(self, attempt: str) -> None:
        outgoing = self.outgoing.ringing.get(attempt)
        if outgoing is not None:
            self.outgoing.end(outgoing, "CANCEL")

    def _over(self, attempt: AttemptId, result: DialResult) -> None:
        self._later(0.0005, lambda: self.deliver(ev.AttemptEnded(attempt, result)))

    def attempt_answered(self, outgoing: Outgoing) -> None:
        self.ami[outgoing.node].send(ev.AttemptAnswered(AttemptId(outgoing.attempt)))

    def attempt_ended(self, outgoing: Outgoing, status: str) -> None:
        self.ami[outgoing.node].send(ev.AttemptEnded(AttemptId(outgoing.attempt), _RESULTS[status]))

    # --- agents ----------------------------------------------------------------------------------------------------

    def _ring(self, command: do.RingAgent) -> None:
        offer = command.leg.offer
        if offer in self._dismissed:
            self._ended(offer, RingResult.CANCELLED)
        elif not self.outgoing.ring_agent(command.node, command.leg.dial, offer, command.ring_timeout_s):
            self._ended(offer, RingResult.UNREACHABLE, after_s=1.0)

    def _ended(self, offer: OfferId, result: RingResult, after_s: float = 0.0005) -> None:
        self._later(after_s, lambda: self.deliver(ev.OfferEnded(offer, result)))

    # --- who listens -----------------------------------------------------------------------------------------------

    def _spy(self, command: do.Spy) -> None:
        if not self.outgoing.ring_agent(command.node, command.phone, MARK + command.spy, command.ring_timeout_s):
            self._unheard(command, after_s=1.0)

    def _unheard(self, command: do.Spy, after_s: float = 0.0005) -> None:
        self._spies.pop(MARK + command.spy, None)
        self._later(after_s, lambda: self.deliver(ev.SpyEnded(command.spy, RingResult.UNREACHABLE)))

    def _listens(self, ring: AgentRing, command: do.Spy) -> None:
        stream = self.ami[command.node]
        stream.send(ev.SpyHears(command.spy))
        ended = ev.SpyEnded(command.spy, RingResult.ANSWERED)
        self.outgoing.overhear(ring.tag, command.leg.partition("/")[2], lambda: stream.send(ended))

    # --- what becomes of a ring ------------------------------------------------------------------------------------

    def agent_rings(self, ring: AgentRing) -> None:
        if ring.tag in self._rung:
            leg = ring.leg
            self.ami[leg.node].send(ev.OfferRinging(OfferId(ring.tag), leg.id, leg.channel))

    def agent_waits(self, ring: AgentRing) -> None:
        """His AGI session tells it, whatever becomes of AMI."""
        if ring.tag in self._spies:
            self._listens(ring, self._spies[ring.tag])
            return
        if ring.tag not in self._rung:
            self._bye(ring)
            return
        leg = ring.leg
        self.agi.send(ring.tag, ev.OfferRinging(OfferId(ring.tag), leg.id, leg.channel))
        self.agi.send(ring.tag, ev.OfferAnswered(OfferId(ring.tag)))
        if ring.tag in self._dismissed:
            self.agenda.after(BYE_S, lambda: self.outgoing.dismiss(ring.tag, prompts=False))
        elif ring.tag in self._to_hear:
            self._later(HEAR_S * self.rng.random(), lambda: self._heard(ring, self.rng.random() < DONE))

    def _heard(self, ring: AgentRing, done: bool) -> None:
        """He presses a key, if he is still there."""
        if self.outgoing.agents.get(ring.tag) is ring and ring.tag not in self._dismissed:
            self.agi.send(ring.tag, ev.MessageHeard(OfferId(ring.tag), done))

    def agent_ended(self, ring: AgentRing, status: str, cause: int) -> None:
        spied = self._spies.pop(ring.tag, None)
        if spied is not None:
            self.ami[spied.node].send(ev.SpyEnded(spied.spy, ring_result(status, cause)))
        if ring.tag not in self._rung:
            return
        result = RingResult.CANCELLED if ring.tag in self._dismissed else ring_result(status, cause)
        self.ami[ring.leg.node].send(ev.OfferEnded(OfferId(ring.tag), result))

    def _bye(self, ring: AgentRing) -> None:
        self.agenda.after(BYE_S, lambda: self.outgoing.exchange.hang_up_leg(ring.leg))

    def snapshot(self, node: str) -> list[ev.SnapshotLeg]:
        """Customers' channels that ring: those that have been answered are calls."""
        return [
            ev.SnapshotLeg(
                f"{NodeId(node)}/{each.uniqueid}", f"PJSIP/trunk1-{each.attempt}", "PJSIP/trunk1", ticket=each.ticket
            )
            for each in self.outgoing.ringing.values()
            if each.node == node
        ]
