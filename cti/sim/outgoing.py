"""What does the exchange do with calls that it begins: customers who are called, agents who are rung before them?

A model of Originate, AMD and Bridge as the real switch uses them. Must not know the core's words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from cti.sim.agenda import Cancellable
from cti.sim.channels import Call, Dial, DialResult, Leg
from cti.sim.exchange import Exchange

DISMISS_S = 1.5  # of the prompts for an agent who has waited in vain


@dataclass(slots=True, eq=False)
class Outgoing:
    """A customer's channel before it is in anybody's hands: it rings, or it is listened to. `number`: personal data."""

    node: str
    attempt: str
    number: str
    ticket: Any
    placed_at: float
    listens: bool = False
    person: Any = None
    call: Call | None = None  # once he has answered
    timer: Cancellable | None = None

    @property
    def uniqueid(self) -> str:
        return f"cti-{self.attempt}"


@dataclass(slots=True, eq=False)
class AgentRing:
    """An agent's phone that rings for a customer who is not there yet; answered, he waits."""

    leg: Leg
    tag: str
    answered: bool = False
    timers: list[Cancellable] = field(default_factory=list)


class Line(Protocol):
    """Who hears what AMI tells of these channels."""

    def attempt_answered(self, outgoing: Outgoing) -> None: ...
    def attempt_ended(self, outgoing: Outgoing, status: str) -> None: ...
    def agent_rings(self, ring: AgentRing) -> None: ...
    def agent_waits(self, ring: AgentRing) -> None: ...
    def agent_ended(self, ring: AgentRing, status: str, cause: int) -> None: ...


class Callees(Protocol):
    """Who picks up, or does not."""

    def customer_rings(self, outgoing: Outgoing) -> None: ...
    def customer_over(self, outgoing: Outgoing) -> None: ...
    def phone_rings(self, leg: Leg) -> None: ...


