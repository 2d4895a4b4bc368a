"""May one more caller come into our hands? Limits, what a caller hears who may not, and how many were turned away.

Decides on two numbers and on what is drained; knows no calls. Who is asked about here has never been with us:
whoever waits, talks, comes back or was called by us is not sent away.
"""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from dataclasses import dataclass, field

from cti.switch.agi_session import ANSWER_S, PROMPT_S, AgiConnectionLost, AgiSession, AgiTimeout

LOOKS = 4
"""So many looks at the loop in a row must be late: one pause is no overload."""

LEAST_BEYOND, SHARE_BEYOND = 10, 45
CALLS, LAG, DRAINED = "calls", "lag", "drained"


@dataclass(frozen=True)
class Limits:
    """`max_lag_s`: how late the event loop may be, look after look. `goto` is context,exten,priority; "": hang up."""

    max_calls: int
    max_lag_s: float
    play: tuple[str, ...] = ()
    goto: str = ""


@dataclass
class Admission:
    """The door for new callers. `watch` takes the event loop's lag (seconds) at each look."""

    limits: Limits
    turned_away: Counter[str] = field(default_factory=Counter)
    drained: frozenset[str] = frozenset()  # nodes whose new callers go elsewhere
    leaving: bool = False  # the engine itself is drained
    _closed_at: float | None = None
    _lags_s: deque[float] = field(default_factory=lambda: deque(maxlen=LOOKS))

    def watch(self, lag_s: float) -> None:
        """Take in one look at the loop."""
        self._lags_s.append(lag_s)

    @property
    def lag_s(self) -> float:
        """How late the loop is, look after look: the least of the last ones."""
        return min(self._lags_s) if len(self._lags_s) == LOOKS else 0.0

    @property
    def most_sessions(self) -> int:
        """Those who are turned away are with us for a moment, too. Beyond this nobody is listened to."""
        return self.limits.max_calls + max(LEAST_BEYOND, self.limits.max_calls // SHARE_BEYOND)

    def in_words(self, calls: int) -> str:
        """Why no new caller comes in now; "": they do."""
        limits = self.limits
        return {
            CALLS: f"{calls} calls, and admission.max_calls is {limits.max_calls}",
            LAG: f"the event loop is {self.lag_s:.1f} s late, and admission.max_lag_s is {limits.max_lag_s:g}",
            DRAINED: "this engine is drained, and ends when nobody is inside",
        }.get(self.closed(calls), "")

    @property
    def is_late(self) -> bool:
        """Whether what can wait should: pages and the history before any caller."""
        return self.lag_s > self.limits.max_lag_s / 4

    def closed(self, calls: int) -> str:
        """Why no new caller comes in now, with so many calls in our hands: DRAINED, CALLS or LAG; "": he may."""
        if self.leaving:
            return DRAINED
        if calls >= self.limits.max_calls:
            return CALLS
        return LAG if self.lag_s > self.limits.max_lag_s else ""

    def closed_since(self, calls: int, now: float) -> float | None:
        """Since when no new caller comes in (epoch seconds); None: they do.

        As of when it was asked: ask at each look at the loop, whoever looks at screens.
        """
        if not self.closed(calls):
            self._closed_at = None
        elif self._closed_at is None:
            self._closed_at = now
        return self._closed_at

    def turns_away(self, calls: int, node: str = "") -> str:
        """The same for a caller of `node` who is at the door, or DRAINED; counted."""
        reason = self.closed(calls) or (DRAINED if node in self.drained else "")
        if reason:
            self.turned_away[reason] += 1
        return reason


def unlimited() -> Admission:
    """Everybody may come in."""
    return Admission(Limits(max_calls=1_000_000, max_lag_s=float("inf")))


async def turn_away(session: AgiSession, limits: Limits) -> None:
    """Let a caller hear what he is to hear, and give him back to the dialplan for good."""
    words = [("STREAM", "FILE", sound, "") for sound in limits.play]
    if words:
        words.insert(0, ("SET", "VARIABLE", "TIMEOUT(absolute)", "0"))  # as inbound_call.py: we have accepted him
    if limits.goto:
        words.append(("SET", "VARIABLE", "CTI_NEXT", limits.goto))
    words.append(("SET", "VARIABLE", "CTI_DONE", "1"))
    with contextlib.suppress(AgiConnectionLost, AgiTimeout):
        for each in words:  # whatever the answer: a sound that is nowhere must not keep him here
            await session.command(*each, timeout_s=PROMPT_S if each[0] == "STREAM" else ANSWER_S)
