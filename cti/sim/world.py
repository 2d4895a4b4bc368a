"""Does the core hold in this world? Runs a plan: switch and people, virtual time, faults, checks; no sleep, no I/O.

`run(plan)` is the whole use; the same plan gives the same result, to the byte.
"""

from __future__ import annotations

import random
import traceback
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cti.center import ContactCenter
from cti.model import events as ev
from cti.model import policy
from cti.model.books import BookOrder
from cti.model.changes import Changed, Kind, Refused
from cti.model.words import AgentAction, AgentId, AgentStatus, ContactAction, QueueName
from cti.sim.agenda import VirtualAgenda
from cti.sim.checks import Checks, Violation
from cti.sim.exchange import Exchange
from cti.sim.faults import Faults
from cti.sim.people import Crowd
from cti.sim.plan import Plan, Reload, Supervision
from cti.sim.promises import Promises
from cti.sim.switch import SimSwitch

EPOCH = 1_700_000_000.0
DRAIN_S = 4000.0  # after the last caller has left: longer than any deadline of the core
MAX_IDLE_TURNS = 200

Step = tuple[float, ev.AnyEvent, list[Any]]


@dataclass(slots=True)
class Result:
    """What came of a run. `contact_hours`: how long all contacts together were with us."""

    seed: int
    violation: Violation | None = None
    trace: list[Step] = field(default_factory=list)  # the last steps, or all of them
    outcomes: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    events: int = 0
    faults: int = 0  # that happened
    agreements: int = 0  # how often core and switch were compared
    contact_hours: float = 0.0

    @property
    def replay(self) -> str:
        return f".venv/bin/python -m cti.sim.replay --seed {self.seed}"


