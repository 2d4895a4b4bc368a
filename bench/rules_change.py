"""How long does the loop stand still when a queue's rules change and many wait? `python -m bench.rules_change`.

The core alone: 10,000 callers in one queue of two skill sets, of ten known segments, nobody free. Then the operator
changes one key at a time and takes it back; timed is PolicyChanged, with every output. CPU time. Last line of stdout:
one JSON object, milliseconds by key (the median of both ways, five times).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from bench.percentiles import quantile
from bench.saying import say
from cti.center import ContactCenter
from cti.model import events as ev
from cti.model import policy
from cti.model.words import CallId, NodeId

NODE = NodeId("node1")
CHANGES: dict[str, dict[str, Any]] = {
    "wrap_up_s": {"wrap_up_s": 7.0},
    "max_wait_s": {"max_wait_s": 3000.0},
    "announce": {"announce": policy.Announcements(every_s=45.0)},
    "target_s": {"target_s": 30.0},
    "tier": {"tier": 4},
    "head_start_s": {"head_start_s": 30.0},
    "head_starts": {"head_starts": (policy.HeadStart(when={"segment": "3"}, seconds=60.0),)},
    "requires": {"requires": {"zh": 1}},
    "rings": {"rings": (policy.Ring(after_s=500.0, accept={"en": 0}), policy.Ring(after_s=900.0, groups=("back",)))},
}


def center(**rules: Any) -> policy.Center:
    given = {"announce": policy.Announcements(), "rings": (policy.Ring(after_s=600.0, accept={"en": 0}),)} | rules
    return policy.Center(
        queues={"q": policy.Queue(**given), "other": policy.Queue()},
        agents={
            f"a{n}": policy.Agent(phone=f"PJSIP/{n}", skills={"en": 3, "zh": 2}, queues={"q": policy.Membership()})
            for n in range(100)
        },
        entries={"1": policy.Entry(queue="q"), "2": policy.Entry(queue="q", requires={"en": 2})},
        settle_s=0.0,
    )


def figures(waiting: int) -> dict[str, float]:
    core, now = ContactCenter(center()), 1_700_000_000.0
    for number in range(waiting):
        now += 0.01
        customer = {"segment": str(number % 10)}
        call = CallId(f"node1/{number}")
        dialled = str(1 + number % 2)
        core.handle(now, ev.CallArrived(call, NODE, "PJSIP/trunk", dialled, "+4930123456", customer=customer))
    found: dict[str, float] = {}
    for name, rules in CHANGES.items():
        took_ms = []
        for turn in range(10):
            new = center(**rules) if turn % 2 == 0 else center()
            event = ev.PolicyChanged(new, f"{name}{turn}")
            began = time.thread_time()
            core.handle(now, event)
            took_ms.append(1000 * (time.thread_time() - began))
        found[name] = round(quantile(took_ms, 0.5), 1)
        say(f"{name:>14}{found[name]:>9} ms (the longest {max(took_ms):.1f})")
    return found


def main(argv: list[str] | None = None) -> int:
    """Always exit code 0: the figures are for the reader to judge."""
    parser = argparse.ArgumentParser(prog="bench.rules_change", description="The pause when a queue's rules change.")
    parser.add_argument("--waiting", type=int, default=10_000, help="callers meanwhile (%(default)s)")
    print(json.dumps(figures(parser.parse_args(argv).waiting)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
