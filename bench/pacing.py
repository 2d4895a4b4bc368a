"""How busy are agents, and how many who answer find nobody? Our pacing, one per free agent, and an adaptive ratio.

`python -m bench.pacing`: the same people (list, answers, talks) are dialled by four dialers: ours (cti.outbound.pacing,
predictive, 3 %), progressive (one dial per free agent) and a model of VICIdial's ADAPT_HARD_LIMIT and ADAPT_AVERAGE
(bench/pacing_dialers.py). First days that stay the same (answers 30 %, talks 120 s), then hours in which answers are
15 % to 60 % and become 1.6 times as many in the middle while talks become 1.5 times as long: quiet ones (exponential
talks), and bursty ones (every 5 minutes 0.6 or 1.4 times as many answers, lognormal talks, 15 s of wrap-up).

Occupancy: talk and wrap-up over all of the agents' time. Abandoned: answered, and no agent within 2 s; over answered.
Window: the campaign's accounting window, here the whole run, which stands for a day or for all of a new campaign:
nothing from before to draw on. Tables on stderr; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.pacing_dialers import CAP, AdaptiveRatio, Ours, Progressive
from bench.pacing_floor import Campaign, Dialer, Regime, Tally, Trade
from bench.saying import say

DIALERS: dict[str, Callable[[], Dialer]] = {
    "ours": Ours,
    "progressive": Progressive,
    "adaptive": lambda: AdaptiveRatio(hard=True),
    "adaptive_average": lambda: AdaptiveRatio(hard=False),
}
STEADY_HOURS = {5: 8.0, 10: 8.0, 30: 4.0, 100: 2.0}
TALK_S, ANSWER_RATE = 120.0, 0.30
CHANGING_AGENTS, CHANGING_RATES, CHANGING_HOURS = (10, 30, 100, 500), (0.15, 0.30, 0.60), 1.0
BURST_S, BURST = 300.0, (0.6, 1.4)
ROW = "{:<34}" + "{:>18}" * len(DIALERS)


class Case(NamedTuple):
    """One set of circumstances, and how it is called."""

    name: str
    trade: Trade


def steady(agents: int) -> Case:
    """A day on which nothing changes."""
    trade = Trade(agents, STEADY_HOURS[agents], [Regime(0.0, ANSWER_RATE, TALK_S)], tick_s=2.0 if agents <= 10 else 1.0)
    return Case(f"{agents} agents, {trade.hours:g} h", trade)


def changing(agents: int, rate: float, *, bursty: bool) -> Case:
    """An hour in whose middle answers become more and talks longer."""
    half_s = CHANGING_HOURS * 1800.0
    halves = [Regime(0.0, rate, TALK_S), Regime(half_s, min(0.9, 1.6 * rate), 1.5 * TALK_S)]
    name = f"{agents} agents, {rate:.0%} answer, {'bursty' if bursty else 'quiet'}"
    if not bursty:
        return Case(name, Trade(agents, CHANGING_HOURS, halves))
    regimes = [
        Regime(half.since_s + step * BURST_S, min(0.9, half.answer_rate * BURST[step % 2]), half.talk_s)
        for half in halves
        for step in range(int(half_s / BURST_S))
    ]
    return Case(name, Trade(agents, CHANGING_HOURS, regimes, talk_spread=0.9, wrapup_s=15.0))


def cases() -> Iterator[Case]:
    """The changing ones."""
    for agents in CHANGING_AGENTS:
        for rate in CHANGING_RATES:
            for bursty in (False, True):
                yield changing(agents, rate, bursty=bursty)


def play(case: Case, seeds: range) -> dict[str, list[Tally]]:
    """All dialers, each seed."""
    return {name: [Campaign(case.trade, make(), seed).run() for seed in seeds] for name, make in DIALERS.items()}


def occupancy(tallies: list[Tally]) -> float:
    """Of all seeds together."""
    return sum(tally.busy_s for tally in tallies) / sum(tally.agent_s for tally in tallies)


def abandoned(tallies: list[Tally]) -> float:
    """Of all seeds together."""
    return sum(tally.abandoned for tally in tallies) / max(1, sum(tally.answered for tally in tallies))


def over_cap(tallies: list[Tally]) -> int:
    """Windows in which more than the cap was abandoned."""
    return sum(tally.abandoned > CAP * tally.answered for tally in tallies)


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 if our pacing broke the cap in any window."""
    parser = argparse.ArgumentParser(prog="bench.pacing", description="Dialers side by side on the same list.")
    parser.add_argument("--seeds", type=int, default=1, help="days of each steady case (default %(default)s)")
    parser.add_argument("--most-s", type=float, default=230, help="begin no case after so long (default %(default)s)")
    parser.add_argument("--steady-only", action="store_true", help="not the hours in which the regime changes")
    options = parser.parse_args(argv)
    started = time.perf_counter()
    figures: dict[str, dict[str, dict[str, float]]] = {name: {"occupancy": {}, "abandon": {}} for name in DIALERS}
    broken = dict.fromkeys(DIALERS, 0)
    windows = below = left_out = 0
    decision_ms: dict[str, float] = {}
    say(f"occupancy / abandoned ({CAP:.0%} may be; ! more was in that many windows)")
    for number, case in enumerate([*map(steady, STEADY_HOURS), *(() if options.steady_only else cases())]):
        if number in (0, len(STEADY_HOURS)):
            say("\n" + ROW.format("nothing changes" if not number else "a change in the middle", *DIALERS))
        if number >= len(STEADY_HOURS) and time.perf_counter() - started > options.most_s:
            left_out += 1
            continue
        seeds = range(options.seeds if number < len(STEADY_HOURS) else 1)
        played = play(case, seeds)
        windows += len(seeds)
        slowest_ms = max(1000 * tally.decide_s / tally.decisions for tally in played["ours"])
        agents = str(case.trade.agents)
        decision_ms[agents] = round(max(decision_ms.get(agents, 0.0), slowest_ms), 3)
        for name, tallies in played.items():
            broken[name] += over_cap(tallies)
            if number < len(STEADY_HOURS):
                figures[name]["occupancy"][str(case.trade.agents)] = round(occupancy(tallies), 4)
                figures[name]["abandon"][str(case.trade.agents)] = round(abandoned(tallies), 4)
        below += any(
            not over_cap(played[name]) and occupancy(played[name]) > occupancy(played["ours"])
            for name in ("adaptive", "adaptive_average")
        )
        say(ROW.format(case.name, *map(cell, played.values())))
    say(
        f"\nwindows over the cap, of {windows}: "
        + ", ".join(f"{name} {count}" for name, count in broken.items())
        + "; "
        f"an adaptive ratio that kept it was busier in {below} cases; {time.perf_counter() - started:.0f} s"
    )
    if left_out:
        say(f"{left_out} cases were left out: this took too long (--most-s)")
    print(json.dumps({**figures, "cap_broken": broken["ours"], "decision_ms": decision_ms}))
    return 1 if broken["ours"] else 0


def cell(tallies: list[Tally]) -> str:
    """One dialer's figures in a table."""
    over = over_cap(tallies)
    return f"{occupancy(tallies):.3f} / {abandoned(tallies):.2%}" + (f" !{over}" if over else "")


if __name__ == "__main__":
    sys.exit(main())
