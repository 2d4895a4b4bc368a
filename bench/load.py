"""10,000 real SIP calls at once, on several real Asterisks, with one engine: is any lost, passed over, or late?

SIPp plays the callers (some give up, the rest leave at the end) and 500 agents' phones, which answer after two seconds,
talk, hang up, and send a few callers on. Nothing is converted and no sound is sent. The last line of stdout is one JSON
object; README.md says what it means. Run: `make bench-load` (CALLS=, NODES=, AGENTS=, HOLD_S=), about 7 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import load_books as books
from bench.assign import say, until
from bench.load_gauges import Gauges, Sample
from bench.load_lab import Nodes, RunningEngine, engine, staff
from bench.load_needs import look, missing
from bench.load_people import People
from bench.load_plan import Plan
from bench.load_records import last_words, phones
from bench.load_report import Report
from cti.machine import raise_file_limit

LOOK_S = 5.0  # a look at /metrics costs the engine some 30 ms


async def watch(plan: Plan, people: People, gauges: Gauges, began: float) -> list[Sample]:
    """Look until the last caller is gone, or it has lasted too long."""
    samples: list[Sample] = []
    coming = True
    while people.still_calling and time.time() < began + plan.longest_s:
        try:
            sample = await gauges.look()
        except OSError as problem:
            say(f"  {time.time() - began:4.0f} s: the engine does not answer ({type(problem).__name__})")
        else:
            samples.append(sample)
            counted = "" if sample.asterisk is None else f" ({sample.asterisk} in Asterisk)"
            say(
                f"  {sample.at - began:4.0f} s {'coming' if coming else 'leaving'}: {sample.engine} calls{counted},"
                f" {sample.waiting} wait; engine {sample.engine_kib >> 10} MiB; load average {os.getloadavg()[0]:.0f}"
            )
        if coming and time.time() > began + plan.last_comes_s:
            coming = False
            people.stop_coming()
        await until(lambda: not people.still_calling, LOOK_S)
    if people.still_calling:
        say(f"  {people.still_calling} of the callers' SIPps still have calls; they are ended")
    return samples


async def measure(plan: Plan, nodes: Nodes, folder: Path) -> Report:
    """One run."""
    people = People(plan, nodes.lab, folder)
    async with engine(plan, nodes.lab, folder) as running:
        async with Gauges(nodes.lab["nodes"], running.pid, running.metrics_url) as gauges:
            try:
                await people.open_phones()
                await asyncio.sleep(2.0)
                if people.trouble():
                    raise SystemExit(f"SIPp did not start: {people.trouble()}")
                first, began = await gauges.look(), time.time()
                await people.begin(began + plan.end_after_s)
                samples = await watch(plan, people, gauges, began)
                await asyncio.sleep(3.0)
                try:
                    last = await gauges.look()
                except OSError:
                    last = samples[-1]
            finally:
                await people.close()
        if not await running.until_written():
            say("  the history does not tell every contact's end")
        for line in [line for line in running.log_lines() if "level=info" not in line][:20]:
            say(f"  engine: {line[:200]}")
    return _report(plan, people, running, first, last, samples)


def _report(
    plan: Plan, people: People, running: RunningEngine, first: Sample, last: Sample, samples: list[Sample]
) -> Report:
    seen = phones(people.phones_said())
    facts = list(running.facts())
    account = books.settle(last_words(people.callers_said()), seen.served, seen.sent_on, running.contacts(), facts)
    differs = books.log_differs(running.queue_log(), facts)
    return Report(plan, first, last, samples, seen, account, books.passed_over(facts, staff(plan)), differs)


async def run(plan: Plan, nodes: Nodes, folder: Path) -> Report:
    """Measure; SIGTERM ends it as Ctrl-C does."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await measure(plan, nodes, folder)


def main() -> int:
    """Run the benchmark; the exit code: 0 only where nobody was lost or passed over."""
    options = _options()
    plan = Plan(options.calls, options.nodes, options.agents, options.hold_s, options.rate, talk_s=options.talk_s)
    raise_file_limit()
    folder = Path(tempfile.mkdtemp(prefix="cti-load-"))
    try:
        lacking = missing(plan, look(folder))
        if lacking:
            say("this machine cannot bear that:\n" + "\n".join(f"  {line}" for line in lacking))
            return 2
        with Nodes(plan, folder) as nodes:
            say(
                f"Asterisk {nodes.lab['version']} on {plan.nodes} nodes; {plan.calls} calls, {plan.agents} agents:"
                f" {plan.ramp_s:.0f} s until all are there, {plan.hold_s:.0f} s of peak, at most"
                f" {plan.longest_s / 60:.0f} minutes in all; load average {os.getloadavg()[0]:.1f}"
            )
            report = asyncio.run(run(plan, nodes, folder))
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("ended before it was done")
        return 130
    except (ValueError, subprocess.SubprocessError) as problem:
        say(f"{type(problem).__name__}: {problem}")
        return 1
    finally:
        if options.keep:
            say(f"kept: {folder} (records hold made-up numbers only)")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for line in report.words():
        say(line)
    figures = report.figures()
    print(json.dumps(figures), flush=True)
    return 0 if not (figures["lost"] or figures["order_violations"]) else 1


def _options() -> argparse.Namespace:
    default = Plan()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=default.calls, help="calls at once (10000)")
    parser.add_argument("--nodes", type=int, default=default.nodes, help="Asterisks; 2,600 calls each at most (4)")
    parser.add_argument("--agents", type=int, default=default.agents, help="with phones; at most 900 (500)")
    parser.add_argument("--hold-s", type=float, default=default.hold_s, help="seconds at the peak (60)")
    parser.add_argument("--rate", type=float, default=default.rate_per_s, help="callers a second at first (100)")
    parser.add_argument("--talk-s", type=float, default=default.talk_s, help="how long people talk, on average (20)")
    parser.add_argument("--keep", action="store_true", help="keep the folder with every record and log")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
