"""How long does the engine's loop stand still while a big configuration is read again? `python -m bench.reload`.

An engine's core with its readers (no Asterisk): 5,000 agents in 50 queues, 1,000 callers who wait. The file is read
again with another target for every queue, then with another phone for every tenth agent, then one agent joins a queue.
A timer of 1 ms runs all the while; its worst lateness is the pause. Last line of stdout: one JSON object, milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import uvloop
import yaml

from bench.percentiles import quantile
from bench.saying import say
from cti import machine
from cti.center import ContactCenter
from cti.config import settings as config
from cti.engine import Engine
from cti.metrics.live import LiveView
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log_file import QueueLogFile
from cti.model import events
from cti.model.audit import AuditEntry
from cti.model.changes import Refused
from cti.model.commands import AnyCommand
from cti.model.policy import Center
from cti.model.words import CallId, NodeId
from cti.policy_in_force import PolicyInForce
from cti.ports import PolicyAnswer
from cti.store.database import open_store

QUEUES = 50
TICK_S = 0.001
QUIET_S = 1.0
NODE = NodeId("node1")


class NoSwitch:
    def execute(self, command: AnyCommand) -> None:
        """Nobody is rung."""


class Pauses:
    """A timer that is late when the loop stands still."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []

    async def _run(self) -> None:
        while True:
            due = time.perf_counter() + TICK_S
            await asyncio.sleep(TICK_S)
            self.late_ms.append((time.perf_counter() - due) * 1000)

    async def during(self, work: Awaitable[Any]) -> dict[str, float]:
        self.late_ms.clear()
        ticking = asyncio.create_task(self._run())
        began = time.perf_counter()
        await work
        took_ms = (time.perf_counter() - began) * 1000
        ticking.cancel()
        return {
            "whole_ms": round(took_ms, 1),
            "worst_pause_ms": round(max(self.late_ms), 1),
            "p99_pause_ms": round(quantile(self.late_ms, 0.99), 1),
        }


def written(agents: int, target_s: float, other_phones: bool) -> str:
    queues = {f"q{n}": {"target_s": target_s, "rings": [{"after_s": 30, "groups": ["back"]}]} for n in range(QUEUES)}
    people = {
        f"a{n}": {
            "phone": f"PJSIP/{n + 100_000 * (other_phones and n % 10 == 0)}",
            "queues": [f"q{n % QUEUES}", f"q{(n + 7) % QUEUES}"],
            "skills": {"en": n % 5 + 1},
            **({"groups": ["back"]} if n % 20 == 0 else {}),
        }
        for n in range(agents)
    }
    entries = {str(6000 + n): {"queue": f"q{n}"} for n in range(QUEUES)}
    nodes = {"node1": {"host": "127.0.0.1", "secret": "x"}}
    whole = {"nodes": nodes, "fastagi": {"token": "t"}, "queues": queues, "agents": people, "entries": entries}
    return str(yaml.dump(whole, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False))


async def measure(folder: Path, agents: int, waiting: int) -> dict[str, dict[str, float]]:
    file = folder / "center.yaml"
    file.write_text(written(agents, 20, False))
    settings = config.load(file)
    view = LiveView(settings.center)
    prometheus = PrometheusReader(settings.center, view, time.time)
    log = QueueLogFile(folder / "queue_log", settings.center, time.time())
    engine = Engine(ContactCenter(settings.center), NoSwitch(), [view.apply, prometheus.apply, log.apply])

    def adopt(policy: Center, version: str, by: str) -> Refused | None:
        for reader in (view, prometheus, log):
            reader.reload(policy)
        return engine.ask(events.PolicyChanged(policy, version, by))

    store = open_store(f"sqlite:///{folder}/cti.db")
    policy = PolicyInForce(file, settings, store, time.time, adopt, list[AuditEntry]().append)
    engine.post(events.NodeUp(NODE))
    for n in range(waiting):
        call = CallId(f"node1/1.{n}")
        engine.post(events.CallArrived(call, NODE, f"PJSIP/t-{n}", str(6000 + n % QUEUES)))
    machine.make_pauses_rare()
    pauses = Pauses()

    async def reload(target_s: float, other_phones: bool) -> None:
        await asyncio.to_thread(file.write_text, written(agents, target_s, other_phones))
        taken(await policy.reload(by="bench"))

    async def join() -> None:
        taken(await policy.change({"agents.a1.queues.q9": {"level": 2}}, by="bench"))

    def taken(answer: PolicyAnswer) -> None:
        assert answer.applied, answer.errors

    found = {"quiet": await pauses.during(asyncio.sleep(QUIET_S))}
    found["targets_of_all_queues"] = await pauses.during(reload(30, False))
    found["phones_of_a_tenth"] = await pauses.during(reload(30, True))
    found["nothing"] = await pauses.during(policy.reload(by="bench"))
    found["one_joins"] = await pauses.during(join())
    assert len(engine.center.contacts) == waiting and not view.inconsistent
    engine.stop()
    store.close()
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.reload", description="The loop's pause while a big file is reloaded.")
    parser.add_argument("--agents", type=int, default=5_000, help="in the file (%(default)s)")
    parser.add_argument("--waiting", type=int, default=1_000, help="callers meanwhile (%(default)s)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="cti-reload-") as folder:
        found = uvloop.run(measure(Path(folder), options.agents, options.waiting))
    for what, row in found.items():
        say(f"{what:>24}: " + ", ".join(f"{key} {value:g}" for key, value in row.items()))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
