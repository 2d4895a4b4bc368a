"""Is what happens still what was learned? Events seen against events expected, and since when they do not agree.

Two CUSUM charts on a counting process against its compensator, one for more and one for less (Page 1954; for Poisson
counts Lucas 1985): each event adds ln(r), each expected one takes r - 1, and a sum above the threshold is no chance any
more. Knows no time and no names: the expectations are its clock, so that any rhythm of asking gives the same answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

FACTOR = 1.7  # the change that is found soonest: 1.7 times as many, or as few
THRESHOLD = 7.0  # about one false alarm in 4,000 events
LEAST_EXPECTED = 0.5  # of a ratio: nothing expected is no ratio


class Break(NamedTuple):
    """The regime has changed: since then there were `seen` events where `expected` were expected."""

    seen: float
    expected: float

    @property
    def ratio(self) -> float:
        """How many times as many as before, with one event of prior belief that nothing changed."""
        return (self.seen + 1.0) / (max(self.expected, LEAST_EXPECTED) + 1.0)


@dataclass(slots=True)
class _Chart:
    """One direction; counts what came since its sum was last nothing, which is where the change is thought to be."""

    gain: float
    cost: float
    total: float = 0.0
    seen: float = 0.0
    expected: float = 0.0

    def feed(self, seen: float, expected: float) -> bool:
        self.total += seen * self.gain - expected * self.cost
        if self.total <= 0.0:
            self.total = self.seen = self.expected = 0.0
            return False
        self.seen += seen
        self.expected += expected
        return self.total > THRESHOLD


class RegimeWatch:
    """Feed it as often as you like; it speaks up once, and begins anew."""

    def __init__(self) -> None:
        self._charts: tuple[_Chart, ...] = ()
        self.begin()

    def begin(self) -> None:
        """Forget what was seen: from now on a new expectation holds."""
        self._charts = tuple(_Chart(math.log(ratio), ratio - 1.0) for ratio in (FACTOR, 1.0 / FACTOR))

    def feed(self, seen: float, expected: float) -> Break | None:
        """`seen` events came where `expected` were to be expected; a Break if that is too many or too few by now."""
        for chart in self._charts:
            if chart.feed(seen, expected):
                found = Break(chart.seen, chart.expected)
                self.begin()
                return found
        return None
