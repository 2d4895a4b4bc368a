"""What becomes of a campaign under one dialer? Phones that are answered or not, talks, wrap-ups, in virtual time.

Every number on the list has its own lots (answered or not, how soon, how long it talks): all dialers meet the same
people. A person who answers and gets no agent within `connect_within_s` is abandoned. Agents take an answer at once.
Knows no dialer; a regime says what holds from when on.
"""

from __future__ import annotations

import heapq
import math
import random
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

FEW = 10  # up to so many agents the dialer is asked at each end of a talk or dial, else with the ticks alone


class Regime(NamedTuple):
    """What holds from `since_s` on."""

    since_s: float
    answer_rate: float
    talk_s: float


@dataclass(frozen=True)
class Trade:
    """A campaign's circumstances. Talks: exponential, or lognormal of that mean if `talk_spread` (sigma) is not 0."""

    agents: int
    hours: float
    regimes: Sequence[Regime]
    talk_spread: float = 0.0
    wrapup_s: float = 0.0  # 0.5 to 1.5 times it
    answer_median_s: float = 8.0
    answer_spread: float = 0.4  # sigma of the lognormal
    most_ring_s: float = 22.0  # no answer: 20 s to 24 s; one in ten of them is busy after 1 s to 3 s
    connect_within_s: float = 2.0
    tick_s: float = 1.0


class View(NamedTuple):
    """What a dialer sees."""

    idle: int
    talking_s: list[float]
    wrapup_s: list[float]
    ringing_s: list[float]
    waiting: int


class Dialer(Protocol):
    """Asked at every event and tick; told what happens."""

    def place(self, now: float, view: View) -> int: ...
    def dial_ended(self, ring_s: float, *, answered: bool) -> None: ...
    def talk_ended(self, talk_s: float) -> None: ...
    def wrapup_ended(self, wrapup_s: float) -> None: ...
    def settled(self, *, abandoned: bool) -> None: ...


class Number(NamedTuple):
    """One number's lots; all uniform from 0 to 1 but for `talk`, a factor of the mean."""

    answers: float
    ring_s: float
    failure_s: float
    talk: float
    wrapup: float


@dataclass
class Tally:
    """What came of it."""

    dials: int = 0
    answered: int = 0
    abandoned: int = 0
    busy_s: float = 0.0
    agent_s: float = 0.0
    decisions: int = 0
    decide_s: float = field(default=0.0, compare=False)  # of the CPU's time
    worst_share: float = 0.0  # of abandoned among answered, at any moment after the 200th answer

    @property
    def occupancy(self) -> float:
        return self.busy_s / self.agent_s if self.agent_s else 0.0

    @property
    def abandon_rate(self) -> float:
        return self.abandoned / self.answered if self.answered else 0.0


