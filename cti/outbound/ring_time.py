"""How soon is an answer to be expected of a phone that has rung so long?

Two histograms that forget: after how many seconds people answered, and after how many the other dials ended (busy,
time-out, machine). With the answer rate p they give by Bayes the chance that one that has rung for `age` seconds is
answered within the next ones: p (A(age + s) - A(age)) / (p (1 - A(age)) + (1 - p) (1 - F(age))).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

LONGEST_S = 60  # the last second of the histograms; a phone that rings longer is no dial any more
MEMORY_DIALS = 1000.0
# Before anything is known: answers within 4 rings (24 s), failures at about 25 s. The evidence that pacing asks for
# makes both go.
PRIOR_WEIGHT = 4.0
PRIOR_ANSWER_S, PRIOR_FAILURE_S = range(1, 25), range(20, 30)
LEAST = 1e-9
FRESH = 50  # what was told holds from when one in so many of the dials is new


class RingTime:
    """Learns from dials that ended."""

    def __init__(self, memory_dials: float = MEMORY_DIALS) -> None:
        self._keep = 1.0 - 1.0 / memory_dials
        self._answered = _spread(PRIOR_ANSWER_S)
        self._failed = _spread(PRIOR_FAILURE_S)
        self._dials = 0.0
        self._new = 1
        self._answered_by: list[float] = []  # cumulative shares at the end of each second
        self._failed_by: list[float] = []
        self._hazard: list[float] = []  # cumulative, of being answered, at the begin of each second
        self._within_s: Sequence[float] = ()
        self._rows: dict[float, tuple[float, float, list[float]]] = {}  # by age: answered, failed by then; then within
        self.learn(0.5)

    def ended(self, ring_s: float, *, answered: bool) -> None:
        """One dial ended after `ring_s` seconds, answered by a person or not."""
        keep = self._keep
        self._answered = [keep * each for each in self._answered]
        self._failed = [keep * each for each in self._failed]
        histogram = self._answered if answered else self._failed
        histogram[_second(ring_s)] += 1.0
        self._dials = keep * self._dials + 1.0
        self._new += 1

    def chances(self, age_s: float, rate: float, within_s: Sequence[float]) -> tuple[list[float], float]:
        """After `age_s` of ringing: (chances of an answer within so many seconds more, chance of one at all)."""
        if within_s is not self._within_s:
            self._within_s, self._rows = within_s, {}
        row = self._rows.get(age_s)
        if row is None:
            here, by = _share(self._answered_by, age_s), self._answered_by
            after = [_share(by, age_s + more_s) - here for more_s in within_s]
            row = self._rows[age_s] = (here, _share(self._failed_by, age_s), after)
        here, failed, after = row
        still = rate * (1.0 - here) + (1.0 - rate) * (1.0 - failed)
        if still < LEAST:
            return [0.0] * len(within_s), 0.0
        factor = rate / still
        return [factor * more for more in after], factor * (1.0 - here)

    def expected(self, ringing_s: Iterable[float]) -> float:
        """How many answers were to be expected of dials that rang so long (the sum of their cumulative hazards).

        Those that were answered among them: it is what `AnswerRate.watch` compares the answers with.
        """
        hazard, found, known = self._hazard, 0.0, sorted(ringing_s)
        begin = 0
        while begin < len(known):  # all of one second together: there are many
            second = int(min(known[begin], LONGEST_S))
            if second >= LONGEST_S:
                return found + (len(known) - begin) * hazard[-1]
            end = max(begin + 1, bisect_left(known, second + 1, begin))
            low, count = hazard[second], end - begin
            found += count * low + (sum(known[begin:end]) - count * second) * (hazard[second + 1] - low)
            begin = end
        return found

    def answered_within_s(self, share: float) -> float:
        """Of those that are answered, `share` is answered within so many seconds."""
        return float(min(LONGEST_S, bisect_right(self._answered_by, share - LEAST) + 1))

    def failed_within_s(self, share: float) -> float:
        """Of those that are not answered, `share` has ended within so many seconds."""
        return float(min(LONGEST_S, bisect_right(self._failed_by, share - LEAST) + 1))

    def learn(self, rate: float, *, at_once: bool = False) -> bool:
        """Let hold what was told since the last time, if it is worth it (or `at_once`); whether anything changed.

        `rate`: the answer rate from now on, for `expected`. Nothing else changes what is expected.
        """
        if not at_once and (not self._new or self._new * FRESH < self._dials):
            return False
        self._new, self._rows = 0, {}
        self._answered_by, self._failed_by = _cumulative(self._answered), _cumulative(self._failed)
        total = before = failed = 0.0
        self._hazard = [0.0]
        for answered, failed_then in zip(self._answered_by, self._failed_by, strict=True):
            still = rate * (1.0 - before) + (1.0 - rate) * (1.0 - failed)
            if still > LEAST:
                total += rate * (answered - before) / still
            self._hazard.append(total)
            before, failed = answered, failed_then
        return True


def _spread(seconds: range) -> list[float]:
    return [PRIOR_WEIGHT / len(seconds) if second in seconds else 0.0 for second in range(LONGEST_S)]


def _second(ring_s: float) -> int:
    return min(LONGEST_S - 1, max(0, int(ring_s)))


def _cumulative(histogram: list[float]) -> list[float]:
    total = sum(histogram)
    return [min(1.0, each / total) for each in accumulate(histogram)]


def _share(cumulative: list[float], at_s: float) -> float:
    """Straight between the ends of the seconds."""
    second = int(at_s)
    if second >= LONGEST_S:
        return 1.0
    before = cumulative[second - 1] if second > 0 else 0.0
    return before + (at_s - second) * (cumulative[second] - before)
