"""How soon will an agent be through who has talked (or written up) for so long already?

A piecewise constant hazard: in each stretch of the time since the talk began, ends per second spent in it (occurrence
over exposure; the talks that still go on are exposure too, so that long ones are not overlooked while nobody has
finished one). It forgets, is drawn a little to the mean over all stretches where little was seen, and is watched for
change. A mean remaining time would not do: who has talked for three minutes where most talks last two is not overdue,
he is in a long talk.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import mul

from cti.outbound.regime import RegimeWatch

MEMORY_TALKS = 500.0
GROWTH = 0.08  # a stretch is so much of the time before it, at least `first_s`
LONGEST_S = 3600.0
PRIOR_ENDS = 2.0  # by so many ends a stretch is drawn to the mean
LEAST_HAZARD = 1e-6
MOST_HAZARD = 100.0  # talks of a hundredth of a second are none
MOST_KEPT_TALKS = 30.0  # of a new regime, that ended before it was noticed
MOST_RATIO = 5.0
FRESH = 20  # what was told holds from when one in so many of the talks is new


class TalkHazard:
    """Talks, or wrap-ups. `first_s`: length of the first stretches, a small part of what is usual.

    `within_s`: the times that `freed` looks ahead, ever later.
    """

    def __init__(self, within_s: Sequence[float], first_s: float = 4.0, memory_talks: float = MEMORY_TALKS) -> None:
        edges = [0.0]
        while edges[-1] < LONGEST_S:
            edges.append(edges[-1] + max(first_s, GROWTH * edges[-1]))
        self._within_s, self._edges = tuple(within_s), edges
        self._keep = 1.0 - 1.0 / memory_talks
        self._ends = [0.0] * len(edges)
        self._spent_s = [0.0] * len(edges)
        self._ended_s = [0.0] * len(edges)  # spent by those who ended since the last `learn`, all their time
        self._open_s = [0.0] * len(edges)  # spent up to the last `learn` by those who talked on
        self._new = 0
        self._hazard = [LEAST_HAZARD] * len(edges)
        self._summed = [0.0] * len(edges)  # the cumulative hazard at the edges
        self._rows: dict[int, tuple[float, ...]] = {}  # by stretch: chances to end within, then their variances
        self._asked: Iterable[float] | None = None  # by _alike, and what it found: nobody changes what he has asked
        self._found: list[tuple[int, int, float]] = []
        self._watch = RegimeWatch()
        self.talks = 0.0  # evidence: ended talks, newest in full
        self.changes = 0
        self._make()

    def ended(self, lasted_s: float) -> None:
        """One talk is over."""
        edges, spent = self._edges, self._ended_s
        last = self._stretch(lasted_s)
        for stretch in range(last):
            spent[stretch] += edges[stretch + 1] - edges[stretch]
        spent[last] += min(max(lasted_s, 0.0), LONGEST_S) - edges[last]
        keep = self._keep
        self._ends = [keep * each for each in self._ends]
        self._ends[last] += 1.0
        self.talks = keep * self.talks + 1.0
        self._new += 1

    def expected(self, lasted_s: Iterable[float]) -> float:
        """How many ends were to be expected of talks by then (the sum of their cumulative hazards)."""
        edges, summed, hazard, found = self._edges, self._summed, self._hazard, 0.0
        for stretch, count, total_s in self._alike(lasted_s):
            found += count * summed[stretch] + hazard[stretch] * (total_s - count * edges[stretch])
        return found

    def _alike(self, lasted_s: Iterable[float]) -> list[tuple[int, int, float]]:
        """Those in one stretch together: (stretch, how many, the sum of their times), the longest first.

        Sorted once, so that 500 talks cost two look-ups for each stretch and not one for each talk; and remembered, as
        one decision asks of the same talks how many should have ended and how many will.
        """
        if lasted_s is self._asked:
            return self._found
        known, edges, most = sorted(lasted_s), self._edges, len(self._edges) - 1
        end, found = len(known), list[tuple[int, int, float]]()
        while end:
            stretch = max(0, bisect_right(edges, known[end - 1], 0, most) - 1)
            begin = bisect_left(known, edges[stretch], 0, end) if stretch else 0
            if begin >= end:
                begin = end - 1
            found.append((stretch, end - begin, sum(known[begin:end])))
            end = begin
        self._asked, self._found = lasted_s, found
        return found

    def watch(self, ends: float, expected: float) -> bool:
        """`ends` came where `expected` were expected (since last asked); whether the regime has changed.

        Then little is kept of what was learned, as fast or slow as the talks now are.
        """
        found = self._watch.feed(ends, expected)
        if found is None:
            return False
        kept = min(MOST_KEPT_TALKS, found.seen) / max(self.talks, 1.0)
        ratio = min(MOST_RATIO, max(1.0 / MOST_RATIO, found.ratio))
        self._ends = [kept * each for each in self._ends]
        self._spent_s = [kept * each / ratio for each in self._spent_s]
        self.talks *= kept
        self.changes += 1
        self._make()
        return True

    @property
    def doubt(self) -> float:
        """Variance of the pace over its mean squared."""
        return 1.0 / (self.talks + PRIOR_ENDS)

    def freed(self, going_on_s: Sequence[float]) -> tuple[list[float], list[float]]:
        """Of talks that have lasted so long: (means, variances without doubt) of how many end within `within_s`."""
        if not going_on_s:
            return [0.0] * len(self._within_s), [0.0] * len(self._within_s)
        counts, rows = list[int](), list[tuple[float, ...]]()
        for stretch, count, _ in self._alike(going_on_s):
            counts.append(count)
            rows.append(self._rows.get(stretch) or self._row(stretch))
        found = [sum(map(mul, counts, column)) for column in zip(*rows, strict=True)]
        return found[: len(self._within_s)], found[len(self._within_s) :]

    def usual_s(self, shares: Sequence[float]) -> list[float]:
        """Quantiles of the whole time; 0 where nothing was learned (nobody writes up)."""
        if self.talks <= 0.0:
            return [0.0] * len(shares)
        found = []
        for share in shares:
            wanted = -math.log1p(-share)
            stretch = min(bisect_right(self._summed, wanted) - 1, len(self._edges) - 2)
            found.append(self._edges[stretch] + (wanted - self._summed[stretch]) / self._hazard[stretch])
        return found

    def _stretch(self, lasted_s: float) -> int:
        return max(bisect_right(self._edges, lasted_s, 0, len(self._edges) - 1) - 1, 0)

    def learn(self, going_on_s: Sequence[float]) -> bool:
        """Let hold what was told since the last time, if it is worth it; whether anything changed.

        `going_on_s`: how long each of those who talk now has talked. Nothing else changes what is expected, so that
        what was to be expected of one stretch of time is all of one opinion.
        """
        if not self._new or self._new * FRESH < self.talks:
            return False
        keep, open_s = self._keep**self._new, self._open(going_on_s)
        more_s = [ended + now - before for ended, now, before in zip(self._ended_s, open_s, self._open_s, strict=True)]
        self._spent_s = [max(0.0, keep * old + more) for old, more in zip(self._spent_s, more_s, strict=True)]
        self._ended_s, self._open_s = [0.0] * len(open_s), open_s
        self._new = 0
        self._make()
        return True

    def _open(self, going_on_s: Sequence[float]) -> list[float]:
        """The time that they have spent in each stretch so far."""
        edges, spent, longer = self._edges, [0.0] * len(self._edges), 0
        here = {stretch: (count, total_s) for stretch, count, total_s in self._alike(going_on_s)}
        for stretch in range(max(here, default=-1), -1, -1):
            low, (count, total_s) = edges[stretch], here.get(stretch, (0, 0.0))
            spent[stretch] = longer * (edges[stretch + 1] - low) + total_s - count * low
            longer += count
        return spent

    def _make(self) -> None:
        edges, spent = self._edges, self._spent_s
        total_s = math.fsum(spent)
        mean = LEAST_HAZARD
        if total_s > 0:
            mean = min(MOST_HAZARD, max(LEAST_HAZARD, math.fsum(self._ends) / total_s))
        drawn_s, total = PRIOR_ENDS / mean, 0.0
        for stretch in range(len(edges) - 1):
            hazard = (self._ends[stretch] + PRIOR_ENDS) / (spent[stretch] + drawn_s)
            self._hazard[stretch] = hazard
            total += hazard * (edges[stretch + 1] - edges[stretch])
            self._summed[stretch + 1] = total
        self._rows = {}

    def _row(self, stretch: int) -> tuple[float, ...]:
        """For one in the middle of this stretch."""
        at_s = 0.5 * (self._edges[stretch] + self._edges[stretch + 1])
        here = self.expected((at_s,))
        row = []
        edges, summed, hazard = self._edges, self._summed, self._hazard
        last, after = len(edges) - 2, stretch
        for more_s in self._within_s:  # ever later
            while after < last and edges[after + 1] <= at_s + more_s:
                after += 1
            row.append(-math.expm1(here - summed[after] - hazard[after] * (at_s + more_s - edges[after])))
        found = self._rows[stretch] = (*row, *(chance * (1.0 - chance) for chance in row))
        return found
