"""What do facts add to the counts of their quarter hours? Facts in, sums out; knows no database.

One part cannot be known here: whether a caller who came back was counted by the engine that died, and whether a
customer had called before. Both are asked of the rows that exist, where the sums are written (interval_writing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Table

from cti.figures import counting, work
from cti.figures.flow_walks import FlowWalks
from cti.figures.number_walks import NumberWalks
from cti.figures.staffing import Staffing, Stretch, pieces
from cti.figures.wait_steps import step_of
from cti.model.changes import Changed, Kind
from cti.model.events import SURVEY_ASKED
from cti.model.policy import Center
from cti.model.words import Outcome
from cti.store.interval_tables import (
    ASKED,
    GREATEST,
    INTERVAL_S,
    agent_interval,
    flow_interval,
    number_interval,
    queue_interval,
    survey_interval,
    wait_interval,
)

LEAST_DIGITS = 6  # of a number by which a customer is known again: "anonymous" is nobody

Key = tuple[Any, ...]  # values of a table's primary key, in its order


class Entering(NamedTuple):
    """A caller who enters a queue at `since` (epoch seconds). `caller` is personal data."""

    contact: str
    visit: str
    queue: str
    since: float
    caller: str
    outbound: bool = False


@dataclass
class Sums:
    """What is to be added, by table and key. `zone`: the centre's, whose days are counted too."""

    sums: dict[str, dict[Key, dict[str, float]]] = field(default_factory=dict)
    resumed: list[Entering] = field(default_factory=list)  # entered, unless an earlier engine has counted them
    came: list[Entering] = field(default_factory=list)  # for the first time: perhaps again within 7 days
    zone: str = "UTC"

    def copy(self) -> Sums:
        """One that can be added to, and this one stays."""
        sums = {table: {key: dict(row) for key, row in rows.items()} for table, rows in self.sums.items()}
        return Sums(sums, list(self.resumed), list(self.came), self.zone)

    def add(self, table: Table, key: Key, counts: counting.Counts) -> None:
        """Add to one row."""
        rows = self.sums.get(table.name)
        if rows is None:
            rows = self.sums[table.name] = {}
        row = rows.get(key)
        if row is None:
            row = rows[key] = {}
        for name, number in counts.items():
            if number:
                before = row.get(name, 0)
                row[name] = before + number if name not in GREATEST else max(before, number)


def is_known(caller: str) -> bool:
    """Whether a customer can be known again by this number."""
    return sum(letter.isdecimal() for letter in caller) >= LEAST_DIGITS


