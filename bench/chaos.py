"""What breaks a centre of 300 calls in motion, and how long until all is well again? Seeded faults, two Asterisks.

The engine, an Asterisk, the lines between them and the disk break one after the other while callers come, wait, talk
and give up, callbacks are kept and a campaign dials. After each fault and at the end what the phones saw is held
against what the engine says and has written; README.md says how. The last line of stdout is one JSON object; exit code
1 if anything is lost. Run: `python -m bench.chaos` (see --help).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
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
    order_broken,
)
from bench.chaos_lab import MIN_WAIT_S, ChaosLab
from bench.chaos_people import SETTLED_S, People
from bench.chaos_plan import OF_ONE_ENGINE, Fault, Kind, faults
from bench.chaos_table import Episode, table
from bench.chaos_watch import Belief, differences, look
from bench.percentiles import percentile
from bench.processes import end_on_sigterm, told_if_ended
from bench.saying import say
from bench.waiting import until_asked
from tests.acceptance.crowd import crowd
from tests.postgres import server

TURN_S = 0.05
LOOK_S, TAKEOVER_LOOK_S = 0.3, 0.05
TELL_S = 5.0
TAKEOVER_S = 60.0
STUCK_S = 75.0  # two rounds of comparison with Asterisk (30 s each), and the first of it after a start
START_S = 120.0
FILL_S = 120.0
DRAIN_S = 240.0
WRITTEN_S = 1.0  # facts are gathered for a moment before they are written
BOOKS_S = 150.0  # contacts that an engine left behind end two minutes after the start of the next one
AGENTS_PER_CALL = 6  # callers for each agent


class Chaos:
    """One run."""

    def __init__(self, lab: ChaosLab, people: People, calls: int) -> None:
        self.lab, self.people, self.calls = lab, people, calls
        self.episodes: list[Episode] = []
        self.belief: Belief | None = None
        self.stuck: list[str] = []
        self.order_broken = 0
        self.bugs: dict[int, int] = {}  # by process
        self.heard_at = math.inf  # when an engine first said that it serves, since something was mended
        self.takeovers_s: list[float] = []

    async def live(self) -> None:
        """Lets people do what they do, until it is cancelled."""
        while True:
            self.people.turn()
            await asyncio.sleep(TURN_S)

    async def look(self) -> list[str]:
        """What the engine believes otherwise than it is."""
        await asyncio.to_thread(self.lab.find_owner)
        self.belief = await asyncio.to_thread(look, self.lab.engine)
        now = time.monotonic()
        if self.belief is not None:
            self.bugs[self.lab.engine.pid] = self.belief.bugs
            if self.belief.ready:
                self.heard_at = min(self.heard_at, now)
        people = self.people
        return differences(self.belief, people.there(now), people.gone(now), people.settled_phones(now))

    async def takeover(self, fault: Fault) -> None:
        """How long until another engine owns the centre, where its owner is killed or frozen and there is another."""
        if len(self.lab.engines) == 1 or fault.kind not in (Kind.ENGINE_KILL, Kind.ENGINE_STOP):
            return
        began = time.monotonic()
        patience_s = TAKEOVER_S if fault.kind is Kind.ENGINE_KILL else fault.for_s  # it may wake before its lease ends
        if await until_asked(self.lab.taken_over, patience_s, TAKEOVER_LOOK_S):
            self.takeovers_s.append(time.monotonic() - began)
        elif fault.kind is Kind.ENGINE_KILL:
            self.stuck.append(f"{fault}: nobody took over")

    async def well(self, patience_s: float) -> tuple[float | None, list[str]]:
        """Wait until engine and phones agree: after how many seconds; None and what is wrong where they do not."""
        began = told_at = time.monotonic()
        while wrong := await self.look():
            now = time.monotonic()
            if now - began > patience_s:
                return None, wrong
            if now - told_at > TELL_S:
                say(f"    after {now - began:.0f} s: {'; '.join(wrong)}")
                told_at = now
            await asyncio.sleep(LOOK_S)
        return time.monotonic() - began, []

    async def fill(self, agents: int) -> None:
        """Callers come until as many are there as are wanted."""
        self.people.wanted = self.calls
        if not await until_asked(lambda: len(self.people.live) >= self.calls, FILL_S, LOOK_S):
            self.stuck.append(f"only {len(self.people.live)} of {self.calls} callers came within {FILL_S:g} s")
        say(f"{len(self.people.live)} calls in motion, {agents} agents")

    async def go_through(self, fault: Fault) -> None:
        """It breaks, it is mended, all is well again."""
        await asyncio.sleep(fault.rest_s)
        if not await until_asked(self.lab.stands_by, STUCK_S, LOOK_S):
            self.stuck.append(f"before {fault}: nobody stands by")
        _, wrong = await self.well(STUCK_S)
        if wrong:
            self.stuck += wrong
            say(f"  before {fault}: {wrong}")
        before = self.belief.waiting if self.belief else {}
        dropped, services = self.people.dropped(), self.people.services
        there = len(self.people.live)
        broken_at = time.monotonic()
        await self.lab.breaks(fault)
        cut_off = self.people.node_died(self.lab.node(fault.node)["host"]) if fault.kind is Kind.NODE_KILL else 0
        taking_over = asyncio.create_task(self.takeover(fault))
        await asyncio.sleep(fault.for_s)
        self.heard_at = math.inf
        await self.lab.mends(fault)
        mended_at = time.monotonic()
        await taking_over
        well_s, wrong = await self.well(STUCK_S)
        back_s = None if well_s is None else time.monotonic() - mended_at
        if back_s is None:
            self.stuck.append(f"{fault}: {wrong}")
        after = self.belief.waiting if self.belief else {}
        broken = sum(order_broken(line, after.get(queue, [])) for queue, line in before.items())
        self.order_broken += broken
        episode = Episode(
            fault.kind,
            broken_at,
            mended_at,
            there,
            cut_off,
            self.people.dropped() - dropped,
            back_s,
            broken,
            self.heard_at,
        )
        self.episodes.append(episode)
        served = self.people.services - services
        say(f"  {fault}: {episode}; {served} served meanwhile{f'; {wrong}' if wrong else ''}")
        self.people.forget()

    async def drain(self) -> None:
        """Nobody new comes; everybody is served, and what is promised is kept."""
        self.people.closing = True
        if not await until_asked(lambda: not self.people.live, DRAIN_S, LOOK_S):
            self.stuck.append(f"{len(self.people.live)} callers are there {DRAIN_S:g} s after the last one came")
        await asyncio.to_thread(self.lab.engine.ask, "/v1/campaigns/selling/stop", "POST", {})
        if not await until_asked(lambda: not self.lab.to_be_kept() and self.people.is_quiet, DRAIN_S, LOOK_S):
            self.stuck.append(f"promises are open, or customers on the phone, {DRAIN_S:g} s after the last caller")
        _, wrong = await self.well(STUCK_S)
        self.stuck += wrong
        await until_asked(
            lambda: not any(row.open for row in self.lab.history()), BOOKS_S, LOOK_S
        )  # judged by NO_OUTCOME

    def judge(self) -> Findings:
        """Everything that was seen against everything that was written."""
        unwritten = [
            (each.began_at - WRITTEN_S, each.heard_at)
            for each in self.episodes
            if each.kind in (Kind.ENGINE_KILL, Kind.DISK_FULL_KILL)
        ]
        unheard = self._when(Kind.AMI_CUT, Kind.AMI_DEAF)
        found = judge_contacts(self.people.stories.values(), self.lab.history(), unwritten, unheard)
        promises = {number.lstrip("+"): state for number, state in self.lab.promises()}
        gave_up = [
            story.number
            for story in self.people.gave_up("support", MIN_WAIT_S + SETTLED_S)
            if not any(began <= (story.over_at or 0.0) <= ended + SETTLED_S for began, ended in self._when(*Kind))
        ]
        called = self.people.calls_to()
        dials = judge_dials(called, promises, gave_up, unwritten, self.lab.overdue())
        found.wrong.update(dials.wrong)
        for line in found.lines():
            say(f"  {line}")
        states, still_open = Counter(promises.values()), sum(each not in CALLBACK_OVER for each in promises.values())
        results = Counter(f"{state} {result}".strip() for _, state, result in self.lab.attempts())
        say(f"promises: {dict(states)}, {still_open} still open; attempts: {dict(results)}")
        return found

    def _when(self, *kinds: Kind) -> list[tuple[float, float]]:
        """From when to when something of these was broken, or not yet well again."""
        return [(each.began_at, each.ended_at) for each in self.episodes if each.kind in kinds]


async def run(lab: ChaosLab, options: argparse.Namespace, people: People, agents: int) -> int:
    """Everything; the exit code."""
    end_on_sigterm()
    chaos = Chaos(lab, people, options.calls)
    await lab.start()
    living = asyncio.create_task(chaos.live())
    try:
        _, wrong = await chaos.well(START_S)
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


def report(chaos: Chaos) -> int:
    """Tell, and say whether it was well."""
    found = chaos.judge()
    print(table(chaos.episodes))
    stories = chaos.people.stories.values()
    answer = {
        "faults": len(chaos.episodes),
        "contacts": sum(story.answered_at is not None for story in stories),
        "lost": found.count(*OF_CONTACTS, *OF_CALLBACKS) - found.count(NOT_PROMISED),
        "double_dials": found.count(DIALLED_TWICE),
        "called_again": found.count(CALLED_AGAIN),
        "rung_again": found.count(RUNG_AGAIN),
        "stuck": len(chaos.stuck),
        "takeover_p99_s": round(percentile(took, 0.99), 1) if (took := chaos.takeovers_s) else None,  # one engine
        "order_broken": chaos.order_broken,
        "with_their_asterisk": chaos.people.node_deaths(),
        "forgotten": found.count(FORGOTTEN),
        "unheard": found.count(UNHEARD),
        "not_promised": found.count(NOT_PROMISED),
        "rung_while_busy": chaos.people.rung_while_busy,
        "bugs": sum(chaos.bugs.values()),
        "tracebacks": sum(engine.log.read_text(errors="replace").count("Traceback") for engine in chaos.lab.engines),
    }
    for stuck in chaos.stuck:
        say(f"  stuck: {stuck}")
    print(json.dumps(answer))
    wrong = ("lost", "double_dials", "stuck", "order_broken", "not_promised", "bugs", "tracebacks")
    return 1 if any(answer[name] for name in wrong) else 0


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="so long does something break (10)")
    parser.add_argument("--calls", type=int, default=300, help="callers at the same time (300)")
    parser.add_argument("--seed", type=int, default=1)
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
