"""What does a fair order buy in a peak? Our order, strict priority and app_queue's weights, on the same callers.

`python -m bench.fairness`: half-hour peaks of a centre whose agents serve three queues with the promises 20 s, 60 s and
180 s, once with few gold customers and once with many. Each peak is played with the same callers, talks and patience:

- ours: the core, one tier, urgency = time waited / promise: everybody's wait grows in step with his promise;
- ours_steep: the same promises, but `urgency_target_s` 5 s, 60 s and 360 s: gold's urgency grows faster and bronze's
  slower. The dial between ours and strict, which an operator turns;
- strict: the core, each queue a tier of its own (the shortest promise first, always);
- app_queue: a model of Asterisk's app_queue with `weight` (bench/app_queue.py), the shortest promise the heaviest.

Within target: share of all callers who were answered within their queue's target. Starved: waited more than 5 times the
target, answered or not. Tables and what they mean on stderr; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from bench.app_queue import Stay, WeightedQueues
from bench.saying import say
from cti.model import policy
from cti.model.changes import Changed, Kind
from cti.sim.queueing import Caller, VirtualCenter

AGENTS = 30
TALK_S = 210.0
PATIENCE_S = 900.0
STARVED_AFTER = 5  # times the target
CALM_S, PEAK_S, AFTER_S = 1800.0, 1800.0, 1800.0
CALM_RHO = 0.75
PEAKS = (0.95, 1.00, 1.05, 1.10, 1.20)  # offered load of the peak's half hour / agents
MIXES = {"few gold": (0.2, 0.5, 0.3), "mostly gold": (0.5, 0.35, 0.15)}  # shares of the callers
STEEP = {"gold": 5.0, "silver": 60.0, "bronze": 360.0}
ORDERS = ("ours", "ours_steep", "strict", "app_queue")


class Promise(NamedTuple):
    """One queue: its target, and its tier and weight where these are what counts."""

    queue: str
    target_s: float
    tier: int
    weight: int


PROMISES = (Promise("gold", 20.0, 1, 3), Promise("silver", 60.0, 2, 2), Promise("bronze", 180.0, 3, 1))
PROMISED = {each.queue: each.target_s for each in PROMISES}


@dataclass
class Score:
    """What came of one order, over all peaks."""

    within: dict[str, list[bool]] = field(default_factory=lambda: {each.queue: [] for each in PROMISES})
    worst_wait_s: dict[str, float] = field(default_factory=lambda: {each.queue: 0.0 for each in PROMISES})
    starved: dict[str, int] = field(default_factory=lambda: {each.queue: 0 for each in PROMISES})
    gave_up: int = 0

    def add(self, stays: Iterable[Stay]) -> None:
        """Only those who came in the peak itself count."""
        for stay in stays:
            if not CALM_S <= stay.came_at < CALM_S + PEAK_S:
                continue
            target_s = PROMISED[stay.queue]
            self.within[stay.queue].append(stay.answered and stay.wait_s <= target_s)
            self.worst_wait_s[stay.queue] = max(self.worst_wait_s[stay.queue], stay.wait_s)
            self.starved[stay.queue] += stay.wait_s > STARVED_AFTER * target_s
            self.gave_up += not stay.answered

    def share(self, queue: str | None = None) -> float:
        """Answered within target / offered, of one queue or of all."""
        seen = [ok for each in self.within for ok in self.within[each] if queue in (None, each)]
        return sum(seen) / len(seen) if seen else 0.0


def callers(mix: str, peak: float, seed: int) -> list[Caller]:
    """A calm half hour, the peak, and the time after it."""
    rng = random.Random(f"{mix}/{peak}/{seed}")
    found, at = [], 0.0
    while at < CALM_S + PEAK_S + AFTER_S:
        rho = peak if CALM_S <= at < CALM_S + PEAK_S else CALM_RHO
        at += rng.expovariate(rho * AGENTS / TALK_S)
        queue = rng.choices(PROMISES, MIXES[mix])[0].queue
        found.append(Caller(at, queue, rng.expovariate(1 / TALK_S), rng.expovariate(1 / PATIENCE_S)))
    return found


def by_core(people: list[Caller], urgent_s: dict[str, float], *, tiers: bool = False) -> list[Stay]:
    """Play the peak on our own core with these `urgency_target_s`, or strictly by tiers."""
    queues = {
        each.queue: policy.Queue(
            target_s=each.target_s, urgency_target_s=urgent_s[each.queue], tier=each.tier if tiers else 5
        )
        for each in PROMISES
    }
    serves = {each.queue: policy.Membership() for each in PROMISES}
    agents = {f"a{n}": policy.Agent(phone=f"PJSIP/{n}", queues=serves, starts="available") for n in range(AGENTS)}
    center = policy.Center(queues=queues, agents=agents)
    entries = {each.queue: policy.Entry(queue=each.queue) for each in PROMISES}
    stays: list[Stay] = []

    def visit(changed: Changed) -> None:
        if changed.new != "waiting":
            answered = changed.new == "answered"
            stays.append(Stay(str(changed.queue), changed.since or 0.0, changed.wait_s or 0.0, answered))

    VirtualCenter(center.model_copy(update={"entries": entries}), people, readers={Kind.VISIT: visit}).run(
        until=CALM_S + PEAK_S + AFTER_S + 4 * 3600
    )
    return stays


def by_app_queue(people: list[Caller]) -> list[Stay]:
    """Play the peak on the model of app_queue."""
    queues = WeightedQueues({each.queue: each.weight for each in PROMISES}, AGENTS)
    for caller in people:
        queues.call(caller.at, caller.dialled, caller.talk_s, caller.patience_s)
    return queues.run()


def main(argv: list[str] | None = None) -> int:
    """Print the comparison."""
    parser = argparse.ArgumentParser(prog="bench.fairness", description="Half-hour peaks under three orders.")
    parser.add_argument("--seeds", type=int, default=5, help="days per peak (default %(default)s)")
    options = parser.parse_args(argv)
    every = {order: Score() for order in ORDERS}
    for mix, peak in product(MIXES, PEAKS):
        scores = {order: Score() for order in ORDERS}
        for seed in range(options.seeds):
            people = callers(mix, peak, seed)
            played = {
                "ours": by_core(people, PROMISED),
                "ours_steep": by_core(people, STEEP),
                "strict": by_core(people, PROMISED, tiers=True),
                "app_queue": by_app_queue(people),
            }
            for order, stays in played.items():
                scores[order].add(stays)
                every[order].add(stays)
        show(f"{mix}, peak at {peak:.0%} of what {AGENTS} agents can do", scores)
    show("all peaks together", every)
    for paragraph in conclusion(every):
        say("\n" + textwrap.fill(paragraph, 100))
    print(json.dumps({order: as_object(score) for order, score in every.items()}))
    return 0


def show(title: str, scores: dict[str, Score]) -> None:
    """One small table on stderr."""
    heads = "".join(f"{each.queue + f' <= {each.target_s:g} s':>18}" for each in PROMISES)
    say(f"\n{title}\n{'':12}{heads}{'all':>9}{'worst wait gold/silver/bronze':>32}{'starved g/s/b':>18}{'gave up':>9}")
    for order, score in scores.items():
        shares = "".join(f"{score.share(each.queue):>18.1%}" for each in PROMISES)
        worst = "/".join(f"{score.worst_wait_s[each.queue]:.0f}" for each in PROMISES)
        starved = "/".join(f"{score.starved[each.queue]}" for each in PROMISES)
        say(f"{order:<12}{shares}{score.share():>9.1%}{worst + ' s':>32}{starved:>18}{score.gave_up:>9}")


def conclusion(scores: dict[str, Score]) -> list[str]:
    """What the figures of all peaks mean for somebody who has to choose, in paragraphs."""
    ours, steep, weights = scores["ours"], scores["ours_steep"], scores["app_queue"]
    shortest, longest = PROMISES[0], PROMISES[-1]
    return [
        f"Starved: waited more than {STARVED_AFTER} times the queue's target. <= 20 s: answered within it.",
        f"In a peak not everybody can be answered in time; the order decides who is not. app_queue's weight and strict "
        f"priority answer the shortest promise first, always: more calls in time ({weights.share():.0%}; ours "
        f"{ours.share():.0%}), paid for by a few who are left until the peak is over: {_people(weights)} starved, "
        f"the worst wait was {_worst_s(weights):.0f} s. With ours everybody's wait grows in step with his promise: "
        f"{_starved(ours)} starved, the worst wait was {_worst_s(ours):.0f} s.",
        f"Where to stand between the two is yours to choose, without changing what is promised or reported: "
        f"urgency_target_s. ours_steep has {STEEP[shortest.queue]:g} s instead of {shortest.target_s:g} s for "
        f"{shortest.queue} and {STEEP[longest.queue]:g} s instead of {longest.target_s:g} s for {longest.queue}: "
        f"{steep.share(shortest.queue):.0%} of {shortest.queue} in time (before {ours.share(shortest.queue):.0%}, "
        f"app_queue {weights.share(shortest.queue):.0%}), {_starved(steep)} starved, the worst "
        f"wait {_worst_s(steep):.0f} s. "
        f"Who wants the last percent of {shortest.queue} whatever it costs the others uses tier, which is "
        "strict. Your own callers and people: cti simulate.",
    ]


def _starved(score: Score) -> int:
    return sum(score.starved.values())


def _people(score: Score) -> str:
    return f"{_starved(score)} caller{'' if _starved(score) == 1 else 's'}"


def _worst_s(score: Score) -> float:
    return max(score.worst_wait_s.values())


def as_object(score: Score) -> dict[str, object]:
    """The figures of one order; `within_target`, `worst_wait_s` and `starved` are over all queues."""
    return {
        "within_target": round(score.share(), 4),
        "worst_wait_s": round(_worst_s(score), 1),
        "starved": _starved(score),
        "within_target_by_queue": {each.queue: round(score.share(each.queue), 4) for each in PROMISES},
    }


if __name__ == "__main__":
    sys.exit(main())
