"""Which of many seeds fail? Runs worlds on all cores; a failing seed comes with the one command that replays it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from cti.sim.plan import FaultKind
from cti.sim.plans import QUICK_TALKS_S, random_plan
from cti.sim.world import Result, run

CHUNK = 10


@dataclass(slots=True)
class Tally:
    """Many results in one."""

    seeds: int = 0
    calls: int = 0
    events: int = 0
    faults: int = 0
    agreements: int = 0
    contact_hours: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, result: Result) -> None:
        self.seeds += 1
        self.calls += result.calls
        self.events += result.events
        self.faults += result.faults
        self.agreements += result.agreements
        self.contact_hours += result.contact_hours
        self.outcomes.update({str(outcome): count for outcome, count in result.outcomes.items()})
        if result.violation is not None:
            self.failures.append(f"{result.violation}\n  replay: {result.replay}")

    def merge(self, other: Tally) -> None:
        self.seeds += other.seeds
        self.calls += other.calls
        self.events += other.events
        self.faults += other.faults
        self.agreements += other.agreements
        self.contact_hours += other.contact_hours
        self.outcomes.update(other.outcomes)
        self.failures += other.failures


def run_chunk(
    seeds: list[int],
    hours: float | None = None,
    faults: tuple[FaultKind, ...] | None = None,
    talks_s: tuple[float, ...] = QUICK_TALKS_S,
) -> Tally:
    """Run some seeds in this process."""
    tally = Tally()
    for seed in seeds:
        result = run(random_plan(seed, hours=hours, faults=faults, talks_s=talks_s), keep=1)
        if hours is not None and result.violation is not None:
            long_talks = "" if talks_s == QUICK_TALKS_S else f" --talks {','.join(f'{each:g}' for each in talks_s)}"
            result.violation.args = (f"{result.violation} (add --hours {hours:g}{long_talks})",)
        tally.add(result)
    return tally


def run_many(
    seeds: Iterable[int],
    *,
    hours: float | None = None,
    faults: tuple[FaultKind, ...] | None = None,
    workers: int | None = None,
    chunk: int = CHUNK,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Run all `seeds` on `workers` processes (default: one per core)."""
    total = Tally()
    todo = list(_chunks(list(seeds), chunk))
    with ProcessPoolExecutor(max_workers=workers or os.cpu_count()) as pool:
        for tally in pool.map(run_chunk, todo, [hours] * len(todo), [faults] * len(todo)):
            total.merge(tally)
            progress(total)
    return total


def _chunks(seeds: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(seeds), size):
        yield seeds[start : start + size]
