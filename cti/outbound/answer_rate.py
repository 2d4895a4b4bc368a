"""Which share of the numbers that we dial is answered by a person, and how sure are we of it?

A Beta distribution that forgets (each dial counts a little less with each newer one), and a watch over the answers that
come against those that were to be expected: when they do not agree, what was learned before is forgotten. A dial ends
sooner with an answer than without one: told at once, many dials of a moment would look like many answers at first. Who
tells of them (pacing.py) therefore waits with an answer until the others of its moment have ended, too; the watch is
told at once, with what was to be expected of those that still ring.
"""

from __future__ import annotations

import math

from cti.outbound.regime import RegimeWatch

MEMORY_DIALS = 1000.0
PRIOR_ANSWERED, PRIOR_FAILED = 1.0, 1.0
LEAST_RATE, MOST_RATE = 0.002, 0.98
MOST_KEPT_DIALS = 200.0  # of a new regime, that were dialled before it was noticed


class AnswerRate:
    """`dials`: how many ended dials (newest in full) stand behind the estimate."""

    def __init__(self, memory_dials: float = MEMORY_DIALS) -> None:
        self._keep = 1.0 - 1.0 / memory_dials
        self._answered = self._failed = 0.0
        self._watch = RegimeWatch()
        self.changes = 0  # regimes that ended

    @property
    def dials(self) -> float:
        """The evidence, in dials."""
        return self._answered + self._failed

    @property
    def mean(self) -> float:
        """The expected share."""
        return (self._answered + PRIOR_ANSWERED) / (self.dials + PRIOR_ANSWERED + PRIOR_FAILED)

    @property
    def doubt(self) -> float:
        """Variance of the share over its mean squared: how far off all expected answers may be together."""
        mean = self.mean
        return (1.0 - mean) / (mean * (self.dials + PRIOR_ANSWERED + PRIOR_FAILED + 1.0))

    def ended(self, *, answered: bool) -> None:
        """One dial was answered by a person, or was not."""
        self._answered = self._answered * self._keep + answered
        self._failed = self._failed * self._keep + (not answered)

    def watch(self, answers: float, expected: float) -> bool:
        """`answers` came where the estimate expected `expected` (since last asked); whether the regime has changed.

        Then the estimate begins anew with what came since the change, its chances scaled by what was seen of them
        (proportional hazards: 1 - (1 - p) ** ratio).
        """
        found = self._watch.feed(answers, expected)
        if found is None:
            return False
        rate = 1.0 - (1.0 - self.mean) ** found.ratio
        rate = min(max(rate, LEAST_RATE), MOST_RATE)
        dials = min(MOST_KEPT_DIALS, max(found.seen / rate, found.expected / -math.log1p(-self.mean)))
        self._answered, self._failed = rate * dials, (1.0 - rate) * dials
        self.changes += 1
        return True
