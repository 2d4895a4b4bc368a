"""How does the core do where theory knows the answer? A point, its simulated figures, their standard errors.

The figures are ratios over regeneration cycles (M. Crane and D. Iglehart 1975): a cycle begins whenever an arrival
finds exactly k callers present and k < agents. Nobody waits then, and talks forget their age, so cycles are
independent: no warm-up to guess, no correlation left between batches, and the standard error is that of a ratio of two
means.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cti.model import policy
from cti.model.changes import Changed, Kind
from cti.sim.queueing import NEVER_S, Caller, VirtualCenter

TALK_S = 200.0


@dataclass(frozen=True)
class Class:
    """One queue: `load` is in erlangs, so that the loads of all classes add up to agents * rho."""

    load: float
    target_s: float = 20.0
    tier: int = 5


@dataclass(frozen=True)
class Point:
    """A system in steady state. `patience_s` is the mean patience (exponential), infinite if nobody gives up."""

    model: str
    agents: int
    classes: tuple[Class, ...]
    patience_s: float = NEVER_S
    level_s: float = 20.0
    calls: int = 4000

    @property
    def load(self) -> float:
        return sum(each.load for each in self.classes)

    @property
    def name(self) -> str:
        rates = "+".join(f"{each.load:g}" for each in self.classes)
        return f"{self.model} n={self.agents} load={rates}" + (
            f" patience={self.patience_s / TALK_S:g}" if self.patience_s < NEVER_S else ""
        )


class Estimate(NamedTuple):
    """A simulated figure, its standard error, and the number of cycles behind it."""

    value: float
    error: float
    cycles: int


@dataclass(slots=True)
class Cycle:
    """Sums over the callers who came in one cycle, by class; the last entry of each list is all classes together."""

    came: list[int]
    wait: list[float]
    waited: list[int]
    gave_up: list[int]
    in_time: list[int]


@dataclass
class Measurement:
    """What was seen at one point, as cycles."""

    point: Point
    cycles: list[Cycle] = field(default_factory=list)

    def ratio(self, what: str, of_class: int = -1) -> Estimate:
        """The mean of `what` (a field of Cycle) per caller of a class, -1 for all callers."""
        above = [getattr(cycle, what)[of_class] for cycle in self.cycles]
        below = [cycle.came[of_class] for cycle in self.cycles]
        return ratio(above, below)


def ratio(above: Sequence[float], below: Sequence[float]) -> Estimate:
    """Sum(above) / sum(below) over independent pairs, with the standard error of a ratio of means."""
    count, whole = len(below), sum(below)
    value = sum(above) / whole
    spread = sum((y - value * n) ** 2 for y, n in zip(above, below, strict=True)) / (count - 1)
    return Estimate(value, math.sqrt(spread * count) / whole, count)


def center_of(point: Point) -> policy.Center:
    """The point as a configuration: every agent serves every class."""
    queues = {f"class{n}": policy.Queue(target_s=each.target_s, tier=each.tier) for n, each in enumerate(point.classes)}
    serves = {name: policy.Membership() for name in queues}
    agents = {
        f"agent{n}": policy.Agent(phone=f"PJSIP/{n}", queues=serves, starts="available") for n in range(point.agents)
    }
    entries = {str(n): policy.Entry(queue=name) for n, name in enumerate(queues)}
    return policy.Center(queues=queues, agents=agents, entries=entries)


def callers(point: Point, rng: random.Random) -> Iterator[Caller]:
    """Poisson arrivals, exponential talks and patience."""
    at, numbers = 0.0, [str(n) for n in range(len(point.classes))]
    loads = [each.load for each in point.classes]
    for number in rng.choices(numbers, loads, k=point.calls):
        at += rng.expovariate(point.load / TALK_S)
        patience_s = rng.expovariate(1.0 / point.patience_s) if point.patience_s < NEVER_S else NEVER_S
        yield Caller(at, number, rng.expovariate(1.0 / TALK_S), patience_s)


def measure(point: Point, seed: int) -> Measurement:
    """Simulate `point`; the cycles before the first regeneration and after the last are left out."""
    found = Measurement(point)
    columns = len(point.classes) + 1
    begins_with = min(point.agents - 1, int(point.load))
    mine: dict[str, Cycle] = {}

    def visit(changed: Changed) -> None:
        if changed.new == "waiting":
            if len(center.present) - 1 == begins_with:
                found.cycles.append(Cycle(*([0] * columns for _ in range(5))))  # type: ignore[arg-type]
            if found.cycles:
                mine[changed.id] = found.cycles[-1]
            return
        cycle = mine.pop(changed.id, None)
        if cycle is None:
            return
        wait_s = changed.wait_s or 0.0
        for column in (int(str(changed.queue)[5:]), -1):
            cycle.came[column] += 1
            cycle.wait[column] += wait_s
            cycle.waited[column] += wait_s > 0.0
            cycle.gave_up[column] += changed.new == "abandoned"
            cycle.in_time[column] += wait_s <= point.level_s

    center = VirtualCenter(
        center_of(point), callers(point, random.Random(f"{point.name}/{seed}")), readers={Kind.VISIT: visit}
    )
    center.run()
    found.cycles.pop()  # not over when the last caller came
    return found
