"""How long does one decision take, and does it stay the same when the centre grows? `.venv/bin/python -m bench.core`.

A driver straight against `ContactCenter.handle`, with every output made: an agent's talk ends, he is free, the core
decides whom he gets next; he answers; another caller arrives, so that the number who wait stays the same. Timed is the
decision: from "he is free" until every output of it is made (offer, activity, contact, Ring, why). The whole event,
with the end of the talk before it, and whole calls are shown beside it. Time is CPU time: other work on the machine
counts as little as it can. 500 queues, 50 skills, every agent in five queues. Last line of stdout, one JSON object:

- decisions_per_s: decisions a second on one core (10,000 waiting, 1,000 agents), all outputs made, no readers;
- p99_us: 99th percentile of a decision, the worst of the whole grid;
- ratio_waiting: 100,000 waiting to 100 (1,000 agents); ratio_agents: 10,000 agents to 100 (10,000 waiting);
- ratio_sets: 1,000 different sets of requirements to 5 (ten queues, so that they meet in the same queue).

Ratios are of medians, both sides measured in turns in the same run.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from typing import NamedTuple

from bench.core_floor import QUEUES, Floor
from bench.percentiles import quantile
from bench.saying import say

WAITING = (100, 1_000, 10_000, 100_000)
AGENTS = (10, 100, 1_000, 10_000)
DECISIONS = 1_500  # of one cell of the grid
ROUNDS, ROUND = 12, 250  # of a ratio: so many turns of so many decisions each
REFERENCE = (10_000, 1_000)
RATIOS = {
    "ratio_waiting": ((100_000, 1_000, QUEUES, 5), (100, 1_000, QUEUES, 5)),
    "ratio_agents": ((10_000, 10_000, QUEUES, 5), (10_000, 100, QUEUES, 5)),
    "ratio_sets": ((10_000, 100, 10, 1_000), (10_000, 100, 10, 5)),
}
COLLECTOR = (20_000, 50, 50)  # as the engine sets it (cti/machine.py)
HEAD = "microseconds of a decision, and of the whole event it is part of; decisions, events and whole calls a second"


class Row(NamedTuple):
    """What was measured of one size."""

    waiting: int
    agents: int
    queues: int
    sets: int
    p50_us: float
    p99_us: float
    max_us: float
    event_us: float
    decisions_per_s: float
    events_per_s: float
    calls_per_s: float

    def text(self) -> str:
        size = f"{self.waiting:>8}{self.agents:>8}{self.queues:>8}{self.sets:>6}"
        return size + "".join(f"{value:>16,.0f}" for value in self[4:])


def in_turns(large: Floor, small: Floor) -> float:
    """Median of `large` by median of `small`."""
    times: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(ROUNDS):
        for side, floor in enumerate((large, small)):
            times[side] += [each.decision_us for each in floor.run(ROUND)]
    return quantile(times[0], 0.5) / quantile(times[1], 0.5)


def measure(floor: Floor, decisions: int) -> Row:
    """One cell of the grid, with the collector as it is set in production (cti/machine.py)."""
    gc.collect()
    gc.freeze()
    floor.run(decisions // 5)
    floor.spent_s, floor.events = 0.0, 0
    decided = floor.run(decisions)
    took_us = [each.decision_us for each in decided]
    return Row(
        *floor.size,
        quantile(took_us, 0.5),
        quantile(took_us, 0.99),
        max(took_us),
        quantile([each.event_us for each in decided], 0.5),
        1e6 * len(took_us) / sum(took_us),
        floor.events / floor.spent_s,
        len(decided) / floor.spent_s,
    )


def main(argv: list[str] | None = None) -> int:
    """Always exit code 0: the figures are for the reader to judge."""
    argparse.ArgumentParser(
        prog="bench.core", description="Time of one decision, by the size of the centre."
    ).parse_args(argv)
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTOR)
    try:
        print(json.dumps(figures()))
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
    return 0


def figures() -> dict[str, float]:
    """The whole run; the tables go to stderr."""
    started = time.perf_counter()
    say(HEAD)
    say(f"{'waiting':>8}{'agents':>8}{'queues':>8}{'sets':>6}" + "".join(f"{name:>16}" for name in Row._fields[4:]))
    grid = []
    for waiting in WAITING:
        for agents in AGENTS:
            grid.append(measure(Floor(waiting, agents), DECISIONS))
            say(grid[-1].text())
    reference = measure(Floor(*REFERENCE), 4 * DECISIONS)
    say(reference.text() + "  no readers")
    say(measure(Floor(*REFERENCE, readers=True), DECISIONS).text() + "  live view and queue_log read along")
    result: dict[str, float] = {
        "decisions_per_s": round(reference.decisions_per_s),
        "p99_us": round(max(row.p99_us for row in grid)),
    }
    for name, (large, small) in RATIOS.items():
        result[name] = round(in_turns(Floor(*large), Floor(*small)), 2)
        say(f"{name}: {result[name]} (waiting, agents, queues, sets: {large} to {small})")
    say(f"{time.perf_counter() - started:.0f} s")
    return result


if __name__ == "__main__":
    sys.exit(main())
