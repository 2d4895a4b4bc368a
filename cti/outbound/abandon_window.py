"""How many calls were answered and abandoned within the legal window, and how many more may be abandoned?

Days are numbers that count up (what a day is in whose zone, the caller says), a ring of `days` of them; nothing older
is kept. US: 3 % of the calls that a person answered, per campaign, over 30 days
(47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4)).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cti.model.lead import AnswersOfDay as DayCount
from cti.outbound.wilson import Interval, interval


class Rate(NamedTuple):
    """What the report shows; `share` and `bounds` (95 %) are None where nobody answered yet."""

    answered: int
    abandoned: int
    share: float | None
    bounds: Interval | None


class AbandonWindow:
    """The last `days` days. Give it what was counted before a restart, as `counts()` told it."""

    def __init__(self, days: int = 30, counts: Iterable[DayCount] = ()) -> None:
        if days < 1:
            raise ValueError("a window has at least one day")
        self._size = days
        self._ring: list[DayCount | None] = [None] * days
        self._today = -1
        self._answered = self._abandoned = 0
        for each in sorted(counts, key=lambda count: count.day):
            self._add(each.day, each.answered, each.abandoned)

    def add(self, day: int, *, abandoned: bool) -> None:
        """One call of `day` was answered by a person, and has an agent or was abandoned."""
        self._add(day, 1, int(abandoned))

    def at(self, day: int) -> None:
        """It is `day` now: what is too old goes. A day before the newest changes nothing."""
        if day <= self._today:
            return
        for gone in range(max(self._today + 1, day - self._size + 1), day + 1):
            old = self._ring[gone % self._size]
            if old is not None:
                self._answered -= old.answered
                self._abandoned -= old.abandoned
                self._ring[gone % self._size] = None
        self._today = day

    @property
    def answered(self) -> int:
        """Calls answered by a person in the window."""
        return self._answered

    @property
    def abandoned(self) -> int:
        """Of these, abandoned."""
        return self._abandoned

    def rate(self) -> Rate:
        """The share of abandoned calls in the window, with its Wilson interval."""
        share = self._abandoned / self._answered if self._answered else None
        return Rate(self._answered, self._abandoned, share, interval(self._abandoned, self._answered))

    def left(self, cap: float) -> float:
        """How many calls more may be abandoned (may be negative) if `cap` is to hold now and when the oldest day goes.

        The second is what makes the window roll: tomorrow begins with what is left without that day.
        """
        oldest = self._ring[(self._today + 1) % self._size] if self._size > 1 and self._today >= 0 else None
        now = cap * self._answered - self._abandoned
        if oldest is None:
            return now
        return min(now, cap * (self._answered - oldest.answered) - (self._abandoned - oldest.abandoned))

    def counts(self) -> tuple[DayCount, ...]:
        """What to keep over a restart, oldest first."""
        return tuple(sorted((each for each in self._ring if each is not None), key=lambda count: count.day))

    def _add(self, day: int, answered: int, abandoned: int) -> None:
        self.at(day)
        if day <= self._today - self._size:
            return  # too old to count
        old = self._ring[day % self._size] or DayCount(day, 0, 0)
        self._ring[day % self._size] = DayCount(day, old.answered + answered, old.abandoned + abandoned)
        self._answered += answered
        self._abandoned += abandoned
