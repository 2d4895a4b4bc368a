"""What does one call cost the engine in CPU, and which part of it? `.venv/bin/python -m bench.call_cost [--parts]`.

The whole engine in this process (history in SQLite, queue_log, web, metrics), with Asterisk's bytes from memory
(call_cost_street.py): no sockets, so that two trees differ by their own work alone. All agents talk and some callers
wait; for each talk that ends one more caller comes. Counted is CPU time, of the loop and of the threads that write;
what plays Asterisk is in the loop's, the same for every tree (`peer` among the parts).

`--parts`: which part of cti/ the loop is in, looked at every millisecond of CPU; the functions go to stderr.
Last line of stdout: one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

import uvloop

from bench import simulated
from bench.call_cost_street import NODE, Greeter, Street
from bench.processes import CHECKOUT, HOST
from bench.saying import say
from bench.waiting import must
from cti import log as logging_setup
from cti import machine
from cti.app import Application
from cti.config.settings import load
from cti.demo.ports import free_ports

QUEUES, AGENTS = 8, 200
WARM_CALLS = 300
SAMPLE_S = 0.001
SETTLE_S, LOOK_S = 60.0, 0.001
MOST_SHOWN = 45
STORED = ("contact_fact", "agent_fact")


class Sampler:
    """Where the loop's thread spends its CPU time: a look at its stack whenever the process has used SAMPLE_S."""

    def __init__(self) -> None:
        self.parts: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()
        self._last_s = time.thread_time()
        self._folder = f"{CHECKOUT}/"

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, SAMPLE_S, SAMPLE_S)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0.0)

    def _look(self, _: int, frame: FrameType | None) -> None:
        now_s = time.thread_time()
        spent_s, self._last_s = now_s - self._last_s, now_s
        while frame is not None and not frame.f_code.co_filename.startswith(self._folder):
            frame = frame.f_back
        if frame is None:
            part = name = "loop"
        else:
            file = frame.f_code.co_filename.removeprefix(self._folder)
            name = f"{file} {frame.f_code.co_qualname}"
            part = "peer" if file.startswith("bench/") else file.split("/")[1].removesuffix(".py")
        self.parts[part] += spent_s  # type: ignore[assignment]
        self.functions[name] += spent_s  # type: ignore[assignment]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.call_cost", description="CPU of one call, by part.")
    parser.add_argument("--calls", type=int, default=3000, help="that are measured (3000)")
    parser.add_argument("--agents", type=int, default=AGENTS, help="all of them talk (200)")
    parser.add_argument("--waiting", type=int, default=100, help="callers in the line; 0: an agent is free for each")
    parser.add_argument("--per-s", type=float, default=200.0, help="calls a second (200); 0: as fast as it goes")
    parser.add_argument("--parts", action="store_true", help="look where the loop is (costs a little)")
    options = parser.parse_args(argv)
    logging_setup.configure()
    with tempfile.TemporaryDirectory(prefix="cti-cost-") as made:
        found = uvloop.run(measure(Path(made), options))
    print(json.dumps(found))
    return 0


async def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All of it once."""
    ami = Greeter()
    listener = await asyncio.get_running_loop().create_server(ami, HOST, 0)
    ports = (listener.sockets[0].getsockname()[1], *free_ports(3))
    file = folder / "center.yaml"
    centre = simulated.centre(folder, ports, agents=options.agents, queues=QUEUES, wrap_up_s=0)
    file.write_text(json.dumps(centre | {"queue_log": str(folder / "queue_log")}))
    machine.make_pauses_rare()
    machine.make_enums_quick()
    async with Application.start(load(file), file) as app:
        await must(lambda: app.switch.nodes[NODE].live and not app.engine.center.settling, SETTLE_S, LOOK_S)
        found = await run(Street(app, ami, QUEUES), options)
    with closing(sqlite3.connect(folder / "state" / "cti.db")) as database:
        contacts = database.execute("SELECT count(*) FROM contact_history").fetchone()[0]
        rows = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in STORED}
        size = database.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    stored = {table: round(count / contacts, 1) for table, count in rows.items()}
    return found | {"rows_per_call": stored, "database_bytes_per_call": round(size / contacts)}


async def run(street: Street, options: argparse.Namespace) -> dict[str, Any]:
    """Fill the floor, warm up, measure."""
    talks = options.agents if options.waiting else options.agents // 2
    for _ in range(talks + options.waiting):
        street.come()
        await asyncio.sleep(0)
    await must(lambda: len(street.talking) == talks, SETTLE_S, LOOK_S)
    await turns(street, WARM_CALLS, 0.0)
    await asyncio.sleep(1.0)
    sampler = Sampler()
    if options.parts:
        sampler.start()
    began, events, commands = street.answered, street.events, street.commands
    all_s, loop_s, since = time.process_time(), time.thread_time(), time.monotonic()
    posted = street.app.engine.events
    await turns(street, options.calls, options.per_s)
    await asyncio.sleep(1.0)  # what is gathered gets written
    all_s, loop_s = time.process_time() - all_s, time.thread_time() - loop_s
    took_s, posted = time.monotonic() - since, street.app.engine.events - posted
    sampler.stop()
    calls = street.answered - began
    found: dict[str, Any] = {
        "us_per_call": round(1e6 * all_s / calls),
        "loop_us_per_call": round(1e6 * loop_s / calls),
        "threads_us_per_call": round(1e6 * (all_s - loop_s) / calls),
        "calls": calls,
        "calls_per_s": round(calls / took_s, 1),
        "ami_events_per_call": round((street.events - events) / calls, 1),
        "agi_commands_per_call": round((street.commands - commands) / calls, 1),
        "core_events_per_call": round(posted / calls, 1),
    }
    if options.parts:
        found["parts"] = {part: round(1e6 * spent_s / calls) for part, spent_s in sampler.parts.most_common()}
        for name, spent_s in sampler.functions.most_common(MOST_SHOWN):
            say(f"{1e6 * spent_s / calls:8.1f} us  {name}")
    return found


async def turns(street: Street, calls: int, per_s: float) -> None:
    """So many talks end, and for each one more caller comes."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(calls):
        if per_s:
            await asyncio.sleep(max(0.0, began + number / per_s - loop.time()))
        else:
            await must(lambda: bool(street.talking), SETTLE_S, LOOK_S)
        street.end_a_talk()
        street.come()


if __name__ == "__main__":
    sys.exit(main())
