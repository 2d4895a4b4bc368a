"""Do the live view, Prometheus, queue_log and the history say the same of one simulated day, whatever goes wrong in it?

Each is compared with the visits as the facts tell them, counted here in the simplest way there is.
"""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from queue_log_reader import read_log

from cti.center import ContactCenter
from cti.figures.flow_walks import COUNTS as FLOW_COUNTS
from cti.figures.flow_walks import FlowWalks
from cti.figures.number_walks import NumberWalks
from cti.metrics.live import LiveView
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log import QueueLogLines
from cti.model.changes import Changed, Kind, Refused
from cti.model.events import PolicyChanged
from cti.model.policy import Center
from cti.reports.running import Reports
from cti.sim.plans import random_plan
from cti.sim.world import EPOCH, World
from cti.store.database import Store, open_store
from cti.store.history_batch import insert_batch
from cti.store.history_facts import KEPT, Book, Opening
from cti.store.history_left import LeftBehind
from cti.store.interval_tables import NUMBER_COUNTS

pytestmark = pytest.mark.simulation

OUTCOMES = (
    *("answered", "abandoned", "timed_out", "key_exit", "overflowed", "merged"),
    *("not_reached", "withdrawn", "moved", "lost"),
)
SEEDS = range(int(os.environ.get("CTI_AGREEMENT_SEEDS", "12")))


@dataclass
class Visit:
    """One stay in one queue, as the facts tell it."""

    queue: str
    entered_at: float
    outbound: bool
    outcome: str = ""
    wait_s: float = 0.0
    in_target: bool = False
    on_the_phone: bool = False
    forgotten: bool = False  # its queue was taken out of the policy: what stands since the start begins anew


@dataclass
class Truth:
    """Every visit by its name."""

    visits: dict[str, Visit] = field(default_factory=dict)
    stands: dict[str, Visit] = field(default_factory=dict)  # by contact: the newest of its visits
    handled: Counter[str] = field(default_factory=Counter)
    talks: list[tuple[str, float]] = field(default_factory=list)  # queue, when it began
    works: list[tuple[str, float, float]] = field(default_factory=list)  # queue, when it ended, seconds
    working: dict[str, tuple[float, str]] = field(default_factory=dict)  # agent -> since when, and for which queue
    revived: Counter[str] = field(default_factory=Counter)  # over, and then a death came before his ticket said so
    flows: FlowWalks = field(default_factory=FlowWalks)  # that never die, as the history must look
    numbers: NumberWalks = field(default_factory=NumberWalks)
    walked: Counter[tuple[str, str]] = field(default_factory=Counter)  # flow or number, and what

    def take(self, changed: Changed, policy: Center) -> None:
        if changed.kind is Kind.OFFER and changed.new == "accepted":
            self.handled[changed.queue or ""] += 1
            self.talks.append((changed.queue or "", changed.at))
        self._work(changed)
        if changed.kind in (Kind.CONTACT, Kind.VISIT):
            if (walk := self.flows.apply(changed)) is not None:
                self.walked[walk.flow, walk.what] += 1
            if (step := self.numbers.apply(changed)) is not None:
                self.walked[step.number, step.what] += 1
        if changed.kind is Kind.CONTACT and changed.old == "":
            self.stands.pop(changed.id, None)
        if changed.kind is not Kind.VISIT:
            stands = self.stands.get(changed.contact or "")
            told_of = changed.kind in (Kind.CONTACT, Kind.OFFER)  # an attempt has a call before he is on it
            if told_of and stands is not None and changed.call is not None and not stands.outcome:
                stands.on_the_phone = True
            return
        assert changed.queue is not None and changed.since is not None
        former = self.visits.get(changed.id)
        if (
            changed.old == ""
            and former is not None
            and (former.outcome or former.outbound or changed.cause != "resumed")
        ):
            self.visits[f"{changed.id} {len(self.visits)}"] = self.visits.pop(changed.id)  # a name that comes again
            self.revived[changed.queue] += changed.cause == "resumed"
        if former is None:  # a customer whom an engine had called that died before he was in any line
            self.revived[changed.queue] += changed.old == "" and changed.cause == "resumed"
        new = Visit(changed.queue, changed.since, changed.outbound)
        visit = self.visits.setdefault(changed.id, new)
        visit.on_the_phone |= changed.call is not None
        self.stands[changed.contact or ""] = visit
        if changed.new != "waiting":
            assert visit.outcome == "", f"{changed.id} has ended twice"
            visit.outcome, visit.wait_s = changed.new, changed.wait_s or 0.0
            visit.in_target = visit.wait_s <= policy.queues[changed.queue].target_s

    def _work(self, changed: Changed) -> None:
        agent = changed.agent or changed.id
        if changed.kind is Kind.STATUS or (changed.kind is Kind.ACTIVITY and changed.new != changed.old):
            begin, queue = self.working.pop(agent, (changed.at, ""))
            self.works.append((queue, changed.at, changed.at - begin))
            if changed.kind is Kind.STATUS:
                self.working |= {agent: (changed.at, queue)} if queue else {}
            elif changed.new in ("talking", "hold", "wrapup"):
                self.working[agent] = (changed.at, changed.queue or queue)

    def aht_s(self, queue: str, since: float, *, of_a_day: bool = False) -> float | None:
        """Seconds of work that have ended since then, for each talk that has begun since then.

        `of_a_day`: what of it is of the day that begins then.
        """
        ended = [(end, seconds) for name, end, seconds in self.works if name == queue and end >= since]
        work_s = sum(min(seconds, end - since) if of_a_day else seconds for end, seconds in ended)
        talks = self.talks_of(queue, since)
        return work_s / talks if talks and work_s else None

    def talks_of(self, queue: str, since: float) -> int:
        return sum(name == queue and at >= since for name, at in self.talks)

    def of(self, queue: str, since: float = 0.0) -> list[Visit]:
        """The callers' visits to a queue that began at `since` or later."""
        return [
            each
            for each in self.visits.values()
            if each.queue == queue and not each.outbound and each.entered_at >= since
        ]


