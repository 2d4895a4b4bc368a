"""What do callers and agents do? Patience, talk, digits, answers and refusals, as a plan says; pure.

They act on the exchange (as a hand on a phone would) and ask the engine (`ask`) for their status.
"""

from __future__ import annotations

from collections.abc import Callable

from cti.sim.agenda import Cancellable
from cti.sim.channels import Call, Leg
from cti.sim.exchange import Exchange
from cti.sim.outgoing import AgentRing, Outgoing, OutgoingCalls
from cti.sim.plan import AgentPlan, Called, Caller, Plan, Ring

Ask = Callable[[str, str, str], None]
"""(agent, action, reason)"""

DEFAULT_RING = Ring("answer", 1.0)
LATE_MARGIN_S = 0.0005


class Customer:
    """One caller on his way."""

    __slots__ = ("call", "going", "plan", "talks", "transferred")

    def __init__(self, plan: Caller) -> None:
        self.plan = plan
        self.call: Call
        self.going: Cancellable | None = None  # his patience
        self.transferred = False
        self.talks = 0

    def wait(self, crowd: Crowd) -> None:
        self.relax()
        self.going = crowd.exchange.agenda.after(self.plan.patience_s, lambda: crowd.exchange.hang_up_call(self.call))

    def relax(self) -> None:
        if self.going is not None:
            self.going.cancel()
            self.going = None


