"""Does the announced P90 hold for nine callers in ten, in steady load, through a peak, and with shared agents?

`pytest -s` prints the shares. A caller counts if a wait was expected at his door and he was answered.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from random import Random

import pytest
from kit import Announcements, Queue, center, member

from cti.model.changes import Changed, Kind
from cti.model.policy import Center
from cti.sim.queueing import Caller, VirtualCenter

pytestmark = pytest.mark.simulation

AGENTS, TALK_S, PATIENCE_S = 30, 200.0, 400.0
HOUR_S = 3600.0

Load = Callable[[float], float]  # offered load by agents, at a second


def steady(rho: float) -> Load:
    return lambda at: rho


def peak(at: float) -> float:
    """Three hours: calm, an hour of far too many, calm."""
    return 1.35 if HOUR_S <= at % (3 * HOUR_S) < 2 * HOUR_S else 0.75


def wave(at: float) -> float:
    return 1.0 + 0.35 * math.sin(2 * math.pi * at / (2 * HOUR_S))


def callers(load: Load, hours: float, numbers: list[str], spread: str, seed: int) -> Iterator[Caller]:
    """Arrivals as a Poisson process of this load (thinned from its highest); talks exponential or nearly constant."""
    chance, at = Random(seed), 0.0
    highest = 1.5 * AGENTS / TALK_S
    while at < hours * HOUR_S:
        at += chance.expovariate(highest)
        if chance.random() * 1.5 < load(at):
            talk_s = chance.expovariate(1 / TALK_S) if spread == "exponential" else chance.lognormvariate(5.18, 0.5)
            yield Caller(at, chance.choice(numbers), talk_s, chance.expovariate(1 / PATIENCE_S))


def one_queue(agents: int = AGENTS) -> Center:
    """Everybody in one queue."""
    queue = Queue(announce=Announcements(wait=True))
    return center({"sales": queue}, agents={f"a{n}": member("sales", starts="available") for n in range(agents)})


def two_queues() -> Center:
    """Two queues share half of their agents."""
    places = itertools.cycle((("sales",), ("support",), ("sales", "support"), ("sales", "support")))
    agents = {f"a{n}": member(*place, starts="available") for n, place in zip(range(AGENTS), places, strict=False)}
    return center({"sales": Queue(), "support": Queue()}, agents=agents)


def share_held(
    rules: Center, load: Load, hours: float, spread: str = "exponential", seed: int = 1
) -> tuple[int, float]:
    """How many were told, and the share of these who were answered within it."""
    told: list[bool] = []

    def read(changed: Changed) -> None:
        if changed.new == "answered" and changed.expected_p90_s is not None:
            assert changed.wait_s is not None
            if changed.wait_s > 0:
                told.append(changed.wait_s <= changed.expected_p90_s)

    numbers = [number for number in rules.entries if number.startswith("6")]
    VirtualCenter(rules, callers(load, hours, numbers, spread, seed=1), readers={Kind.VISIT: read}).run()
    return len(told), sum(told) / len(told)


CASES = {
    "steady, just enough agents": (one_queue(), steady(1.0), 8.0, "exponential"),
    "steady, too few agents": (one_queue(), steady(1.2), 8.0, "exponential"),
    "steady, talks nearly alike": (one_queue(), steady(1.1), 8.0, "lognormal"),
    "a peak every three hours": (one_queue(), peak, 12.0, "exponential"),
    "up and down": (one_queue(), wave, 12.0, "exponential"),
    "two queues share agents, steady": (two_queues(), steady(1.1), 8.0, "exponential"),
    "two queues share agents, peaks": (two_queues(), peak, 12.0, "exponential"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_p90_holds_for_nine_in_ten(name: str) -> None:
    told, held = share_held(*CASES[name])
    print(f"{name}: {told} told, {held:.1%} answered within the announced P90")
    assert told > 1000
    assert 0.85 <= held <= 0.95
