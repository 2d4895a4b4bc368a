"""How long does it take to choose among many free agents, by strategy? `.venv/bin/python -m bench.strategies`.

One queue, everybody in it and free. A caller comes: timed is the whole event, from CallArrived until every output of
the decision is made. He is answered and his talk ends before the next one comes, so that the number of free agents
stays the same. Every agent has the skills asked for at some level, and a weight. CPU time. Last line of stdout, one
JSON object: for each strategy the median in microseconds with 100 and with 10,000 free agents (`linear_10000_us`).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time

from bench.percentiles import quantile
from bench.saying import say
from cti.center import ContactCenter
from cti.model import events as ev
from cti.model import policy
from cti.model.commands import Ring
from cti.model.policy import Strategy
from cti.model.words import CallId, NodeId, OfferId, RingResult

FREE = (100, 10_000)
DECISIONS = 300
NODE = NodeId("node1")


def center_of(strategy: Strategy, agents: int) -> policy.Center:
    chance = random.Random(agents)
    return policy.Center(
        queues={"q": policy.Queue(strategy=strategy, requires={"en": 1, "zh": 1})},
        agents={
            f"a{n}": policy.Agent(
                phone=f"PJSIP/{n}",
                skills={"en": chance.randint(1, 5), "zh": chance.randint(1, 5)},
                queues={"q": policy.Membership(weight=chance.choice((0.5, 1, 3)))},
                starts="available",
            )
            for n in range(agents)
        },
        entries={"1": policy.Entry(queue="q")},
        settle_s=0.0,
    )


def median_us(strategy: Strategy, agents: int) -> float:
    """Of one decision."""
    core = ContactCenter(center_of(strategy, agents))
    took_us: list[float] = []
    now = 1_700_000_000.0
    for number in range(DECISIONS):
        now += 1.0
        call = CallId(f"node1/{number}")
        began = time.thread_time()
        outputs = core.handle(now, ev.CallArrived(call, NODE, "PJSIP/trunk", "1", "+4930123456"))
        took_us.append(1e6 * (time.thread_time() - began))
        offer = OfferId(next(output for output in outputs if type(output) is Ring).legs[0].offer)
        core.handle(now, ev.OfferAnswered(offer))
        core.handle(now, ev.RingEnded(call, RingResult.ANSWERED, 60.0, True, offer))
        core.handle(now, ev.CallGone(call))
    return quantile(took_us[10:], 0.5)


def main(argv: list[str] | None = None) -> int:
    """Always exit code 0: the figures are for the reader to judge."""
    argparse.ArgumentParser(
        prog="bench.strategies", description="Time of one decision, by strategy and free agents."
    ).parse_args(argv)
    found: dict[str, float] = {}
    for strategy in Strategy:
        for agents in FREE:
            found[f"{strategy}_{agents}_us"] = figure = round(median_us(strategy, agents))
            say(f"{strategy:>20}{agents:>8} free{figure:>8} us")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
