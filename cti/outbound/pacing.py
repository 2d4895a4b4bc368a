"""How many numbers does a campaign dial now, so that agents do not wait and hardly anybody answers to nobody?

Predictive: the largest number for which, of all answers to what is in the air, the expected share that finds nobody
free stays within the cap (lookahead.py), and which the legal window can still afford. Progressive: one per free agent.
Power: so many per free agent, as long as the window can afford it. Where too little is known, or the window has nothing
left, predictive and power are progressive; without agents, with old data or a lost switch nothing is dialled.
Told of facts, asked for decisions; time is an argument. `day`: counts up, in the zone of the campaign's window.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import msgspec

from cti.outbound.abandon_window import AbandonWindow
from cti.outbound.answer_rate import AnswerRate
from cti.outbound.bucket import TokenBucket
from cti.outbound.lookahead import STEPS_S, Floor, Lookahead, Outlook
from cti.outbound.placing import Mode, Placing, Why
from cti.outbound.ring_time import RingTime
from cti.outbound.talk_hazard import TalkHazard

RISK = 0.001  # the chance that more are lost at once than the window can afford, at most
KEPT_BACK = 1.0  # abandoned calls that are never planned for: what is expected may be wrong
WHOLE_CAP_FROM = 4.0  # so many abandoned calls to spare, and the cap is not trimmed
WRAPUP_FIRST_S = 1.0
MOST_RINGING = 400  # so many dials are evidence enough, however many ring


class PacingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the campaign and its regulation ask for. `cap` is a share: 0.03 is 3 %; 0: nobody may be abandoned."""

    mode: Mode = "predictive"
    cap: float = 0.03
    window_days: int = 30
    connect_within_s: float = 2.0  # an agent, after the answer; later is abandoned
    ratio: float = 1.5  # power: dials per free agent
    least_dials: int = 60  # ended ones, before anything is predicted of answers
    least_answers: int = 0  # in the window, before anything is predicted
    least_talks: int = 10  # ended ones, before an agent who talks is expected to be free
    lines: int | None = None  # of the carrier, for dials and talks
    calls_per_s: float | None = None
    stale_s: float = 5.0
    most_at_once: int = 100

    def __post_init__(self) -> None:
        """Raises ValueError where a limit could never hold."""
        if not 0.0 <= self.cap <= 1.0:
            raise ValueError("cap is a share from 0 to 1, such as 0.03 for 3 %")
        if not 1.0 <= self.ratio <= 20.0:
            raise ValueError("ratio is 1 to 20 dials per free agent")


class LiveState(msgspec.Struct, frozen=True, kw_only=True):
    """The campaign at the moment `at` (seconds, of the same clock as `now`)."""

    at: float
    day: int
    switch_up: bool = True
    idle: int = 0  # agents who can take an answer at once
    talking_s: Sequence[float] = ()  # seconds so far, of each agent who talks
    wrapup_s: Sequence[float] = ()  # of each who writes up
    ringing_s: Sequence[float] = ()  # of each dial in the air
    waiting: int = 0  # answered by a person, and with no agent yet
    lines_used: int = 0
    leads: int | None = None  # ready to be dialled; None: enough


