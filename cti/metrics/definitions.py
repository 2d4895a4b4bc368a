"""What do the numbers mean? The metric contract (docs/metrics.md) as arithmetic. PURE.

Knows counts and seconds; must not know where they come from or who shows them. Unknown is None, never 0.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from cti.acd.estimate import promise_kept

SHORT_ABANDON_S = 5.0
"""S: who gives up within so many seconds has not waited for us (misdialled); shown apart."""

KEPT_SAMPLES = 1000


class Samples:
    """The newest `KEPT_SAMPLES` durations for percentiles; count, mean and maximum over all of them. Seconds."""

    def __init__(self) -> None:
        self._newest: deque[float] = deque(maxlen=KEPT_SAMPLES)
        self.count = 0
        self.sum_s = 0.0
        self.max_s: float | None = None

    def add(self, seconds: float) -> None:
        self._newest.append(seconds)
        self.count += 1
        self.sum_s += seconds
        self.max_s = seconds if self.max_s is None else max(self.max_s, seconds)

    def newest_s(self) -> float:
        return self._newest[-1]

    def mean_s(self) -> float | None:
        return self.sum_s / self.count if self.count else None

    def percentiles_s(self, *quantiles: float) -> list[float | None]:
        """The nearest-rank percentiles of the newest samples, e.g. `percentiles_s(0.5, 0.99)`."""
        if not self._newest:
            return [None for _ in quantiles]
        ordered = sorted(self._newest)
        return [ordered[max(0, -int(-q * len(ordered) // 1) - 1)] for q in quantiles]


@dataclass(slots=True)
class QueueCounts:
    """What became of the contacts of one queue since the engine started. `target_s` is T of the contract.

    offered = answered + abandoned + timed_out + key_exit + overflowed + merged + not_reached + withdrawn + moved + lost
    + those who still wait, always. Customers whom we call are counted apart, in the same way (`called`): their waits at
    home are in no level and no mean.
    """

    target_s: float
    offered: int = 0
    resumed: int = 0  # part of `offered`: callers who came back after an engine's death
    outcomes: dict[str, int] = field(default_factory=dict)
    answered_in_target: int = 0
    abandoned_in_target: int = 0
    short_abandoned: int = 0
    ewt_announced: int = 0  # answered contacts for which a P90 was expected at the door
    ewt_kept: int = 0  # of these: answered within it
    called: int = 0  # customers whom we were to call
    called_outcomes: dict[str, int] = field(default_factory=dict)
    waits: Samples = field(default_factory=Samples)  # of answered contacts

    def entered(self, *, resumed: bool, outbound: bool = False) -> None:
        """`outbound`: a customer whom we are to call."""
        if outbound:
            self.called += 1
            return
        self.offered += 1
        self.resumed += resumed

    def left(
        self, outcome: str, wait_s: float | None, expected_p90_s: float | None = None, *, outbound: bool = False
    ) -> None:
        """Count one end of a wait; an unknown `wait_s` counts as an outcome, but into no level and no mean."""
        if outbound:
            self.called_outcomes[outcome] = self.called_outcomes.get(outcome, 0) + 1
            return
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if wait_s is None:
            return
        kept = promise_kept(wait_s, expected_p90_s, answered=outcome == "answered")
        if kept is not None:
            self.ewt_announced += 1
            self.ewt_kept += kept
        in_target = wait_s <= self.target_s
        if outcome == "answered":
            self.answered_in_target += in_target
            self.waits.add(wait_s)
        elif outcome == "abandoned":
            self.abandoned_in_target += in_target
            self.short_abandoned += wait_s <= SHORT_ABANDON_S

    def ended(self, outcome: str) -> int:
        return self.outcomes.get(outcome, 0)

    def levels(self) -> dict[str, float | None]:
        """The four service levels as fractions of 1, by the names of the contract; `offered` is the default one."""
        answered, abandoned = self.ended("answered"), self.ended("abandoned")
        both_in_target = self.answered_in_target + self.abandoned_in_target
        return {
            "answered": _share(self.answered_in_target, answered),
            "offered": _share(self.answered_in_target, answered + abandoned - self.short_abandoned),
            "strict": _share(self.answered_in_target, self.offered),
            "lenient": _share(both_in_target, answered + abandoned),
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
