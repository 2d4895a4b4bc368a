"""Who calls and who works in a busy centre that is never shut down? The core, the simulated exchange, and all readers.

Virtual time, no sleep, no network. One day is like the other but for its callers: agents come, eat, and leave; phones
are missed, callers give up, are sent on, press keys; customers are called back. At night nobody is there.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cti.api.live_hub import LiveHub
from cti.center import ContactCenter
from cti.metrics.boards import Boards
from cti.metrics.flow_counts import FlowCounts
from cti.metrics.live import LiveView
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log_file import QueueLogFile
from cti.model import events as ev
from cti.model.books import BookOrder
from cti.model.callout import Callout
from cti.model.changes import Changed, Kind, Refused
from cti.model.policy import Center
from cti.model.words import AgentAction, AgentId, AttemptId, ContactId, NodeId, QueueName
from cti.operator_log import NoEntryLog
from cti.sim.agenda import VirtualAgenda
from cti.sim.exchange import Exchange
from cti.sim.people import Crowd
from cti.sim.plan import Called, Caller, Plan, Ring
from cti.sim.switch import SimSwitch
from cti.store.agent_status import AgentStatusWriter
from cti.store.database import open_store
from cti.store.follow_up_writer import FollowUpWriter
from cti.store.history_writer import HistoryWriter

EPOCH = 1_704_067_200.0  # a Monday, midnight UTC
HOUR_S, DAY_S = 3600.0, 86_400.0
OPENS_S, LUNCH_S, SHUTS_S = 8 * HOUR_S, 12 * HOUR_S, 20 * HOUR_S
BUSY_S = SHUTS_S - OPENS_S
LOOK_S = 60.0  # so often the boards are looked at
FLUSH_S = 1200.0  # so often we wait for the disk, as virtual time is much faster than it
KEEP_DAYS = 7
AGENTS, CUSTOMERS = 20, 5_000
QUEUES: dict[str, dict[str, Any]] = {
    "sales": {"target_s": 20, "wrap_up_s": 10, "ring_timeout_s": 12, "redial_within_s": 600},
    "service": {
        "target_s": 60,
        "wrap_up_s": 20,
        "max_wait_s": 400,
        "on_max_wait": {"queue": "sales"},
        "announce": {"first_after_s": 15, "every_s": 60, "position": True, "wait": True},
    },
    "claims": {"target_s": 30, "strategy": "ring_all", "keys": {"1": {"queue": "service"}}, "wrap_up_s": 5},
    "back": {"target_s": 300, "strategy": "ring_progressively", "requires": {"en": 2}},
}


def centre() -> Center:
    """Every agent is in two queues."""
    names = list(QUEUES)
    agents = {
        f"a{n}": {
            "phone": f"PJSIP/{1001 + n}",
            "queues": {names[n % 4]: {}, names[(n + 1) % 4]: {"penalty": n % 2}},
            "skills": {"en": 1 + n % 3},
        }
        for n in range(AGENTS)
    }
    entries = {str(6001 + n): {"queue": name} for n, name in enumerate(names)}
    return Center.model_validate({"queues": QUEUES, "agents": agents, "entries": entries, "settle_s": 1})


class People(Crowd):
    """Agents who answer most calls, miss some, and come back from what they missed."""

    def __init__(self, exchange: Exchange, plan: Plan, ask: Callable[[str, str, str], None], rng: random.Random):
        super().__init__(exchange, plan, ask)
        self.rng = rng
        self.rings = {name: iter(self._ring, None) for name in plan.policy.agents}

    def _ring(self) -> Ring:
        does = self.rng.choices(("answer", "miss", "reject", "busy", "broken"), (94, 3, 1, 1, 1))[0]
        return Ring(does, self.rng.uniform(0.5, 5.0))  # type: ignore[arg-type]

    def arrive(self, caller: Caller) -> None:
        """Somebody calls now."""
        self._arrive(caller)


class SoakCentre:
    """An engine's parts without its loop. `days(n)` lets n days pass; `roots` are the parts that must not grow."""

    def __init__(self, folder: Path, *, calls_a_day: int, look_s: float = LOOK_S, seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.gap_s, self.look_s = BUSY_S / calls_a_day, look_s
        self.agenda = VirtualAgenda()
        self.policy = policy = centre()
        self.exchange = Exchange(self.agenda, ["node1"], [agent.phone for agent in policy.agents.values()])
        self.switch = SimSwitch(self.agenda, self.exchange, self.rng, self.deliver, self.now, sorted(policy.queues))
        self.people = People(self.exchange, Plan(policy), self._ask, self.rng)
        self.people.outgoing = self.switch.outgoing
        self.switch.outgoing.callees = self.people
        self.core = ContactCenter(policy, [NodeId("node1")], strict=True)
        self.view = LiveView(policy, ["node1"])
        self.prometheus = PrometheusReader(policy, self.view, self.now)
        self.flow_counts = FlowCounts(lambda: self.view.in_flow, lambda: 0, self.view.flow_ways)
        self.boards = Boards(self.view)
        self.hub = LiveHub(self.boards, self.now)
        self.database = folder / "soak.db"
        self.store = open_store(f"sqlite:///{self.database}")
        self.history = HistoryWriter(self.store, policy, "soak", now=EPOCH, keep_s=KEEP_DAYS * DAY_S)
        self.status, self.follow_ups = AgentStatusWriter(self.store), FollowUpWriter(self.store)
        self.queue_log = QueueLogFile(folder / "queue_log", policy, EPOCH)
        self.readers = [self.view.apply, self.boards.apply, self.prometheus.apply, self.flow_counts.apply]
        self.readers += [self.status.apply, self.follow_ups.apply, self.history.apply, self.queue_log.apply]
        self.readers.append(NoEntryLog().apply)
        self.day = self.calls = self.callouts = self.events = 0
        self.ids: set[str] = set()  # of everything that lived since this was emptied
        self.view.tally.begin(EPOCH)
        self.switch.engine_starts([0.1])

    @property
    def roots(self) -> dict[str, object]:
        """What an engine is made of, by name; the simulator is none of it."""
        readers = {"history": self.history, "status": self.status, "queue_log": self.queue_log, "hub": self.hub}
        return {"core": self.core, "view": self.view, "prometheus": self.prometheus, "boards": self.boards, **readers}

    def now(self) -> float:
        """Epoch seconds."""
        return EPOCH + self.agenda.now

    def days(self, count: int) -> None:
        """Let so many days pass, each from midnight to midnight."""
        for _ in range(count):
            self._plan_day()
            self._pass_to(self.day * DAY_S + DAY_S)
            self.day += 1
        self.history.flush(60.0)

    def close(self) -> None:
        """Write what is left."""
        for part in (self.history, self.status, self.follow_ups, self.queue_log, self.store):
            part.close()

    # --- a day ------------------------------------------------------------------------------------------------------

    def _plan_day(self) -> None:
        begin = self.day * DAY_S - self.agenda.now
        self.people.called.clear()  # customers of yesterday, who were called then
        for n, name in enumerate(self.policy.agents):
            lunch_s = LUNCH_S + n % 4 * 1800
            for at_s, action in ((OPENS_S, "login"), (lunch_s, "pause"), (lunch_s + 1800, "back"), (SHUTS_S, "logout")):
                after_s = begin + at_s + self.rng.uniform(0, 300)
                self.agenda.after(after_s, lambda name=name, action=action: self._ask(name, action, ""))  # type: ignore[misc]
        self.agenda.after(begin + OPENS_S, self._next_call)
        for after_s in _each(begin, self.look_s):
            self.agenda.after(after_s, self.hub.tick)
        for after_s in _each(begin, FLUSH_S):
            self.agenda.after(after_s, self._write)

    def _write(self) -> None:
        self.history.flush(60.0)
        self.prometheus.render()

    def _next_call(self) -> None:
        if self.agenda.now - self.day * DAY_S < SHUTS_S:
            self.agenda.after(self.rng.expovariate(1 / self.gap_s), self._call)

    def _call(self) -> None:
        rng = self.rng
        number = f"+4930{rng.randrange(CUSTOMERS):07d}"
        self.calls += 1
        if rng.random() < 0.1:
            self._call_out(number)
        else:
            ends, digits = rng.choice(("agent", "caller")), [(rng.uniform(5, 40), "1")] if rng.random() < 0.1 else []
            caller = Caller(0.0, str(6001 + rng.randrange(4)), number=number, digits=digits, ends=ends)  # type: ignore[arg-type]
            caller.patience_s, caller.talk_s = rng.expovariate(1 / 200), rng.expovariate(1 / 150)
            caller.transfer_to = "cti-inbound,6002" if rng.random() < 0.05 else ""
            caller.held_s = 5.0 if rng.random() < 0.05 else 0.0
            self.people.arrive(caller)
        self._next_call()

    def _call_out(self, number: str) -> None:
        self.callouts += 1
        does = self.rng.choices(("answer", "no_answer", "busy", "reject"), (7, 2, 1, 1))[0]
        self.people.called[number] = [Called(does, self.rng.uniform(2, 12))]  # type: ignore[arg-type]
        callout = Callout(AttemptId(f"c-{self.callouts}-1"), number, ring_timeout_s=20.0, max_wait_s=600.0)
        self.deliver(ev.CalloutDue(ContactId(f"called{self.callouts}"), QueueName("sales"), callout))

    def _ask(self, agent: str, action: str, reason: str) -> None:
        """`back` is whatever ends an absence, in working hours."""
        if action == "back":
            if not OPENS_S <= self.agenda.now % DAY_S < SHUTS_S:
                return
            action = "unpause"
        self.deliver(ev.AgentRequest(AgentId(agent), AgentAction(action), reason))

    # --- the loop ---------------------------------------------------------------------------------------------------

    def deliver(self, event: ev.AnyEvent) -> None:
        """Handle an event to the end: readers are told, commands carried out."""
        self._handle(self.now(), event)

    def _handle(self, now: float, event: ev.AnyEvent) -> None:
        self.events += 1
        for output in self.core.handle(now, event):
            if isinstance(output, Changed):
                self._told(output)
            elif not isinstance(output, Refused | BookOrder):
                self.switch.execute(output)

    def _told(self, changed: Changed) -> None:
        self.ids.update(filter(None, (changed.contact, changed.call, changed.offer, changed.leg)))
        if changed.kind is Kind.ATTEMPT:
            self.ids.add(changed.id)
        elif changed.kind is Kind.STATUS and changed.new == "on_break":
            self.people.away(changed.id)
        for reader in self.readers:
            reader(changed)

    def _pass_to(self, end: float) -> None:
        while True:
            due, next_at = self.core.next_deadline(), self.agenda.next_at()
            if due is not None and due - EPOCH <= min(end, end if next_at is None else next_at):
                self.agenda.pass_to(due - EPOCH)
                self._handle(due, ev.TimePassed())
            elif next_at is not None and next_at <= end:
                self.agenda.step()
            else:
                return


def _each(begin: float, step_s: float) -> list[float]:
    return [begin + n * step_s for n in range(int(DAY_S / step_s))]