class Pacing:
    """One campaign's pacing. `window`: what was counted before a restart."""

    def __init__(self, rules: PacingRules, window: AbandonWindow | None = None) -> None:
        self.rules = rules
        self.window = window if window is not None else AbandonWindow(rules.window_days)
        self.answer_rate, self.ring_time = AnswerRate(), RingTime()
        self.talks, self.wrapups = TalkHazard(STEPS_S), TalkHazard(STEPS_S, WRAPUP_FIRST_S)
        self._bucket = TokenBucket(rules.calls_per_s) if rules.calls_per_s is not None else None
        self._answers = self._talk_ends = 0  # since the last decision
        self._due_answers = self._due_ends = 0.0  # that were to be expected of what has ended since
        self._open_answers = self._open_ends = 0.0  # and of what was going on at the last decision, up to then
        self._picked_up_s: list[float] = []  # after so long a ring, since the last decision
        self._uncounted: list[float] = []  # answers that count from then on: when dials of their moment end without one
        self._changed = False  # the newest regime is not known yet

    # --- facts --------------------------------------------------------------------------------------------------------

    def dial_ended(self, ring_s: float, *, answered: bool) -> None:
        """One dial rang so long and was answered by a person, or ended otherwise (busy, nobody, a machine)."""
        self._due_answers += self.ring_time.expected((ring_s,))
        self._answers += answered
        if answered:
            self._picked_up_s.append(ring_s)
        else:
            self.answer_rate.ended(answered=False)
        self.ring_time.ended(ring_s, answered=answered)

    def talk_ended(self, talk_s: float) -> None:
        """One agent's talk is over; his wrap-up begins, if there is one."""
        self._due_ends += self.talks.expected((talk_s,))
        self._talk_ends += 1
        self.talks.ended(talk_s)

    def wrapup_ended(self, wrapup_s: float) -> None:
        """One agent has written up, and is free."""
        self.wrapups.ended(wrapup_s)

    def settled(self, day: int, *, abandoned: bool) -> None:
        """One that was answered by a person has an agent, or was abandoned: it had none in time."""
        self.window.add(day, abandoned=abandoned)

    # --- decisions ----------------------------------------------------------------------------------------------------

    def decide(self, now: float, state: LiveState) -> Placing:
        """How many to dial at `now`, and why no more; the calls per second are used up by them."""
        rules = self.rules
        self.window.at(state.day)
        if not state.switch_up:
            return self._placing(0, Why.SWITCH_LOST, state)
        if not abs(now - state.at) <= rules.stale_s or _impossible(state):  # NaN is stale, too
            return self._placing(0, Why.STALE, state)
        self._count(now)
        self._watch(state)
        if state.idle + len(state.talking_s) + len(state.wrapup_s) <= 0:
            return self._placing(0, Why.NO_AGENTS, state)
        wanted, why, mode, cap, outlook = self._wanted(state)
        number, why = self._within(now, state, wanted, why)
        if outlook is not None and number != wanted:
            outlook = self._lookahead(state).of(number)
        return self._placing(number, why, state, mode, cap, outlook)

    def _wanted(self, state: LiveState) -> tuple[int, Why, Mode, float, Outlook | None]:
        rules = self.rules
        safe = max(0, state.idle - state.waiting - len(state.ringing_s))
        if rules.mode == "progressive":
            return safe, Why.FREE, "progressive", rules.cap, None
        left = self._left()
        cap = rules.cap * min(1.0, max(0.0, left / WHOLE_CAP_FROM))
        if left < 1.0:
            return safe, Why.WINDOW, "progressive", 0.0, None
        if rules.mode == "power":
            free = max(0, state.idle - state.waiting)
            return max(safe, int(rules.ratio * free) - len(state.ringing_s)), Why.FREE, "power", cap, None
        if not self._knows(state):
            return safe, Why.CHANGED if self._changed else Why.EVIDENCE, "progressive", cap, None
        self._changed = False
        ahead = self._lookahead(state)
        number = max(safe, ahead.largest(cap, RISK, left, rules.most_at_once))
        return number, Why.CAP, "predictive", cap, ahead.of(number)

    def _left(self) -> float:
        """Abandoned calls that may be planned for."""
        return self.window.left(self.rules.cap) - KEPT_BACK

    def _knows(self, state: LiveState) -> bool:
        """Enough of answers: where most dials still ring, the ended ones are only the quickest."""
        if self.window.answered < self.rules.least_answers:
            return False
        return self.answer_rate.dials >= max(self.rules.least_dials, min(len(state.ringing_s), MOST_RINGING))

    def _lookahead(self, state: LiveState) -> Lookahead:
        known = self.talks.talks >= self.rules.least_talks
        floor = Floor(state.idle, state.talking_s if known else (), state.wrapup_s, state.ringing_s, state.waiting)
        return Lookahead(
            floor,
            self.answer_rate,
            self.ring_time,
            self.talks,
            self.wrapups,
            connect_within_s=self.rules.connect_within_s,
            spare=self._left(),
        )

    def _within(self, now: float, state: LiveState, wanted: int, why: Why) -> tuple[int, Why]:
        """As many of `wanted` as lines, leads and calls per second allow, and what it was that did not."""
        rules = self.rules
        limits = [(wanted, why), (rules.most_at_once, Why.MOST)]
        if rules.lines is not None:
            limits.append((max(0, rules.lines - state.lines_used), Why.LINES))
        if state.leads is not None:
            limits.append((max(0, state.leads), Why.LEADS))
        if self._bucket is not None:
            limits.append((self._bucket.whole(now), Why.RATE))
        number, why = min(limits, key=lambda limit: limit[0])
        if self._bucket is not None:
            number = self._bucket.take(now, number)
        return number, why

    def _count(self, now: float) -> None:
        """Let those answers count whose moment is over."""
        wait_s = self.ring_time.failed_within_s(0.5)
        for ring_s in self._picked_up_s:
            heappush(self._uncounted, now + max(0.0, wait_s - ring_s))
        self._picked_up_s.clear()
        while self._uncounted and self._uncounted[0] <= now:
            heappop(self._uncounted)
            self.answer_rate.ended(answered=True)

    def _watch(self, state: LiveState) -> None:
        """Compare what came since the last decision with what was to be expected, of what goes on, too."""
        ringing, talking = self.ring_time.expected(state.ringing_s), self.talks.expected(state.talking_s)
        changed = self._knows(state) and self.answer_rate.watch(
            self._answers, self._due_answers + ringing - self._open_answers
        )
        self._changed |= changed
        new = self.talks.talks >= self.rules.least_talks and self.talks.watch(
            self._talk_ends, self._due_ends + talking - self._open_ends
        )
        if self.ring_time.learn(self.answer_rate.mean, at_once=changed):
            ringing = self.ring_time.expected(state.ringing_s)
        if self.talks.learn(state.talking_s) or new:
            talking = self.talks.expected(state.talking_s)
        self.wrapups.learn(state.wrapup_s)
        self._answers = self._talk_ends = 0
        self._due_answers = self._due_ends = 0.0
        self._open_answers, self._open_ends = ringing, talking

    def _placing(
        self,
        number: int,
        why: Why,
        state: LiveState,
        mode: Mode | None = None,
        cap: float = 0.0,
        outlook: Outlook | None = None,
    ) -> Placing:
        return Placing(
            number=number,
            why=why,
            mode=mode or self.rules.mode,
            free=max(0, state.idle - state.waiting),
            freed=outlook.freed if outlook is not None else 0.0,
            in_air=len(state.ringing_s),
            answers=outlook.answers if outlook is not None else 0.0,
            share=outlook.share if outlook is not None else 0.0,
            cap=cap,
            lines_used=state.lines_used,
            lines=self.rules.lines,
            answer_rate=self.answer_rate.mean if self._knows(state) else None,
            window_answered=self.window.answered,
            window_abandoned=self.window.abandoned,
        )


def _impossible(state: LiveState) -> bool:
    """Somebody has talked for less than no time: it is no picture of any floor."""
    return min((*state.talking_s, *state.wrapup_s, *state.ringing_s, state.idle, state.waiting), default=0) < 0