class OutgoingCalls:
    """Everything that we have begun and that is not an ordinary call yet. Numbers in `ringing` by attempt."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.agenda = exchange, exchange.agenda
        self.ringing: dict[str, Outgoing] = {}  # nobody has answered
        self.listening: dict[str, Outgoing] = {}  # answered, and not in our hands yet
        self.agents: dict[str, AgentRing] = {}  # by tag
        self.overheard: dict[str, tuple[str, Callable[[], None]]] = {}  # by the listener's tag: whose leg, what follows
        self.line: Line
        self.callees: Callees
        exchange.on_leg_gone = self._leg_gone

    # --- customers -------------------------------------------------------------------------------------------------

    def originate(self, node: str, attempt: str, number: str, timeout_s: float, ticket: Any, *, listens: bool) -> None:
        """The customer's phone rings, at most so long."""
        if node in self.exchange.down:
            return
        outgoing = Outgoing(node, attempt, number, ticket, self.agenda.now, listens)
        self.ringing[attempt] = outgoing
        outgoing.timer = self.agenda.after(timeout_s, lambda: self.end(outgoing, "NOANSWER"))
        self.callees.customer_rings(outgoing)

    def end(self, outgoing: Outgoing, status: str) -> None:
        """It rings no more, and nobody has answered."""
        if self.ringing.pop(outgoing.attempt, None) is not None:
            self._stop(outgoing)
            self.line.attempt_ended(outgoing, status)
            self.callees.customer_over(outgoing)

    def pick_up(self, outgoing: Outgoing, heard: str = "", listens_s: float = 0.0) -> None:
        """He, or his machine, answers; after listening the dialplan takes him to the engine."""
        if self.ringing.pop(outgoing.attempt, None) is None:
            return
        self._stop(outgoing)
        call = Call(
            outgoing.node,
            outgoing.uniqueid,
            f"PJSIP/trunk1-{outgoing.attempt}",
            "PJSIP/trunk1",
            outgoing.number,
            "00",
            self.agenda.now,
            ticket=outgoing.ticket,
            attempt=outgoing.attempt,
            heard=heard,
            person=outgoing.person,
        )
        outgoing.call = call
        self.listening[outgoing.attempt] = outgoing
        self.exchange.calls[call.id] = call
        self.line.attempt_answered(outgoing)
        call.timer = self.agenda.after(listens_s if outgoing.listens else 0.0, lambda: self._listened(outgoing))

    def _listened(self, outgoing: Outgoing) -> None:
        if self.listening.pop(outgoing.attempt, None) is not None and outgoing.call is not None:
            self.exchange.enter(outgoing.call)

    def in_the_air(self) -> dict[str, Outgoing]:
        """What no engine has been handed over yet, by attempt."""
        self.listening = {name: each for name, each in self.listening.items() if each.call is not None and each.call.up}
        return self.ringing | self.listening

    def _stop(self, outgoing: Outgoing) -> None:
        if outgoing.timer is not None:
            outgoing.timer.cancel()

    # --- agents ----------------------------------------------------------------------------------------------------

    def ring_agent(self, node: str, target: str, tag: str, timeout_s: float) -> bool:
        """False where no such phone is registered."""
        phone = self.exchange.phones.get(target)
        if phone is None or not phone.registered or node in self.exchange.down:
            return False
        busy = bool(phone.legs)
        leg = self.exchange.new_leg(node, phone, None, tag)
        ring = self.agents[tag] = AgentRing(leg, tag)
        ring.timers.append(self.agenda.after(timeout_s, lambda: self.refuse(ring, "NOANSWER", 0)))
        self.line.agent_rings(ring)
        if busy:
            ring.timers.append(self.agenda.after(0.02, lambda: self.refuse(ring, "BUSY", 17)))
        else:
            self.callees.phone_rings(leg)
        return True

    def ring_of(self, leg: Leg) -> AgentRing | None:
        """The ring that this leg is, if nobody has answered it yet."""
        ring = self.agents.get(leg.tag)
        return ring if ring is not None and ring.leg is leg and not ring.answered else None

    def answer(self, ring: AgentRing) -> None:
        """He picks up, and hears that his customer is being called."""
        if ring.leg.up and not ring.answered:
            ring.answered = True
            self._cancel(ring)
            self.line.agent_waits(ring)

    def refuse(self, ring: AgentRing, status: str, cause: int) -> None:
        """His phone says no, or nobody answers it."""
        if ring.leg.up and not ring.answered:
            ring.leg.cause = cause
            self.line.agent_ended(ring, status, cause)
            self.exchange.hang_up_leg(ring.leg)

    def dismiss(self, tag: str, *, prompts: bool) -> None:
        """Take the ring back; who waits hears the prompts first."""
        ring = self.agents.get(tag)
        if ring is None:
            return
        if not ring.answered:
            self.refuse(ring, "CANCEL", 26)
        elif prompts:
            ring.timers.append(self.agenda.after(DISMISS_S, lambda: self.exchange.hang_up_leg(ring.leg)))
        else:
            self.exchange.hang_up_leg(ring.leg)

    def join(self, call: Call, tag: str, done: Callable[[DialResult], None]) -> None:
        """Bridge: from here on it is as if `call` had dialled him."""
        ring = self.agents.get(tag)
        if ring is None or not ring.answered or not ring.leg.up or ring.leg.node != call.node:
            done(DialResult("CHANUNAVAIL", 0.0, True, None, 0))
            return
        del self.agents[tag]
        self._cancel(ring)
        dial = Dial(call, done, self.agenda.now, answered=ring.leg, answered_at=self.agenda.now)
        call.dial = ring.leg.dial = dial
        call.dial_status, call.answered_s = "", 0.0
        self.exchange.people.talk_begins(call, ring.leg)

    def overhear(self, tag: str, uniqueid: str, over: Callable[[], None]) -> None:
        """ChanSpy: who has answered hears the leg `uniqueid` until either of them is gone; then `over`."""
        ring = self.agents[tag]
        self.overheard[tag] = uniqueid, over
        if not any(leg.uniqueid == uniqueid for leg in self.exchange.legs.values()):
            self.exchange.hang_up_leg(ring.leg)

    def _leg_gone(self, leg: Leg) -> None:
        if leg.tag in self.overheard:
            self.overheard.pop(leg.tag)[1]()
        for tag in [tag for tag, (uniqueid, _) in self.overheard.items() if uniqueid == leg.uniqueid]:
            self.exchange.hang_up_leg(self.agents[tag].leg)
        ring = self.agents.get(leg.tag)
        if ring is not None and ring.leg is leg:
            del self.agents[leg.tag]
            self._cancel(ring)

    def _cancel(self, ring: AgentRing) -> None:
        for timer in ring.timers:
            timer.cancel()
        ring.timers.clear()

    # --- nodes -----------------------------------------------------------------------------------------------------

    def restart(self, node: str) -> None:
        """Every channel of the node is gone, and nobody is told."""
        for outgoing in [each for each in self.ringing.values() if each.node == node]:
            del self.ringing[outgoing.attempt]
            self._stop(outgoing)
            self.callees.customer_over(outgoing)