def start_of(at: float) -> int:
    """The begin of the interval that `at` is in."""
    return int(at // INTERVAL_S) * INTERVAL_S


class SumBook:
    """Give it every fact once, in order, and `open` with each policy before the first fact of it."""

    def __init__(self) -> None:
        self._sums = Sums()
        self._targets: dict[str, float] = {}
        self._queues: dict[str, tuple[str, ...]] = {}
        self._staffing = Staffing()
        self._flows = FlowWalks()
        self._numbers = NumberWalks()
        self._book_at = 0.0
        self._takes: dict[Kind, Callable[[Changed], None]] = {
            Kind.VISIT: self._visit,
            Kind.STATUS: self._agent,
            Kind.ACTIVITY: self._agent,
            Kind.OFFER: self._work,
            Kind.TRANSFER: self._work,
            Kind.FLOW: self._asked,
            Kind.SURVEY: self._answered,
            Kind.CONTACT: self._contact,
        }

    def goes_on(self, former: Iterable[Changed]) -> FlowWalks:
        """Know the contacts that an earlier engine has left open, by its VISIT and CONTACT facts of them: all of it is
        counted. Returns where they are in their flows, for others who go on.
        """
        for changed in former:
            self._flows.apply(changed)
            self._numbers.apply(changed)
        left = FlowWalks()
        left.goes_on(self._flows)
        return left

    def open(self, center: Center, at: float) -> None:
        """`center` holds from `at` on."""
        self._sums.zone = center.zone
        self._targets = {name: queue.target_s for name, queue in center.queues.items()}
        self._queues = {name: tuple(agent.queues) for name, agent in center.agents.items()}
        for name, agent in center.agents.items():
            self._staffing.begin(name, agent.starts, at)

    def take(self) -> Sums:
        """What has been added since the last time."""
        found, self._sums = self._sums, Sums(zone=self._sums.zone)
        return found

    def apply(self, changed: Changed) -> None:
        """Take in one fact."""
        if changed.at >= self._book_at:  # so that a death loses at most a quarter of an hour of what lasts long
            start = start_of(changed.at)
            self._book_at = start + INTERVAL_S
            self._stretches(self._staffing.book(start))
        take = self._takes.get(changed.kind)
        if take is not None:
            take(changed)

    def book(self, at: float) -> None:
        """Count what agents do at this moment as if it ended; a ring in progress waits until it has."""
        self._stretches(self._staffing.book(at))

    def served(self, queue: str, since: float, caller: str) -> None:
        """A contact that was answered is over; of a known customer, whether it was solved will be seen."""
        if is_known(caller):
            self._sums.add(queue_interval, (start_of(since), queue), {"known": 1})

    def _visit(self, changed: Changed) -> None:
        queue = changed.queue or ""
        since = changed.at - (changed.wait_s or 0.0) if changed.since is None else changed.since
        key = (start_of(since), queue)
        caller = changed.caller or ""
        who = Entering(changed.contact or changed.id, changed.id, queue, since, caller, changed.outbound)
        if changed.old == "":
            # A promise is taken up again like any other: of whom we call it is always asked whether he was counted.
            if changed.cause == "resumed" or changed.outbound:
                self._sums.resumed.append(who)
            else:
                self._sums.add(queue_interval, key, counting.entered())
                if changed.id.endswith("/1"):
                    self._sums.came.append(who)
        if changed.new == "waiting":
            return
        self._numbers.apply(changed)
        target_s, wait_s = self._targets.get(queue, 0.0), changed.wait_s
        counts = counting.left(changed.new, wait_s, target_s, changed.expected_p90_s, outbound=changed.outbound)
        self._sums.add(queue_interval, key, counts)
        if changed.outbound or wait_s is None or changed.new not in (Outcome.ANSWERED, Outcome.ABANDONED):
            return
        self._sums.add(wait_interval, (*key, changed.new, step_of(wait_s)), {"contacts": 1})
        if changed.new == Outcome.ANSWERED:
            self._sums.add(queue_interval, key, {"wait_max_s": wait_s})

    def _contact(self, changed: Changed) -> None:
        walk = self._flows.apply(changed)
        if walk is not None:
            self._sums.add(flow_interval, (start_of(walk.at), walk.flow), {walk.what: 1})
        step = self._numbers.apply(changed)
        if step is not None:
            self._sums.add(number_interval, (start_of(step.at), step.number), {step.what: 1})

    def _agent(self, changed: Changed) -> None:
        self._stretches(self._staffing.apply(changed))

    def _work(self, changed: Changed) -> None:
        shares = work.of_fact(changed)
        if shares:
            self._add(start_of(changed.at), shares)

    def _asked(self, changed: Changed) -> None:
        if changed.reason == SURVEY_ASKED:
            self._survey(changed, changed.new, ASKED, "0")

    def _answered(self, changed: Changed) -> None:
        self._survey(changed, changed.old, changed.reason or "", changed.new)

    def _survey(self, changed: Changed, name: str, scale: str, score: str) -> None:
        survey, _, question = name.partition(".")
        of = (survey[:40], question[:40], changed.queue or "", changed.agent or "", scale[:16])
        if score.removeprefix("-").isdecimal():
            self._sums.add(survey_interval, (start_of(changed.at), *of, int(score)), {"answers": 1})

    def _stretches(self, stretches: Iterable[Stretch]) -> None:
        for stretch in stretches:
            queues = self._queues.get(stretch.agent, ())
            for start, seconds in pieces(stretch, INTERVAL_S):
                self._add(start, work.of_time(stretch, seconds, queues))

    def _add(self, start: int, shares: Iterable[work.Share]) -> None:
        for agent, queue, counts in shares:
            if agent:
                self._sums.add(agent_interval, (start, agent, queue), counts)
            else:
                self._sums.add(queue_interval, (start, queue), counts)
