"""How are one queue's counts kept, and the newest of its durations? What they mean is contract.py's. PURE.

Knows counts and seconds; must not know where they come from or who shows them. Unknown is None, never 0.
"""

from __future__ import annotations

from collections import deque

from cti.figures import counting, derived
from cti.figures.counting import SHORT_ABANDON_S as SHORT_ABANDON_S
from cti.figures.counting import Counts
from cti.model.words import Outcome

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


class QueueCounts:
    """What became of the contacts of one queue since the engine started. `target_s` is T of the contract.

    offered = answered + abandoned + timed_out + key_exit + overflowed + merged + not_reached + withdrawn + moved + lost
    + those who still wait, always. Customers whom we call are counted apart, in the same way (`called`): their waits at
    home are in no level and no mean. `counts` are those of figures/counting.py.
    """

    def __init__(self, target_s: float) -> None:
        self.target_s = target_s
        self.resumed = 0  # part of `offered`: callers who came back after an engine's death
        self.counts: dict[str, float] = {}
        self.waits = Samples()  # of answered contacts

    def entered(self, *, resumed: bool, outbound: bool = False) -> Counts:
        """Count one who enters, and return what that adds. `outbound`: a customer whom we are to call."""
        self.resumed += resumed and not outbound
        return self._add(counting.entered(outbound=outbound))

    def left(
        self, outcome: str, wait_s: float | None, expected_p90_s: float | None = None, *, outbound: bool = False
    ) -> Counts:
        """Count one end of a wait, and return what that adds; an unknown `wait_s` counts into no level and no mean."""
        if outcome == Outcome.ANSWERED and wait_s is not None and not outbound:
            self.waits.add(wait_s)
        return self._add(counting.left(outcome, wait_s, self.target_s, expected_p90_s, outbound=outbound))

    def count(self, name: str) -> int:
        """One of the contract's counts."""
        return int(self.counts.get(name, 0))

    def ended(self, outcome: str) -> int:
        return self.count(outcome)

    @property
    def offered(self) -> int:
        return self.count("offered")

    @property
    def called(self) -> int:
        return self.count("called")

    def ended_called(self, outcome: str) -> int:
        """Of those whom we were to call."""
        return self.count(f"called_{outcome}")

    @property
    def called_outcomes(self) -> dict[str, int]:
        """Of those whom we were to call; only outcomes that have been."""
        return {outcome: count for outcome in counting.OUTCOMES if (count := self.ended_called(outcome))}

    @property
    def short_abandoned(self) -> int:
        return self.count("short_abandoned")

    @property
    def ewt_announced(self) -> int:
        return self.count("ewt_announced")

    @property
    def ewt_kept(self) -> int:
        return self.count("ewt_kept")

    def levels(self) -> dict[str, float | None]:
        """The four service levels as fractions of 1, by the names of the contract; `offered` is the default one."""
        return derived.levels(self.counts)

    def _add(self, counts: Counts) -> Counts:
        counting.add(self.counts, counts)
        return counts