class Life:
    """One engine with its readers, from its start to its death."""

    def __init__(self, day: Day, policy: Center) -> None:
        self.day, self.policy, self.now = day, policy, EPOCH
        self.truth = Truth()
        self.view = LiveView(policy)
        self.prometheus = PrometheusReader(policy, self.view, lambda: self.now)
        self.log = QueueLogLines(policy)
        self.facts: list[Changed | Opening] = []
        self.adopted = False

    def adopt(self, policy: Center) -> None:
        self.policy = policy
        self.view.reload(policy)
        self.prometheus.reload(policy)
        self.log.reload(policy)

    def take(self, changed: Changed) -> None:
        self.view.apply(changed)
        self.prometheus.apply(changed)
        self.day.lines += self.log.lines(changed)
        self.truth.take(changed, self.policy)
        self.day.truth.take(changed, self.policy)
        if changed.kind in KEPT:
            self.facts.append(changed)

    def sums_up(self) -> None:
        """After every event: each count adds up, in each window too."""
        for name, row in self.view.queues.items():
            callers = sum(not each.outbound for each in row.line.values())
            assert row.counts.offered == sum(map(row.counts.ended, OUTCOMES)) + callers
            for window in self.view.tally.windows(name).shown(self.now).values():
                assert window["offered"] == sum(window[outcome] for outcome in OUTCOMES) + window["waiting"]
                assert 0 <= window["waiting"] <= callers


@dataclass
class Day:
    """All lives of the engines of one world, and what they have left behind."""

    lives: list[Life] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)

    def center(self, policy: Center, *more: Any, **keys: Any) -> ContactCenter:
        self.lives.append(Life(self, policy))
        return Watched(self.lives[-1], policy, *more, **keys)

    def store(self, store: Store) -> None:
        numbers = itertools.count(1)
        for life in self.lives:
            book = Book()
            left = LeftBehind(store, life.now)
            book.goes_on(left.rows, left.facts())
            rows = [book.rows(self._numbered(numbers, iter(life.facts)))]
            book._sums.book(life.now)
            rows.append(book.rows([]))
            with store.engine.begin() as connection:
                for each in rows:
                    insert_batch(connection, each)

    @staticmethod
    def _numbered(numbers: Iterator[int], told: Iterator[Changed | Opening]) -> Iterator[tuple[int, Changed | Opening]]:
        for each in told:
            yield next(numbers), each
            if isinstance(each, Opening):
                for _ in range(each.most_rows):
                    next(numbers)


