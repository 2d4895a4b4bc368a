"""At which points is the core held against theory, and what does theory say there? For the tests and bench."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from tests.theory.formulas import accumulating_priority, erlang_a, erlang_c, strict_priority
from tests.theory.measure import TALK_S, Class, Measurement, Point, measure

SEED = 3


class Figure(NamedTuple):
    """One figure at one point: what theory says, what the simulation found, and its standard error."""

    point: Point
    name: str
    theory: float
    simulated: float
    error: float
    cycles: int

    @property
    def sigma(self) -> float:
        """How far the simulation is off, in its own standard errors."""
        return (self.simulated - self.theory) / self.error


def _calls(rho: float) -> int:
    """How many calls are about 60 times as many as it takes to forget: lambda / (sqrt(n mu) - sqrt(lambda))^2 arrivals.

    With fewer, waits are so skewed that a standard error says nothing.
    """
    return max(2000, int(60.0 * rho / (1.0 - math.sqrt(rho)) ** 2))


def _c(agents: int, rho: float) -> Point:
    return Point("Erlang C", agents, (Class(agents * rho),), calls=_calls(rho))


def _a(agents: int, rho: float, giving_up: float) -> Point:
    calls = max(4000, 300 * agents)
    return Point("Erlang A", agents, (Class(agents * rho),), patience_s=TALK_S / giving_up, calls=calls)


def _accumulating(agents: int, *classes: tuple[float, float]) -> Point:
    """Classes as (share of the agents, slope), slopes ascending: a target of 100 s has slope 1."""
    calls = max(4000, _calls(sum(rho for rho, _ in classes)))
    each = tuple(Class(agents * rho, 100.0 / slope) for rho, slope in classes)
    return Point("accumulating", agents, each, calls=calls)


def _strict(agents: int, *rhos: float) -> Point:
    each = tuple(Class(agents * rho, tier=tier) for tier, rho in enumerate(rhos))
    return Point("strict", agents, each, calls=max(4000, _calls(sum(rhos))))


C_LOADS: tuple[tuple[int, float], ...] = (
    (1, 0.3),
    (1, 0.5),
    (1, 0.7),
    (2, 0.5),
    (2, 0.7),
    (3, 0.6),
    (3, 0.75),
    (5, 0.6),
    (5, 0.75),
    (8, 0.7),
)
C_LOADS += ((10, 0.7), (10, 0.8), (15, 0.75), (15, 0.8), (20, 0.8), (25, 0.8), (35, 500 / 3600 * 210 / 35))
A_LOADS: tuple[tuple[int, float, float], ...] = (
    (1, 0.8, 1.0),
    (1, 1.2, 0.5),
    (2, 0.9, 1.0),
    (3, 0.7, 0.5),
    (3, 1.0, 2.0),
    (5, 0.8, 0.5),
    (5, 1.0, 1.0),
)
A_LOADS += ((5, 1.3, 1.0), (8, 0.9, 2.0), (10, 0.8, 0.5), (10, 1.1, 1.0), (10, 1.4, 2.0), (15, 1.0, 1.0))
A_LOADS += ((20, 0.9, 1.0), (20, 1.1, 2.0), (30, 1.0, 1.0))

POINTS: tuple[Point, ...] = (
    *(_c(*load) for load in C_LOADS),
    *(_a(*load) for load in A_LOADS),
    _accumulating(1, (0.3, 1), (0.3, 2)),
    _accumulating(2, (0.35, 1), (0.35, 10)),
    _accumulating(5, (0.5, 1), (0.25, 3)),
    _accumulating(10, (0.4, 1), (0.4, 4)),
    _accumulating(1, (0.2, 1), (0.2, 2), (0.3, 5)),
    _accumulating(3, (0.2, 1), (0.2, 2), (0.35, 10)),
    _accumulating(5, (0.25, 1), (0.25, 3), (0.25, 9)),
    _strict(1, 0.25, 0.2, 0.25),
    _strict(2, 0.35, 0.35),
    _strict(5, 0.2, 0.3, 0.25),
    _strict(10, 0.4, 0.4),
)
"""What the tests look at: every kind of system, at loads that show their true mean within some thousand calls."""

HEAVY: tuple[Point, ...] = (
    *(_c(*load) for load in ((1, 0.9), (5, 0.9), (10, 0.9), (20, 0.92), (50, 0.9))),
    *(replace(_a(*load), calls=20_000) for load in ((50, 0.96, 0.5), (50, 1.05, 0.5), (50, 1.1, 1.0), (30, 1.0, 0.3))),
    _accumulating(10, (0.45, 1), (0.45, 4)),
    _accumulating(2, (0.425, 1), (0.425, 10)),
    _accumulating(10, (0.45, 1), (0.27, 3), (0.18, 9)),
    _strict(10, 0.45, 0.45),
    _strict(2, 0.3, 0.3, 0.3),
)
"""What only the benchmark has the time for."""


def figures(found: Measurement) -> list[Figure]:
    """Everything that theory knows at the point of `found`, beside what was simulated. Times in seconds."""
    point, service = found.point, 1.0 / TALK_S
    rates = [each.load / TALK_S for each in point.classes]
    told: dict[str, tuple[float, str, int]] = {}
    if point.model == "Erlang A":
        impatient = erlang_a(point.agents, sum(rates), service, 1.0 / point.patience_s)
        told["P(wait)"] = (impatient.p_wait, "waited", -1)
        told["P(abandon)"] = (impatient.p_abandon, "gave_up", -1)
        told["E[wait] s"] = (impatient.wait, "wait", -1)
    else:
        together = erlang_c(point.agents, sum(rates), service, point.level_s)
        told["P(wait)"] = (together.p_wait, "waited", -1)
        told["ASA s"] = (together.asa, "wait", -1)  # of several classes: the conservation law
    if point.model == "Erlang C":
        told[f"SL({point.level_s:g} s)"] = (together.level, "in_time", -1)
    elif point.model == "accumulating":
        slopes = [1.0 / each.target_s for each in point.classes]
        waits = accumulating_priority(point.agents, rates, slopes, service)
        told |= {f"W{n + 1} s": (wait, "wait", n) for n, wait in enumerate(waits)}
    elif point.model == "strict":
        waits = strict_priority(point.agents, rates, service)
        told |= {f"W{n + 1} s": (wait, "wait", n) for n, wait in enumerate(waits)}
    return [Figure(point, name, theory, *found.ratio(what, n)) for name, (theory, what, n) in told.items()]


def at_point(point: Point, seed: int = SEED) -> list[Figure]:
    """Simulate one point."""
    return figures(measure(point, seed))


def everywhere(points: Sequence[Point] = POINTS, scale: float = 1.0) -> Iterator[Figure]:
    """All figures at `points`, with `scale` times their calls, on all cores."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(at_point, [replace(point, calls=int(point.calls * scale)) for point in points]):
            yield from found