class World:
    """One engine, one exchange, its people."""

    def __init__(
        self, plan: Plan, *, keep: int | None = 40, center: Callable[..., ContactCenter] = ContactCenter
    ) -> None:
        self.plan, self.new_center = plan, center
        self.policy = plan.policy  # as it holds now
        self.agenda = VirtualAgenda()
        rng = random.Random(plan.seed ^ 0x5EED)
        phones = [agent.phone for agent in plan.policy.agents.values()]
        self.exchange = Exchange(self.agenda, plan.nodes, phones)
        self.switch = SimSwitch(self.agenda, self.exchange, rng, self.deliver, self.now, sorted(plan.policy.queues))
        self.crowd = Crowd(self.exchange, plan, self.ask)
        self.crowd.outgoing = self.switch.outgoing
        self.switch.outgoing.callees = self.crowd
        self.promises = Promises(self.agenda, self.deliver, self.now, lambda: self.center is not None)
        self.faults = Faults(self.agenda, self.switch, self, rng)
        self.checks = Checks(plan.policy, self.exchange, self.switch)
        self.rng = rng
        self.jumped_s = 0.0
        self.store: dict[AgentId, tuple[str, str]] = {
            AgentId(name): (agent.starts, "") for name, agent in plan.policy.agents.items()
        }
        self.trace: deque[Step] = deque(maxlen=keep)
        self.result = Result(plan.seed)
        self.die_after_commands: int | None = None
        self.down_s = 0.0
        self._since: dict[str, float] = {}
        self.center: ContactCenter | None = None

    # --- the engine's life -----------------------------------------------------------------------------------------

    def now(self) -> float:
        return EPOCH + self.agenda.now + self.jumped_s

    def start_engine(self, *, again: bool = False) -> None:
        self.center = self.new_center(self.policy, self.exchange.nodes, strict=True)
        self.checks.fresh(self.center)
        self.switch.engine_starts([0.5 * self.rng.random() for _ in self.exchange.nodes])
        self.promises.engine_starts()
        if again:
            for name, (status, reason) in self.store.items():
                self.deliver(ev.AgentRestored(name, AgentStatus(status), reason, self.now()))

    def kill(self, down_s: float, *, after_commands: int | None) -> None:
        if self.center is None:
            return
        self.down_s = down_s
        if after_commands is None:
            self._die()
        else:
            self.die_after_commands = after_commands

    def _die(self) -> None:
        self.die_after_commands = None
        self.center = None
        self.switch.engine_dies()
        self.agenda.after(self.down_s, lambda: self.start_engine(again=True))

    def jump(self, by_s: float) -> None:
        self.jumped_s += by_s

    # --- events and outputs ----------------------------------------------------------------------------------------

    def deliver(self, event: ev.AnyEvent, *, at: float | None = None) -> None:
        """An event reaches the engine: handle it, check what came of it, execute it."""
        center = self.center
        if center is None:
            return
        now = max(self.now(), at or 0.0)
        self.result.events += 1
        try:
            outputs = center.handle(now, event)
        except Exception as bug:
            self.trace.append((now, event, []))
            raise Violation("exception", "".join(traceback.format_exception(bug)[-4:]), type(bug).__name__) from bug
        self.trace.append((now, event, outputs))
        self.policy = center.policy  # the file says the same: it holds for the next life too
        self.checks.after(now, event, outputs)
        for output in outputs:
            if isinstance(output, Changed):
                self._changed(output)
            elif not isinstance(output, Refused | BookOrder):
                if self.die_after_commands is not None:
                    self.die_after_commands -= 1
                    if self.die_after_commands < 0:
                        self._die()
                        return
                self.switch.execute(output)

    def _changed(self, changed: Changed) -> None:
        kind = changed.kind
        if kind is Kind.STATUS:
            self.store[AgentId(changed.id)] = (changed.new, changed.reason or "")
            if changed.new != AgentStatus.AVAILABLE:
                self.crowd.away(changed.id)
        elif kind is Kind.VISIT and changed.new != "waiting":
            self.result.outcomes[changed.new] += 1
        self.promises.told(changed)

    def ask(self, agent: str, action: str, reason: str) -> None:
        """A person asks the engine; "back" is whatever ends his absence."""
        center = self.center
        if center is None:
            self.agenda.after(5.0, lambda: self.ask(agent, action, reason))
            return
        if action == "back":
            known = center.agents.get(AgentId(agent))
            if known is None or known.status is AgentStatus.AVAILABLE:
                return
            status = known.status
            action = "login" if status is AgentStatus.LOGGED_OUT else "unpause"
        self.deliver(ev.AgentRequest(AgentId(agent), AgentAction(action), reason))

    def supervise(self, wish: Supervision) -> None:
        """A supervisor looks at who is there and asks for something."""
        if self.center is None or not self.center.contacts:
            return
        living = sorted(self.center.contacts)
        contact, action = living[wish.nth % len(living)], ContactAction(wish.action)
        self.deliver(ev.ContactRequest(contact, action, QueueName(wish.queue), wish.seconds))

    def reload(self, nth: int, reload: Reload) -> None:
        """The operator has another policy."""
        self.deliver(ev.PolicyChanged(policy.Center.model_validate(reload.policy), f"v{nth + 1}"))

    # --- time ------------------------------------------------------------------------------------------------------

    def run(self) -> Result:
        """Everything until the last caller has left and every deadline is over."""
        self.agenda.after(0.0, self.start_engine)
        self.crowd.start()
        for each in self.plan.wishes:
            self.crowd.called.setdefault(each.number, []).extend(each.called)
        self.promises.start(self.plan.wishes)
        self.faults.schedule(self.plan.faults)
        plan = self.plan
        for wish in plan.supervision:
            self.agenda.after(wish.at, lambda wish=wish: self.supervise(wish))  # type: ignore[misc]
        for nth, reload in enumerate(plan.reloads):
            self.agenda.after(reload.at, lambda nth=nth, reload=reload: self.reload(nth, reload))  # type: ignore[misc]
        last = [item.at for items in (plan.callers, plan.requests, plan.faults, plan.phones) for item in items]
        last += [wish.at + 120.0 for wish in plan.wishes]
        open_until = max(last, default=0.0) + 60.0
        try:
            self._turn(lambda: self.agenda.now < open_until or bool(self.exchange.calls or self._called()))
            closed_at = self.agenda.now
            self._turn(lambda: self.agenda.now < closed_at + DRAIN_S and not self._idle(closed_at))
            if self.center is not None:
                self.checks.drained(self.now())
        except Violation as violation:
            self.result.violation = violation
        self.result.trace = list(self.trace)
        self.result.calls = self.crowd.arrived
        self.result.faults = self.faults.happened
        self.result.agreements = self.checks.agreements
        self.result.contact_hours = self.exchange.call_s / 3600
        return self.result

    def _called(self) -> bool:
        """Whether a customer is being called."""
        return bool(self.switch.outgoing.ringing)

    def _idle(self, closed_at: float) -> bool:
        """Nothing left to wait for: a snapshot has been seen since, and the core has no deadline."""
        center = self.center
        return (
            center is not None
            and self.agenda.now > max(closed_at, self.checks.moved_at) + 65.0
            and self.switch.quiet()
            and not self._called()
            and center.next_deadline() is None
            and not any(leg for leg in self.exchange.legs)
        )

    def _turn(self, go_on: Callable[[], bool]) -> None:
        """Step through agenda and deadlines in order of time."""
        idle_turns = 0
        while go_on():
            center = self.center
            due = center.next_deadline() if center is not None else None
            due_at = None if due is None else due - EPOCH - self.jumped_s
            next_at = self.agenda.next_at()
            if due_at is not None and (next_at is None or due_at <= next_at):
                idle_turns = idle_turns + 1 if due_at <= self.agenda.now else 0
                if idle_turns > MAX_IDLE_TURNS:
                    raise Violation("deadline", "a deadline that is due never goes away")
                self.agenda.pass_to(due_at)
                self.deliver(ev.TimePassed(), at=due)
            elif next_at is not None:
                self.agenda.step()
            else:
                return


def run(plan: Plan, *, keep: int | None = 40, center: Callable[..., ContactCenter] = ContactCenter) -> Result:
    """Run one world. `keep`: how many of the last steps the result's trace holds (None = all)."""
    return World(plan, keep=keep, center=center).run()
