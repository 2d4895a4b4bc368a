"""What happens on one day? Draws its callers, puts its people to work, plays it on the core and counts.

Callers are drawn from seed, day and row alone: whatever the configuration, the same people call, talk as long and are
as patient (common random numbers). Counts by queue and half hour of entry, as the metric contract defines them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from cti.acd.estimate import promise_kept
from cti.model.changes import Changed, Kind
from cti.model.policy import Agent, Center, Entry, Membership, Queue
from cti.model.words import AgentAction, AgentId
from cti.sim.queueing import NEVER_S, Caller, Duty, VirtualCenter
from cti.sim.whatif_input import HALF_HOUR_S, Day, Shift, queue_of

SHORT_ABANDON_S = 5.0  # S of the metric contract
DRAIN_S = 4 * 3600.0  # after the last interval and the last shift, so long until we stop looking
EVERYTHING = 10  # the highest level of a skill
ALL = ""  # in place of a queue: all of them

Key = tuple[str, int]  # (queue or ALL, number of the half hour)


@dataclass(slots=True)
class Cell:
    """What was counted of one queue in one half hour of one day."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    in_target: int = 0  # answered within the queue's target
    elsewhere: int = 0  # left the line in another way: maximum wait, full, a key
    ewt_announced: int = 0  # answered, with a P90 that was expected at the door
    ewt_kept: int = 0  # of these: answered within it
    wait_s: float = 0.0  # of all answered
    busy_s: float = 0.0  # ringing, talk, wrap-up of the queue's agents, whatever queue the work was for
    staffed_s: float = 0.0  # of the queue's agents, breaks left out