class Campaign:
    """One dialer, one list, one day."""

    def __init__(self, trade: Trade, dialer: Dialer, seed: int) -> None:
        self.trade, self.dialer = trade, dialer
        self._rng = random.Random(f"list/{seed}")
        self._since = [regime.since_s for regime in trade.regimes]
        self._agenda: list[tuple[float, int, str, int]] = []
        self._entries = 0
        self._numbers: dict[int, Number] = {}
        self._ringing: dict[int, float] = {}  # number -> since
        self._waiting: dict[int, float] = {}
        self._talking: dict[int, float] = {}
        self._wrapup: dict[int, float] = {}
        self._idle = trade.agents
        self.tally = Tally()

    def run(self) -> Tally:
        """Play it to the end of the last hour."""
        end_s, trade = self.trade.hours * 3600.0, self.trade
        self._at(0.0, "tick", 0)
        before_s = 0.0
        while self._agenda and self._agenda[0][0] <= end_s:
            now, _, what, whom = heapq.heappop(self._agenda)
            self.tally.busy_s += (trade.agents - self._idle) * (now - before_s)
            before_s = now
            if getattr(self, "_" + what)(now, whom):
                self._dial(now)
        self.tally.busy_s += (trade.agents - self._idle) * (end_s - before_s)
        self.tally.agent_s = trade.agents * end_s
        return self.tally

    def _regime(self, now: float) -> Regime:
        return self.trade.regimes[bisect_right(self._since, now) - 1]

    def _at(self, at: float, what: str, whom: int) -> None:
        self._entries += 1
        heapq.heappush(self._agenda, (at, self._entries, what, whom))

    def _dial(self, now: float) -> None:
        self.tally.decisions += 1
        view = View(
            self._idle,
            [now - since for since in self._talking.values()],
            [now - since for since in self._wrapup.values()],
            [now - since for since in self._ringing.values()],
            len(self._waiting),
        )
        began_s = time.process_time()
        number = self.dialer.place(now, view)
        self.tally.decide_s += time.process_time() - began_s
        for _ in range(number):
            self._place(now)

    def _place(self, now: float) -> None:
        whom, rng, trade = self.tally.dials, self._rng, self.trade
        self.tally.dials += 1
        spread = trade.talk_spread
        talk = rng.lognormvariate(-spread * spread / 2, spread) if spread else rng.expovariate(1.0)
        ring_s = trade.answer_median_s * math.exp(trade.answer_spread * rng.gauss(0.0, 1.0))
        failure_s = trade.most_ring_s - 2 + 4 * rng.random() if rng.random() < 0.9 else 1 + 2 * rng.random()
        lots = Number(rng.random(), ring_s, failure_s, talk, 0.5 + rng.random())
        answers = lots.answers < self._regime(now).answer_rate and ring_s < trade.most_ring_s + 2
        self._numbers[whom], self._ringing[whom] = lots, now
        self._at(now + (ring_s if answers else failure_s), "answer" if answers else "failure", whom)

    # --- what happens; whether the dialer is asked then ---------------------------------------------------------------

    def _tick(self, now: float, _: int) -> bool:
        self._at(now + self.trade.tick_s, "tick", 0)
        return True

    def _failure(self, now: float, whom: int) -> bool:
        del self._numbers[whom]
        self.dialer.dial_ended(now - self._ringing.pop(whom), answered=False)
        return self.trade.agents <= FEW

    def _answer(self, now: float, whom: int) -> bool:
        self.dialer.dial_ended(now - self._ringing.pop(whom), answered=True)
        self.tally.answered += 1
        if self._idle:
            self._talk(now, whom)
        else:
            self._waiting[whom] = now
            self._at(now + self.trade.connect_within_s, "patience", whom)
        return False

    def _patience(self, now: float, whom: int) -> bool:
        if self._waiting.pop(whom, None) is None:
            return False
        del self._numbers[whom]
        self.tally.abandoned += 1
        self._settled(abandoned=True)
        return False

    def _talk(self, now: float, whom: int) -> None:
        self._settled(abandoned=False)
        self._idle -= 1
        self._talking[whom] = now
        self._at(now + self._regime(now).talk_s * self._numbers[whom].talk, "hangup", whom)

    def _settled(self, *, abandoned: bool) -> None:
        self.dialer.settled(abandoned=abandoned)
        if self.tally.answered >= 200:
            self.tally.worst_share = max(self.tally.worst_share, self.tally.abandon_rate)

    def _hangup(self, now: float, whom: int) -> bool:
        self.dialer.talk_ended(now - self._talking.pop(whom))
        if self.trade.wrapup_s:
            self._wrapup[whom] = now
            self._at(now + self.trade.wrapup_s * self._numbers[whom].wrapup, "free", whom)
            return False
        return self._free_agent(now, whom)

    def _free(self, now: float, whom: int) -> bool:
        self.dialer.wrapup_ended(now - self._wrapup.pop(whom))
        return self._free_agent(now, whom)

    def _free_agent(self, now: float, whom: int) -> bool:
        del self._numbers[whom]
        self._idle += 1
        if self._waiting:
            first = next(iter(self._waiting))
            del self._waiting[first]
            self._talk(now, first)
        return self.trade.agents <= FEW