class Watched(ContactCenter):
    """The core, and everybody who reads."""

    def __init__(self, life: Life, policy: Center, *more: Any, **keys: Any) -> None:
        super().__init__(policy, *more, **keys)
        self._life = life

    def handle(self, now: float, event: Any) -> list[Any]:
        life = self._life
        before = life.policy
        if not life.facts:
            life.facts.append(Opening(before, "v0", now))
            life.view.tally.begin(now)
        if isinstance(event, PolicyChanged):
            life.adopt(event.policy)
        outputs = super().handle(now, event)
        if isinstance(event, PolicyChanged):
            if any(isinstance(each, Refused) for each in outputs):
                life.adopt(before)
                life.view.forget_gone()
            else:
                life.facts.append(Opening(event.policy, event.version, now))
                life.adopted = True
        life.now = now
        for each in outputs:
            if isinstance(each, Changed):
                life.take(each)
        life.sums_up()
        if life.adopted:
            life.adopted = False
            for visit in life.truth.visits.values():
                visit.forgotten |= visit.queue not in life.view.queues
        return outputs


def played(seed: int) -> Day:
    day = Day()
    result = World(random_plan(seed), center=day.center).run()
    assert result.violation is None
    return day


def levels(visits: list[Visit]) -> dict[str, float | None]:
    answered = [each for each in visits if each.outcome == "answered"]
    gone = [each for each in visits if each.outcome == "abandoned"]
    good, short = sum(each.in_target for each in answered), sum(each.wait_s <= 5.0 for each in gone)
    both = len(answered) + len(gone)
    return {
        "answered": good / len(answered) if answered else None,
        "offered": good / (both - short) if both - short else None,
        "strict": good / len(visits) if visits else None,
        "lenient": (good + sum(each.in_target for each in gone)) / both if both else None,
    }


def asa_s(visits: list[Visit]) -> float | None:
    waits = [each.wait_s for each in visits if each.outcome == "answered"]
    return sum(waits) / len(waits) if waits else None