@dataclass
class Count:
    """One day's cells, and the callers that nobody had served when we stopped looking."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    callers: int = 0
    unserved: int = 0

    def cell(self, queue: str, at: float) -> Cell:
        """The cell of `queue` at the second `at` of the day."""
        key = (queue, int(at // HALF_HOUR_S))
        found = self.cells.get(key)
        if found is None:
            found = self.cells[key] = Cell()
        return found


@dataclass(frozen=True)
class Cast:
    """One configuration with the people of the roster in it."""

    center: Center
    duties: tuple[Duty, ...]


def cast(center: Center, day: Day) -> Cast:
    """Put the people of the roster into `center`; whoever is not on it stays at home."""
    agents = {name: agent.model_copy(update={"starts": "logged_out"}) for name, agent in center.agents.items()}
    duties: list[Duty] = []
    for shift in day.shifts:
        for name in _people(shift):
            if name not in agents:
                agents[name] = _person(center, shift.agent, name)
            duties.extend(_duties(AgentId(name), shift))
    entries: dict[str, Entry] = dict(center.entries)
    for row in day.demand:
        if row.wants in center.queues:
            entries[row.wants] = Entry(queue=row.wants)
    queues = {name: _without_offers(queue) for name, queue in center.queues.items()}
    return Cast(center.model_copy(update={"agents": agents, "entries": entries, "queues": queues}), tuple(duties))


def _without_offers(queue: Queue) -> Queue:
    """Nobody knows who would take what a flow offers to those who wait: in a simulated day nobody does."""
    to = queue.on_long_wait.to if queue.on_long_wait is not None else None
    stays = {"on_long_wait": None} if to is not None and to.flow is not None else {}
    return queue.model_copy(update={"while_waiting": None, **stays})


def _people(shift: Shift) -> list[str]:
    if shift.agent is not None and shift.count == 1:
        return [shift.agent]
    return [f"{shift.agent or 'staff'}~{shift.line}.{number}" for number in range(1, shift.count + 1)]


def _person(center: Center, like: str | None, name: str) -> Agent:
    phone = f"Sim/{name}"
    if like is not None:
        return center.agents[like].model_copy(update={"phone": phone, "phones": {}, "starts": "logged_out"})
    skills = {skill for queue in center.queues.values() for skill in queue.requires}
    skills |= {skill for entry in center.entries.values() for skill in entry.requires}
    return Agent.model_construct(
        phone=phone, skills=dict.fromkeys(skills, EVERYTHING), queues=dict.fromkeys(center.queues, Membership())
    )


def _duties(agent: AgentId, shift: Shift) -> list[Duty]:
    found = [Duty(shift.from_s, agent, AgentAction.LOGIN), Duty(shift.to_s, agent, AgentAction.LOGOUT)]
    for begin_s, end_s in shift.breaks:
        found.append(Duty(begin_s, agent, AgentAction.PAUSE))
        if end_s < shift.to_s:
            found.append(Duty(end_s, agent, AgentAction.UNPAUSE))
    return found


def draw(day: Day, talk_less_s: Mapping[str, float], seed: str) -> list[Caller]:
    """The callers of one day in order: Poisson arrivals, exponential talks and patience.

    `talk_less_s`: by what a row wants, the wrap-up that its aht_s contains.
    """
    callers = []
    for row in day.demand:
        if row.offered <= 0:
            continue
        rng = random.Random(f"{seed}/{row.wants}/{row.start_s:g}")
        at = row.start_s + rng.expovariate(row.offered / day.interval_s)
        while at < row.start_s + day.interval_s:
            talk_s = rng.expovariate(1.0 / (row.aht_s - talk_less_s[row.wants]))
            patience_s = rng.expovariate(1.0 / row.patience_s) if row.patience_s < NEVER_S else NEVER_S
            callers.append(Caller(at, row.wants, talk_s, patience_s))
            at += rng.expovariate(row.offered / day.interval_s)
    callers.sort(key=lambda caller: caller.at)
    return callers


def wrap_ups(day: Day, center: Center) -> dict[str, float]:
    """The wrap-up (seconds) that `center` has for whatever the rows of the demand want."""
    found = {}
    for row in day.demand:
        queue = queue_of(center, row.wants)
        assert queue is not None
        found[row.wants] = center.queues[queue].wrap_up_s
    return found


def play(played: Cast, day: Day, callers: list[Caller], ring_s: float) -> Count:
    """Play one day and count it."""
    count = Count(callers=len(callers))
    work = _Work(played.center, count)
    targets = {name: queue.target_s for name, queue in played.center.queues.items()}

    def visit(changed: Changed) -> None:
        queue, since, wait_s = str(changed.queue), changed.since or 0.0, changed.wait_s or 0.0
        kept = promise_kept(wait_s, changed.expected_p90_s, answered=changed.new == "answered")
        for cell in (count.cell(queue, since), count.cell(ALL, since)):
            if changed.new == "waiting":
                cell.offered += 1
            elif changed.new == "answered":
                cell.answered += 1
                cell.wait_s += wait_s
                cell.ewt_announced += kept is not None
                cell.ewt_kept += bool(kept)
                cell.in_target += wait_s <= targets[queue]
            elif changed.new == "abandoned":
                cell.abandoned += 1
                cell.short_abandoned += wait_s <= SHORT_ABANDON_S
            else:
                cell.elsewhere += 1

    center = VirtualCenter(
        played.center,
        callers,
        duties=played.duties,
        ring_s=ring_s,
        readers={Kind.VISIT: visit, Kind.ACTIVITY: work.activity, Kind.STATUS: work.status},
    )
    center.run(until=max([day.demand[-1].start_s, *(row.start_s for row in day.demand)]) + day.interval_s + DRAIN_S)
    work.close(center.now)
    count.unserved = sum(contact.agent is None for contact in center.core.contacts.values())
    return count


class _Work:
    """How long does each agent work, and how long is he there? Adds both to the cells of his queues."""

    def __init__(self, center: Center, count: Count) -> None:
        self._count = count
        self._queues = {name: (*agent.queues, ALL) for name, agent in center.agents.items()}
        self._since: dict[str, float] = {}
        self._busy: set[str] = set()
        self._available: set[str] = set()

    def activity(self, changed: Changed) -> None:
        self._up_to(changed.id, changed.at)
        (self._busy.discard if changed.new == "idle" else self._busy.add)(changed.id)

    def status(self, changed: Changed) -> None:
        self._up_to(changed.id, changed.at)
        (self._available.add if changed.new == "available" else self._available.discard)(changed.id)

    def close(self, at: float) -> None:
        """The day is over."""
        for agent in list(self._since):
            self._up_to(agent, at)

    def _up_to(self, agent: str, at: float) -> None:
        """Book what was true of `agent` until `at`, half hour by half hour."""
        begin = self._since.get(agent, at)
        self._since[agent] = at
        busy = agent in self._busy
        if not busy and agent not in self._available:
            return
        while begin < at:
            end = min(at, (begin // HALF_HOUR_S + 1) * HALF_HOUR_S)
            for queue in self._queues[agent]:
                cell = self._count.cell(queue, begin)
                cell.staffed_s += end - begin
                cell.busy_s += (end - begin) * busy
            begin = end
