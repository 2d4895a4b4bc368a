"""Who calls and who answers while the simulator stands in for Asterisk? An endless stream of people, in real time.

Arrivals, talk and patience are exponential; what a customer or an agent does then is people.py's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import TypeAlias

from cti.model import policy
from cti.sim.channels import Call, Leg
from cti.sim.outgoing import Outgoing
from cti.sim.people import Crowd
from cti.sim.plan import Called, Caller, Plan, Ring
from cti.sim.tcp import TcpSwitch

Presses: TypeAlias = tuple[str, list[tuple[float, str]]]  # a number, and seconds with keys
CALLED_SHARES = (55, 25, 8, 10, 2)  # of those whom the engine calls: who answers, does not, is busy, a machine, rejects
LOGIN_AGAIN_S = 5.0  # until the engine listens
BACK_AFTER_S = 20.0  # an agent who was put on break notices it


class Street(Crowd):
    """People for a TcpSwitch. `open()` starts the stream, `close()` ends it."""

    def __init__(
        self,
        switch: TcpSwitch,
        rng: random.Random,
        *,
        numbers: Sequence[str],
        calls_per_minute: float,
        talk_s: float,
        patience_s: float,
        miss: float,
        presses: Sequence[Presses] = (),
    ) -> None:
        """`presses`: what callers of a number press, one of its entries each."""
        phones = list(switch.exchange.phones)
        agents = {f"a{phone.partition('/')[2]}": policy.Agent(phone=phone) for phone in phones}
        center = policy.Center(queues={"any": policy.Queue()}, agents=agents)
        super().__init__(switch.exchange, Plan(center, nodes=list(switch.nodes)), self._ask)
        self.switch, self.rng, self.numbers = switch, rng, list(numbers)
        self.gap_s, self.talk_s, self.patience_s, self.miss = 60 / calls_per_minute, talk_s, patience_s, miss
        self.presses = list(presses)
        self.talked = self.left = 0
        self.outgoing = switch.begun.calls
        self.outgoing.callees = self
        self.is_open = False
        self._asking: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Agents log in (again and again until the engine is there), callers begin to call."""
        self.is_open = True
        for name in self.plan.policy.agents:
            self.ask(name, "login", "")
        self._next_call()

    def close(self) -> None:
        self.is_open = False
        for task in self._asking:
            task.cancel()

    def counts(self) -> dict[str, int]:
        """Callers so far: how many talked to somebody, left without, are in the exchange now."""
        inside = len(self.exchange.calls)
        return {"calls": self.arrived, "answered": self.talked, "left_unanswered": self.left, "inside": inside}

    def _next_call(self) -> None:
        if self.is_open:
            self.agenda.after(self.rng.expovariate(1 / self.gap_s), self._call)

    def _call(self) -> None:
        if not self.is_open:
            return
        rng = self.rng
        dialled = rng.choice(self.numbers)
        scripts = [keys for number, keys in self.presses if number == dialled]
        caller = Caller(
            0.0,
            dialled,
            rng.choice(list(self.switch.nodes)),
            patience_s=rng.expovariate(1 / self.patience_s),
            talk_s=rng.expovariate(1 / self.talk_s),
            ends="agent" if rng.random() < 0.5 else "caller",
            digits=rng.choice(scripts) if scripts else [],
        )
        self._arrive(caller)
        self._next_call()

    # --- outgoing.Callees -------------------------------------------------------------------------------------------

    def customer_rings(self, outgoing: Outgoing) -> None:
        """Somebody or other is called."""
        rng = self.rng
        does = rng.choices(("answer", "no_answer", "busy", "machine", "reject"), weights=CALLED_SHARES)[0]
        fits = {"patience_s": rng.expovariate(1 / self.patience_s), "talk_s": rng.expovariate(1 / self.talk_s)}
        self.called[outgoing.number] = [Called(does, rng.uniform(2.0, 12.0), **fits)]  # type: ignore[arg-type]
        super().customer_rings(outgoing)

    # --- exchange.People -------------------------------------------------------------------------------------------

    def phone_rings(self, leg: Leg) -> None:
        name = self.by_phone[leg.phone.dial]
        does = "miss" if self.rng.random() < self.miss else "answer"
        ring = Ring("miss") if does == "miss" else Ring("answer", self.rng.uniform(0.5, 3.0))
        leg.timer = self.agenda.after(ring.after_s, lambda: self._react(name, ring, leg))

    def phone_stops(self, leg: Leg) -> None:
        """He may have been put on break for it: dial *14 after a while (refused if it is not so)."""
        name = self.by_phone[leg.phone.dial]
        self.agenda.after(BACK_AFTER_S, lambda: self.ask(name, "unpause", ""))

    def call_over(self, call: Call) -> None:
        super().call_over(call)
        if call.person.talks:
            self.talked += 1
        else:
            self.left += 1

    # --- agents' feature codes -------------------------------------------------------------------------------------

    def _ask(self, agent: str, action: str, reason: str) -> None:
        if self.is_open:
            task = asyncio.get_running_loop().create_task(self._dial_code(agent, action, reason))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _dial_code(self, agent: str, action: str, reason: str) -> None:
        node = next(iter(self.switch.nodes))
        endpoint = self.plan.policy.agents[agent].phone.partition("/")[2]
        answer = await self.switch.feature_code(node, endpoint, action, reason)
        if not answer and self.is_open:  # nobody listens yet
            self.agenda.after(LOGIN_AGAIN_S, lambda: self.ask(agent, action, reason))
