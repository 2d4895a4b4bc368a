"""What breaks a centre of 300 calls in motion, and how long until all is well again? Seeded faults, two Asterisks.

The engine, an Asterisk, the lines between them and the disk break one after the other while callers come, wait, talk
and give up, callbacks are kept and a campaign dials. After each fault and at the end what the phones saw is held
against what the engine says and has written; README.md says how. The last line of stdout is one JSON object; exit code
1 if anything is lost. Run: `.venv/bin/python -m bench.chaos` (see --help).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from bench.chaos_books import (
    CALLBACK_OVER,
    CALLED_AGAIN,
    DIALLED_TWICE,
    FORGOTTEN,
    NOT_PROMISED,
    OF_CALLBACKS,
    OF_CONTACTS,
    RUNG_AGAIN,
    UNHEARD,
    Findings,
    judge_contacts,
    judge_dials,
)
from bench.chaos_lab import MIN_WAIT_S, ChaosLab
from bench.chaos_people import SETTLED_S, People
from bench.chaos_plan import OF_ONE_ENGINE, Kind, faults
from bench.chaos_run import Chaos
from bench.chaos_table import table
from bench.chaos_takeovers import told
from bench.percentiles import percentile
from bench.processes import end_on_sigterm, told_if_ended
from bench.saying import say
from tests.acceptance.crowd import crowd
from tests.postgres import server

START_S = 120.0
WRITTEN_S = 1.0  # facts are gathered for a moment before they are written
AGENTS_PER_CALL = 6  # callers for each agent


async def run(lab: ChaosLab, options: argparse.Namespace, people: People, agents: int) -> int:
    """Everything; the exit code."""
    end_on_sigterm()
    chaos = Chaos(lab, people, options.calls)
    say(
        f"the engine starts, callers come, something breaks again and again for {options.minutes:g} minutes, and then "
        "the last ones are served: some two minutes more in all"
    )
    await lab.start()
    living = asyncio.create_task(chaos.live())
    try:
        _, wrong = await chaos.well(START_S, "starting")
        if wrong:
            raise SystemExit(f"the engine did not come up: {wrong}")
        await asyncio.to_thread(lab.load_leads, int(options.minutes * 60))
        lab.engine.ask("/v1/campaigns/selling/start", "POST", {})
        await chaos.fill(agents)
        kinds = tuple(Kind(kind) for kind in options.only) or (tuple(Kind) if options.engines > 1 else OF_ONE_ENGINE)
        first = Kind.ENGINE_KILL if options.engines > 1 else None  # a run too short for all has seen a takeover
        over_at = time.monotonic() + options.minutes * 60
        for fault in faults(options.seed, len(lab.lab.nodes), kinds, first):
            if living.done() or time.monotonic() >= over_at:
                break
            await chaos.go_through(fault)
        await chaos.drain()
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        await lab.stop()
    if not living.cancelled() and (problem := living.exception()) is not None:
        raise problem
    return report(chaos)


def judge(chaos: Chaos) -> Findings:
    """Everything that was seen against everything that was written."""
    unwritten = [
        (each.began_at - WRITTEN_S, each.heard_at)
        for each in chaos.episodes
        if each.kind in (Kind.ENGINE_KILL, Kind.DISK_FULL_KILL)
    ]
    unheard = chaos.when(Kind.AMI_CUT, Kind.AMI_DEAF)
    found = judge_contacts(chaos.people.stories.values(), chaos.lab.history(), unwritten, unheard)
    promises = {number.lstrip("+"): state for number, state in chaos.lab.promises()}
    gave_up = [
        story.number
        for story in chaos.people.gave_up("support", MIN_WAIT_S + SETTLED_S)
        if not any(began <= (story.over_at or 0.0) <= ended + SETTLED_S for began, ended in chaos.when(*Kind))
    ]
    called = chaos.people.calls_to()
    dials = judge_dials(called, promises, gave_up, unwritten, chaos.lab.overdue())
    found.wrong.update(dials.wrong)
    for line in found.lines():
        say(f"  {line}")
    states, still_open = Counter(promises.values()), sum(each not in CALLBACK_OVER for each in promises.values())
    results = Counter(f"{state} {result}".strip() for _, state, result in chaos.lab.attempts())
    say(f"promises: {dict(states)}, {still_open} still open; attempts: {dict(results)}")
    return found


def report(chaos: Chaos) -> int:
    """Tell, and say whether it was well."""
    found = judge(chaos)
    print(table(chaos.episodes))
    took = [each.after_s for each in chaos.takeovers if each.after_s is not None]
    stories = chaos.people.stories.values()
    answer = {
        "faults": len(chaos.episodes),
        "contacts": sum(story.answered_at is not None for story in stories),
        "lost": found.count(*OF_CONTACTS, *OF_CALLBACKS) - found.count(NOT_PROMISED),
        "double_dials": found.count(DIALLED_TWICE),
        "called_again": found.count(CALLED_AGAIN),
        "rung_again": found.count(RUNG_AGAIN),
        "stuck": len(chaos.stuck),
        "owners_broken": len(chaos.takeovers),
        "takeovers": len(took),
        "takeover_p99_s": round(percentile(took, 0.99), 1) if took else None,  # one engine, or none was replaced
        "order_broken": chaos.order_broken,
        "with_their_asterisk": chaos.people.node_deaths(),
        "forgotten": found.count(FORGOTTEN),
        "unheard": found.count(UNHEARD),
        "not_promised": found.count(NOT_PROMISED),
        "rung_while_busy": chaos.people.rung_while_busy,
        "bugs": sum(chaos.bugs.values()),
        "tracebacks": sum(engine.log.read_text(errors="replace").count("Traceback") for engine in chaos.lab.engines),
    }
    if chaos.takeovers:
        say(f"  {told(chaos.takeovers)}")
    for stuck in chaos.stuck:
        say(f"  stuck: {stuck}")
    print(json.dumps(answer))
    wrong = ("lost", "double_dials", "stuck", "order_broken", "not_promised", "bugs", "tracebacks")
    return 1 if any(answer[name] for name in wrong) else 0


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="so long do faults begin (10); start and end beside")
    parser.add_argument("--calls", type=int, default=300, help="callers at the same time (300)")
    parser.add_argument("--seed", type=int, default=1, help="of faults and people (%(default)s)")
    parser.add_argument("--nodes", type=int, default=2, help="Asterisks (2)")
    parser.add_argument("--engines", type=int, default=1, help="more than one: joined by a Valkey of their own (1)")
    parser.add_argument("--postgresql", action="store_true", help="a PostgreSQL of their own, not one SQLite file")
    parser.add_argument("--only", nargs="+", default=[], choices=[k.value for k in Kind], help="these faults alone")
    parser.add_argument("--keep", type=Path, help="work in this folder, and leave it there")
    options = parser.parse_args()
    agents = max(4, options.calls // AGENTS_PER_CALL)
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cti-chaos-")))
        folder.mkdir(parents=True, exist_ok=True)
        store = ""
        if options.postgresql:
            database = stack.enter_context(server())
            database.ask("CREATE DATABASE chaos")
            store = database.url("chaos")
        lab = ChaosLab(folder, options.nodes, options.engines, agents, options.seed, store)
        stack.callback(lab.lab.down)
        trunks = [trunk["identify_ip"] for trunk in lab.lab.descriptor["trunks"]]
        callers = [stack.enter_context(crowd(address, 5060)) for address in trunks[:2]]
        town = stack.enter_context(crowd(trunks[2], 5060))
        phones = stack.enter_context(crowd(f"{lab.lab.base}.200", 5080))
        exchanges = [(node["host"], node["sip_port"]) for node in lab.lab.nodes]
        people = People(callers, phones, town, exchanges, lab.numbers, options.seed)
        with told_if_ended():
            return asyncio.run(run(lab, options, people, agents))


if __name__ == "__main__":
    sys.exit(main())
