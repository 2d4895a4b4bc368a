"""How does one run of chaos go? Something breaks, it is mended, and it is waited until engine and phones agree.

Knows the people, what can break, and what the engine says; judges nothing but that.
"""

from __future__ import annotations

import asyncio
import math
import time

from bench.chaos_books import order_broken
from bench.chaos_lab import ChaosLab
from bench.chaos_people import People
from bench.chaos_plan import Fault, Kind
from bench.chaos_table import Episode
from bench.chaos_takeovers import Takeover, holds_lock
from bench.chaos_watch import Belief, differences, look
from bench.saying import say
from bench.waiting import until_asked

TURN_S = 0.05
LOOK_S, TAKEOVER_LOOK_S = 0.3, 0.05
TELL_S = 5.0
TAKEOVER_S = 60.0
STUCK_S = 75.0  # two rounds of comparison with Asterisk (30 s each), and the first of it after a start
FILL_S = 120.0
DRAIN_S = 240.0
BOOKS_S = 150.0  # contacts that an engine left behind end two minutes after the start of the next one


class Chaos:
    """One run."""

    def __init__(self, lab: ChaosLab, people: People, calls: int) -> None:
        self.lab, self.people, self.calls = lab, people, calls
        self.episodes: list[Episode] = []
        self.belief: Belief | None = None
        self.stuck: list[str] = []
        self.order_broken = 0
        self.bugs: dict[int, int] = {}  # by process
        self.heard_at = math.inf  # when an engine first said that it serves, since the last one broke
        self.takeovers: list[Takeover] = []

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
        began, owner = time.monotonic(), self.lab.engine
        patience_s = TAKEOVER_S if fault.kind is Kind.ENGINE_KILL else fault.for_s  # it may wake before its lease ends
        after_s, locked = None, False
        if await until_asked(self.lab.taken_over, patience_s, TAKEOVER_LOOK_S):
            self.heard_at = time.monotonic()  # what it does from now on is excused by no death
            after_s = self.heard_at - began
        elif fault.kind is Kind.ENGINE_STOP:
            locked = holds_lock(owner.pid, self.lab.store)
        takeover = Takeover(fault, after_s, locked)
        self.takeovers.append(takeover)
        if takeover.is_missed:
            self.stuck.append(f"{fault}: nobody took over")

    async def well(self, patience_s: float, meanwhile: str = "not well yet") -> tuple[float | None, list[str]]:
        """Wait until engine and phones agree: after how many seconds; None and what is wrong where they do not.

        `meanwhile`: what is told of a wait that is long, before what they do not agree about.
        """
        began = told_at = time.monotonic()
        while wrong := await self.look():
            now = time.monotonic()
            if now - began > patience_s:
                return None, wrong
            if now - told_at > TELL_S:
                say(f"    {meanwhile}, after {now - began:.0f} s: {'; '.join(wrong)}")
                told_at = now
            await asyncio.sleep(LOOK_S)
        return time.monotonic() - began, []

    async def fill(self, agents: int) -> None:
        """Callers come until as many are there as are wanted."""
        say(f"callers come until {self.calls} are there")
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
        broken_at, self.heard_at = time.monotonic(), math.inf
        await self.lab.breaks(fault)
        cut_off = self.people.node_died(self.lab.node(fault.node)["host"]) if fault.kind is Kind.NODE_KILL else 0
        taking_over = asyncio.create_task(self.takeover(fault))
        await asyncio.sleep(fault.for_s)
        if fault.kind is Kind.ENGINE_STOP:
            await taking_over  # what a frozen owner holds can be asked until it goes on
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
        say("nobody new comes: everybody is served, and what is promised is kept")
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

    def when(self, *kinds: Kind) -> list[tuple[float, float]]:
        """From when to when something of these was broken, or not yet well again."""
        return [(each.began_at, each.ended_at) for each in self.episodes if each.kind in kinds]