class Crowd:
    """Everyone. Implements exchange.People."""

    def __init__(self, exchange: Exchange, plan: Plan, ask: Ask) -> None:
        self.exchange, self.plan, self.ask = exchange, plan, ask
        self.agenda = exchange.agenda
        self.by_phone = {agent.phone: name for name, agent in plan.policy.agents.items()}
        self.rings = {name: iter(plan.agents.get(name, AgentPlan()).rings) for name in plan.policy.agents}
        self.arrived = 0
        self.outgoing: OutgoingCalls | None = None  # where customers are called, too
        self.called: dict[str, list[Called]] = {}  # by number: what comes of the next attempts to reach it
        exchange.people = self

    def start(self) -> None:
        """Put everything that the plan fixes by time on the agenda."""
        for caller in self.plan.callers:
            self.agenda.after(caller.at, lambda caller=caller: self._arrive(caller))  # type: ignore[misc]
        for wish in self.plan.requests:
            self.agenda.after(wish.at, lambda wish=wish: self.ask(wish.agent, wish.action, wish.reason))  # type: ignore[misc]
        for phone in self.plan.phones:
            self.agenda.after(phone.at, lambda phone=phone: self._phone(phone.phone, phone.does, phone.for_s))  # type: ignore[misc]

    # --- callers ---------------------------------------------------------------------------------------------------

    def _arrive(self, plan: Caller) -> None:
        if plan.node in self.exchange.down:
            return  # the trunk finds nobody: no call
        customer = Customer(plan)
        self.arrived += 1
        trunk = f"PJSIP/trunk{1 + self.arrived % 4}"
        customer.call = self.exchange.new_call(plan.node, plan.dialled, plan.number or f"+49{self.arrived:08d}", trunk)
        customer.call.person = customer
        customer.wait(self)
        for after_s, digit in plan.digits:
            self.agenda.after(after_s, lambda digit=digit: self.exchange.press(customer.call, digit))  # type: ignore[misc]

    def talk_begins(self, call: Call, leg: Leg) -> None:
        customer: Customer = call.person
        plan = customer.plan
        customer.relax()
        customer.talks += 1
        end = self._agent_ends if plan.ends == "agent" else self._caller_ends
        self.agenda.after(plan.talk_s, lambda: end(call, leg))
        if plan.held_s:
            self.agenda.after(plan.talk_s * 0.3, lambda: self.exchange.hold(leg, True))
            self.agenda.after(plan.talk_s * 0.3 + plan.held_s, lambda: self.exchange.hold(leg, False))
        if plan.transfer_to and not customer.transferred:
            context, exten = plan.transfer_to.split(",")
            self.agenda.after(plan.talk_s * 0.5, lambda: self._transfer(customer, leg, context, exten))

    def _transfer(self, customer: Customer, leg: Leg, context: str, exten: str) -> None:
        if leg.up:
            customer.transferred = True
            self.exchange.transfer(leg, context, exten)

    def _agent_ends(self, call: Call, leg: Leg) -> None:
        self.exchange.hang_up_leg(leg)

    def _caller_ends(self, call: Call, leg: Leg) -> None:
        if leg.up:
            self.exchange.hang_up_call(call)

    def talk_ends(self, call: Call, leg: Leg) -> None:
        if call.up:
            call.person.wait(self)  # whoever still hears something after the talk has patience again

    def call_over(self, call: Call) -> None:
        call.person.relax()

    # --- customers whom we call ------------------------------------------------------------------------------------

    def customer_rings(self, outgoing: Outgoing) -> None:
        """His phone rings."""
        script = self.called.get(outgoing.number)
        plan = script.pop(0) if script else Called("no_answer")
        fits = {name: getattr(plan, name) for name in ("patience_s", "talk_s", "ends", "leaves_ringing_after_s")}
        customer = outgoing.person = Customer(Caller(0.0, "", outgoing.node, **fits))
        outgoing.person = customer
        self.agenda.after(plan.after_s, lambda: self._called(outgoing, plan))

    def _called(self, outgoing: Outgoing, plan: Called) -> None:
        calls = self.outgoing
        assert calls is not None
        if plan.does in ("busy", "reject"):
            calls.end(outgoing, plan.does.upper())
        elif plan.does != "no_answer" and calls.ringing.get(outgoing.attempt) is outgoing:
            calls.pick_up(outgoing, "machine" if plan.does == "machine" and outgoing.listens else "", plan.listens_s)
            assert outgoing.call is not None
            outgoing.person.call = call = outgoing.call
            if plan.does == "brief":
                self.agenda.after(plan.listens_s * 0.5, lambda: self.exchange.hang_up_call(call))
            else:
                outgoing.person.wait(self)

    def customer_over(self, outgoing: Outgoing) -> None:
        """It has stopped."""

    # --- agents ----------------------------------------------------------------------------------------------------

    def phone_rings(self, leg: Leg) -> None:
        name = self.by_phone[leg.phone.dial]
        ring = next(self.rings[name], DEFAULT_RING)
        call = leg.dial.call if leg.dial is not None else None
        after_s = ring.after_s
        if ring.does == "late":
            after_s = max(0.0, self._timeout_s(leg) - LATE_MARGIN_S)
        leg.timer = self.agenda.after(after_s, lambda: self._react(name, ring, leg))
        leaves_after_s = call.person.plan.leaves_ringing_after_s if call is not None else None
        if call is not None and leaves_after_s is not None:
            self.agenda.after(leaves_after_s, lambda: self._leaves_ringing(call, leg))

    def _leaves_ringing(self, call: Call, leg: Leg) -> None:
        if leg.up:
            self.exchange.hang_up_call(call)

    def _timeout_s(self, leg: Leg) -> float:
        timer = leg.dial.timer if leg.dial is not None else None
        return getattr(timer, "at", self.agenda.now + 5.0) - self.agenda.now

    def _react(self, name: str, ring: Ring, leg: Leg) -> None:
        """The moment has come at which the agent or his phone does what the plan says."""
        exchange, dial = self.exchange, leg.dial
        first = self.outgoing.ring_of(leg) if self.outgoing is not None else None
        if first is not None and self.outgoing is not None:
            self._react_first(self.outgoing, name, ring, first)
        if not leg.up or dial is None or leg not in dial.ringing:
            return
        if ring.does in ("answer", "late"):
            exchange.answer(leg)
        elif ring.does == "race":
            exchange.answer(leg)
            exchange.hang_up_call(dial.call)
        elif ring.does == "reject":
            exchange.refuse(leg, "CHANUNAVAIL", 21)
        elif ring.does == "busy":
            exchange.refuse(leg, "BUSY", 17)
        elif ring.does == "broken":
            exchange.refuse(leg, "CHANUNAVAIL", 20)
        elif ring.does in ("logout", "pause"):
            self.ask(name, ring.does, "lunch" if ring.does == "pause" else "")

    def _react_first(self, calls: OutgoingCalls, name: str, ring: Ring, first: AgentRing) -> None:
        """The same where he is rung before his customer. race: he hangs up again in the instant of his answer."""
        if ring.does in ("answer", "late", "race"):
            calls.answer(first)
            waits_s = 0.0 if ring.does == "race" else ring.waits_s
            if waits_s is not None:
                self.agenda.after(waits_s, lambda: self._tired(calls, first))
        elif ring.does in ("reject", "busy", "broken"):
            calls.refuse(
                first, *{"reject": ("CHANUNAVAIL", 21), "busy": ("BUSY", 17)}.get(ring.does, ("CHANUNAVAIL", 20))
            )
        elif ring.does in ("logout", "pause"):
            self.ask(name, ring.does, "lunch" if ring.does == "pause" else "")

    def _tired(self, calls: OutgoingCalls, first: AgentRing) -> None:
        if calls.agents.get(first.tag) is first:
            self.exchange.hang_up_leg(first.leg)

    def phone_stops(self, leg: Leg) -> None:
        """It has stopped ringing: nothing to do, `_react` looks."""

    def away(self, agent: str) -> None:
        """The agent was put, or put himself, out of service: he comes back after a while."""
        plan = self.plan.agents.get(agent, AgentPlan())
        self.agenda.after(plan.returns_after_s, lambda: self.ask(agent, "back", ""))

    def _phone(self, dial: str, does: str, for_s: float) -> None:
        phone = self.exchange.phones[dial]
        if does == "private":
            if not phone.legs:
                self.exchange.private_call(phone, self.exchange.nodes[0], for_s)
        else:
            phone.registered = False
            self.agenda.after(for_s, lambda: setattr(phone, "registered", True))