def outcomes(visits: list[Visit]) -> dict[str, int]:
    found = Counter(each.outcome for each in visits)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def about(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_reader_says_the_same(seed: int, tmp_path: Path) -> None:
    day = played(seed)
    steady = all(fault.kind != "jump" for fault in random_plan(seed).faults)  # the engine's own clock never jumps
    life = day.lives[-1]
    snapshot = life.view.snapshot(life.now)
    counters = re.findall(
        r'^cti_queue_contacts_total\{outcome="(\w+)",queue="(\w+)"\} (\S+)$', life.prometheus.render().decode(), re.M
    )
    for row in snapshot["queues"]:
        visits = [each for each in life.truth.of(row["name"]) if not each.forgotten]
        assert (row["offered"], {name: row[name] for name in OUTCOMES}) == (len(visits), outcomes(visits))
        assert row["service_levels"] == {name: about(level) for name, level in levels(visits).items()}
        assert row["asa_s"] == about(asa_s(visits))
        mine = {outcome: float(count) for outcome, queue, count in counters if queue == row["name"]}
        assert mine == outcomes(visits)
        begin = life.view.tally.day.begin(life.now)
        for name, since in (("today", begin), ("last_60m", life.now // 60 * 60 - 59 * 60)) if steady else ():
            recent, window = life.truth.of(row["name"], since), row[name]
            assert {each: window[each] for each in OUTCOMES} == outcomes(recent)
            assert window["service_levels"] == {each: about(level) for each, level in levels(recent).items()}
            assert window["asa_s"] == about(asa_s(recent))
            assert window["handled"] == life.truth.talks_of(row["name"], since)
            assert window["aht_s"] == about(life.truth.aht_s(row["name"], since, of_a_day=name == "today"))
    assert snapshot["status"]["inconsistent"] == 0
    log_agrees(day)
    history_agrees(day, tmp_path)


def log_agrees(day: Day) -> None:
    logged = read_log(day.lines)
    for queue in {each.queue for each in day.truth.visits.values()}:
        visits = [each for each in day.truth.visits.values() if each.queue == queue and each.on_the_phone]
        found = logged[queue]
        assert found.entered == len(visits) - day.truth.revived[queue]  # the log cannot tell these two apart
        assert {name: found.left[name] for name in OUTCOMES} == outcomes(visits)
        callers = sorted(int(each.wait_s) for each in visits if each.outcome == "abandoned" and not each.outbound)
        assert not Counter(callers) - Counter(found.abandoned_after_s)


def history_agrees(day: Day, folder: Path) -> None:
    store = open_store(f"sqlite:///{folder}/cti.db")
    day.store(store)
    end = max(life.now for life in day.lives)
    reports = Reports(store, lambda: "UTC", lambda: end)
    asked = {"from": str(EPOCH - 86_400), "to": str(end + 86_400)}
    rows = {row["queue"]: row for row in reports.run("queues", asked).as_object()["rows"]}
    for queue in {each.queue for each in day.truth.visits.values()}:
        visits, row = day.truth.of(queue), rows[queue]
        assert (row["offered"], {name: row[name] for name in OUTCOMES}) == (len(visits), outcomes(visits))
        assert {name: row[f"sl_{name}"] for name in levels([])} == {
            name: about(level) for name, level in levels(visits).items()
        }
        assert row["asa_s"] == about(asa_s(visits))
        assert row["handled"] == day.truth.handled[queue]
    if rows:
        assert rows[""]["offered"] == sum(not each.outbound for each in day.truth.visits.values())
    steps = reports.run("intervals", {**asked, "step": "15m"}).as_object()["rows"]
    assert sum(row["offered"] for row in steps) == (rows[""]["offered"] if rows else 0)
    agents = {row["agent"]: row for row in reports.run("agents", asked).as_object()["rows"]}
    if agents:
        assert agents[""]["handled"] == sum(day.truth.handled.values())
    walked = Counter[tuple[str, str]]()
    for name, key, counts in (("flows", "flow", FLOW_COUNTS), ("numbers", "number", NUMBER_COUNTS)):
        for row in reports.run(name, asked).as_object()["rows"]:
            walked.update({(row[key], count): row[count] for count in counts if row[key]})
    assert +walked == day.truth.walked
    store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_agents_seconds_are_those_of_the_live_view(seed: int, tmp_path: Path) -> None:
    day = Day()
    plan = random_plan(seed, faults=("late", "repeated", "cut"))
    assert World(plan, center=day.center).run().violation is None
    (life,) = day.lives
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    life.view.tally.book(life.now)
    today = life.view.tally.agents
    begin = life.view.tally.day.begin(life.now)
    day.store(store)
    asked = {"from": str(begin), "to": str(begin + 86_400)}
    rows = Reports(store, lambda: "UTC", lambda: life.now).run("agents", asked).as_object()["rows"]
    found = {row["agent"]: row for row in rows if row["agent"]}
    for agent, counts in today.items():
        for name, number in counts.items():
            assert found[agent][name] == pytest.approx(number, abs=1e-3), (agent, name)
    assert {agent for agent, row in found.items() if row["staffed_s"]} == {
        agent for agent, counts in today.items() if counts.get("staffed_s")
    }
    rows = Reports(store, lambda: "UTC", lambda: life.now).run("queues", asked).as_object()["rows"]
    for row in (row for row in rows if row["queue"]):
        window = life.view.tally.windows(row["queue"]).shown(life.now)["today"]
        assert (window["handled"], window["aht_s"]) == (row["handled"], about(row["aht_s"]))
    store.close()
