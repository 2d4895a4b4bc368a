"""What has been counted today, and in the last minutes, of queues, agents, teams, campaigns and flows? PURE.

A part of the live view: fed with the same facts, in the same order. Which contact stands where is the view's business
(live.py); definitions are in contract.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cti.figures import derived, work
from cti.figures.counting import WORK, Counts, add
from cti.figures.flow_walks import COUNTS as FLOW_COUNTS
from cti.figures.flow_walks import Walk
from cti.figures.staffing import STATES, Staffing, Stretch
from cti.metrics.windows import Day, Windows, of_all, of_queue
from cti.model.changes import Changed, Kind
from cti.model.dialling import campaign_of
from cti.model.policy import Center
from cti.model.words import DialResult

_PRESENCE = frozenset(WORK)
ATTEMPTS = ("placed", *(result.value for result in DialResult))


class Tally:
    """Every window. `apply` takes each fact once, `queue` what the view has counted of a queue's visits."""

    def __init__(self, policy: Center) -> None:
        self.policy = policy
        self.day = Day(policy.zone)
        self.queues: dict[str, Windows] = {}
        self.agents: dict[str, dict[str, float]] = {}  # today
        self.teams: dict[str, dict[str, float]] = {}  # today, of all who are in a team now
        self.flows: dict[str, Windows] = {}
        self.campaigns: dict[str, Windows] = {}
        self.in_the_air: dict[str, tuple[str, float]] = {}  # attempt -> campaign, and when it was placed
        self._staffing = Staffing()
        self._agents_from = 0.0
        self._started = False

    def begin(self, at: float) -> None:
        """The engine starts: agents who are there from the beginning are there from now on."""
        self._started = True
        for name, agent in self.policy.agents.items():
            self._staffing.begin(name, agent.starts, at)

    def reload(self, policy: Center) -> None:
        """Take over a changed policy; another zone holds from the next midnight on."""
        if policy.zone != self.policy.zone:
            self.day.move_to(policy.zone)
        moved = _groups(policy) != _groups(self.policy)
        self.policy = policy
        if moved:
            self._sum_teams()

    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises."""
        if not self._started:
            self.begin(changed.at)
        match changed.kind:
            case Kind.STATUS | Kind.ACTIVITY:
                for stretch in self._staffing.apply(changed):
                    self._stretch(stretch, changed.at)
            case Kind.OFFER | Kind.TRANSFER:
                shares = work.of_fact(changed)
                if shares:
                    self._add(shares, changed.at, changed.at)
            case Kind.ATTEMPT:
                self._attempt(changed)

    def queue(self, name: str, entered_at: float, now: float, counts: Counts) -> None:
        """A visit that began at `entered_at` (epoch seconds) adds `counts`."""
        self.windows(name).add(entered_at, now, counts)

    def flow(self, walk: Walk, now: float) -> None:
        """A caller has come into his flow, or out of it."""
        if walk.flow not in self.flows:
            self.flows[walk.flow] = Windows(self.day, of_all(*FLOW_COUNTS))
        self.flows[walk.flow].add(walk.at, now, {walk.what: 1})

    def book(self, now: float) -> None:
        """Count what agents do at this moment as if it ended, so that nothing is missing; a ring in progress waits."""
        for stretch in self._staffing.book(now):
            self._stretch(stretch, now)

    def windows(self, queue: str) -> Windows:
        """The windows of a queue."""
        found = self.queues.get(queue)
        if found is None:
            found = self.queues[queue] = Windows(self.day, of_queue)
        return found

    def campaign_windows(self, name: str) -> Windows:
        """The windows of a campaign, or of the callbacks."""
        found = self.campaigns.get(name)
        if found is None:
            found = self.campaigns[name] = Windows(self.day, of_all(*ATTEMPTS))
        return found

    def team(self, name: str, now: float) -> dict[str, Any]:
        """The day of all who are in a team now, together, as an agent's."""
        self._turn(now)
        return of_agent(self.teams.get(name, {}))

    def agent(self, name: str, now: float) -> dict[str, Any]:
        """An agent's day: seconds in each state that have ended, and what he has done."""
        self._turn(now)
        return of_agent(self.agents.get(name, {}))

    def begin_today_with(
        self, queues: Mapping[str, Counts], agents: Mapping[str, Counts], flows: Mapping[str, Counts], now: float
    ) -> None:
        """What earlier engines have counted today, out of the history. Of queues only what has ended."""
        for name, counts in queues.items():
            self.windows(name).begin_today_with(counts, now)
        for name, counts in flows.items():
            self.flows.setdefault(name, Windows(self.day, of_all(*FLOW_COUNTS))).begin_today_with(counts, now)
        self._turn(now)
        for name, counts in agents.items():
            add(self.agents.setdefault(name, {}), counts)
        self._sum_teams()

    def _sum_teams(self) -> None:
        self.teams = {}
        for name, counts in self.agents.items():
            self._add_to_teams(name, counts)

    def _add_to_teams(self, agent: str, counts: Counts) -> None:
        rules = self.policy.agents.get(agent)
        for team in () if rules is None else rules.groups:
            add(self.teams.setdefault(team, {}), counts)

    def _stretch(self, stretch: Stretch, now: float) -> None:
        """A day has what of it is of that day; the last hour has all of it, a talk over midnight too."""
        self._turn(now)
        begin = max(stretch.begin, self._agents_from)
        if stretch.end <= begin:
            return
        rules = self.policy.agents.get(stretch.agent)
        queues = () if rules is None else rules.queues
        self._add(work.of_time(stretch, stretch.end - begin, queues), stretch.end, now)
        if begin > stretch.begin:
            for agent, queue, counts in work.of_time(stretch, begin - stretch.begin, ()):
                if not agent:
                    self.windows(queue).add(stretch.end, now, counts, of_today=False)

    def _add(self, shares: Iterable[work.Share], began_at: float, now: float) -> None:
        self._turn(now)
        for agent, queue, counts in shares:
            if agent:
                add(self.agents.setdefault(agent, {}), counts)
                self._add_to_teams(agent, counts)
            elif counts.keys() <= _PRESENCE:
                self.windows(queue).add_today(began_at, counts)
            else:
                self.windows(queue).add(began_at, now, counts)

    def _attempt(self, changed: Changed) -> None:
        campaign, placed_at = self.in_the_air.get(changed.id) or (campaign_of(changed.id), changed.at)
        found = self.campaign_windows(campaign)
        if changed.id not in self.in_the_air:
            found.add(placed_at, changed.at, {"placed": 1})
        if changed.new in ("placed", "answered"):
            self.in_the_air[changed.id] = (campaign, placed_at)
        else:
            self.in_the_air.pop(changed.id, None)
            found.add(placed_at, changed.at, {changed.new: 1})

    def _turn(self, now: float) -> None:
        begin = self.day.begin(now)
        if begin != self._agents_from:
            self._agents_from, self.agents, self.teams = begin, {}, {}


def of_agent(counts: Counts) -> dict[str, Any]:
    """The counts of one agent, or of several together, as they are shown."""
    return {
        **{name: round(counts.get(name, 0.0), 3) for name in (*STATES, *WORK)},
        "handled": int(counts.get("handled", 0)),
        "transferred": int(counts.get("transferred", 0)),
        "missed": int(counts.get("missed", 0)),
        "occupancy": derived.occupancy(counts),
        "aht_s": derived.aht_s(counts),
    }


def _groups(policy: Center) -> dict[str, tuple[str, ...]]:
    return {name: agent.groups for name, agent in policy.agents.items() if agent.groups}
