"""How do the dialers that are compared decide? Ours, one per free agent, and an adaptive ratio like VICIdial's.

The adaptive ratio is our own model of what VICIdial's campaign help says of ADAPT_AVERAGE and ADAPT_HARD_LIMIT, with
its
defaults: every 2.5 s as many lines are dialled as are missing to level x agents who talk or wait (calls that talk or
wait are lines, too); every 15 s the level becomes level x (1 + mean surplus / mean agents) of the last minute, the
surplus being agents waiting less calls waiting (Dial Level Difference Target 0, Intensity 0), from 1 to the Maximum
Adapt Dial Level 3.0. Over the Drop Percentage Limit of 3 % (of today's answers) HARD_LIMIT goes to level 1 until it is
below again; AVERAGE only lowers the level in the proportion of limit to drops.
"""

from __future__ import annotations

from collections import deque

from bench.pacing_floor import View
from cti.outbound.pacing import LiveState, Pacing, PacingRules

CAP = 0.03
LOOP_S, ADAPT_S, AVERAGE_S = 2.5, 15.0, 60.0
MOST_LEVEL = 3.0


class Ours:
    """cti.outbound.pacing, as it is; with mode `progressive` also the plain one per free agent."""

    def __init__(self, rules: PacingRules | None = None) -> None:
        self.pacing = Pacing(rules or PacingRules(cap=CAP))

    def place(self, now: float, view: View) -> int:
        """Ask it."""
        state = LiveState(
            at=now,
            day=0,
            idle=view.idle,
            talking_s=view.talking_s,
            wrapup_s=view.wrapup_s,
            ringing_s=view.ringing_s,
            waiting=view.waiting,
        )
        return self.pacing.decide(now, state).number

    def dial_ended(self, ring_s: float, *, answered: bool) -> None:
        """Tell it."""
        self.pacing.dial_ended(ring_s, answered=answered)

    def talk_ended(self, talk_s: float) -> None:
        """Tell it."""
        self.pacing.talk_ended(talk_s)

    def wrapup_ended(self, wrapup_s: float) -> None:
        """Tell it."""
        self.pacing.wrapup_ended(wrapup_s)

    def settled(self, *, abandoned: bool) -> None:
        """Tell it."""
        self.pacing.settled(0, abandoned=abandoned)


class Progressive:
    """One dial per free agent."""

    def place(self, now: float, view: View) -> int:
        """As many as agents have neither an answer nor a dial."""
        return max(0, view.idle - view.waiting - len(view.ringing_s))

    def dial_ended(self, ring_s: float, *, answered: bool) -> None:
        """Learns nothing."""

    def talk_ended(self, talk_s: float) -> None:
        """Learns nothing."""

    def wrapup_ended(self, wrapup_s: float) -> None:
        """Learns nothing."""

    def settled(self, *, abandoned: bool) -> None:
        """Learns nothing."""


class AdaptiveRatio(Progressive):
    """See above. `hard`: ADAPT_HARD_LIMIT, else ADAPT_AVERAGE."""

    def __init__(self, *, hard: bool) -> None:
        self._hard = hard
        self._level = 1.0
        self._looked_at, self._adapted_at = -LOOP_S, 0.0
        self._samples: deque[tuple[float, int, int]] = deque()  # when, surplus, agents
        self._answered = self._dropped = 0

    def place(self, now: float, view: View) -> int:
        """Every 2.5 s; nothing in between."""
        if now - self._looked_at < LOOP_S:
            return 0
        self._looked_at = now
        agents = view.idle + len(view.talking_s) + len(view.wrapup_s)
        self._samples.append((now, view.idle - view.waiting, agents))
        while self._samples[0][0] <= now - AVERAGE_S:
            self._samples.popleft()
        if now - self._adapted_at >= ADAPT_S:
            self._adapted_at = now
            self._adapt()
        lines = len(view.ringing_s) + view.waiting + len(view.talking_s) + len(view.wrapup_s)
        return max(0, int(self._level * agents) - lines)

    def _adapt(self) -> None:
        surplus = sum(sample[1] for sample in self._samples)
        agents = sum(sample[2] for sample in self._samples)
        level = self._level * (1.0 + surplus / agents) if agents else 1.0
        dropped = self._dropped / self._answered if self._answered else 0.0
        if dropped > CAP:
            level = 1.0 if self._hard else min(level, self._level * CAP / dropped)
        self._level = min(MOST_LEVEL, max(1.0, level))

    def settled(self, *, abandoned: bool) -> None:
        """Count today's drops."""
        self._answered += 1
        self._dropped += abandoned
