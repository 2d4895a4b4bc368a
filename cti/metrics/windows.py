"""What was counted since midnight, and in the last 15 and 60 minutes? Sliding by whole minutes; bounded memory. PURE.

Everything counts in the minute in which it began: a contact in the one in which it entered its queue, with whatever
became of it later. So in each window, too, those who entered are the outcomes and those who still wait. Only seconds
of talks count in the minute in which they end: before, nobody knows how many they are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cti.figures import derived
from cti.figures.counting import OUTCOMES, Counts, add, waiting

MINUTE_S = 60
SLIDING = {"last_15m": 15, "last_60m": 60}  # minutes: the one that runs, and those before it

Told = Callable[[Counts], dict[str, Any]]


class Day:
    """Which day is it in `zone`? Days only go forward: a clock that is set back for a moment begins none anew."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._begin = self._end = 0.0

    def move_to(self, zone: str) -> None:
        """Another zone says when the next day begins."""
        self._zone = ZoneInfo(zone)

    def begin(self, now: float) -> float:
        """When the day of `now` began (both epoch seconds)."""
        if now >= self._end:
            date = datetime.fromtimestamp(now, self._zone).date()
            self._begin = datetime.combine(date, time(), self._zone).timestamp()
            self._end = datetime.combine(date + timedelta(days=1), time(), self._zone).timestamp()
        return self._begin


class Windows:
    """The counts of one queue, campaign or flow. `told` makes of them what is shown, and is asked only after a change.

    `today` may be filled from the history before the first `add`.
    """

    def __init__(self, day: Day, told: Told) -> None:
        self._day, self._told = day, told
        self.today: dict[str, float] = {}
        self._today_from = 0.0
        self._minutes: dict[int, dict[str, float]] = {}
        self._sums: dict[str, dict[str, float]] = {name: {} for name in SLIDING}
        self._minute = 0
        self._shown: dict[str, Any] | None = None

    def add(self, began_at: float, now: float, counts: Counts, *, of_today: bool = True) -> None:
        """Count what began at `began_at` (epoch seconds) and is known now. Not `of_today`: in what slides only."""
        self._turn(now)
        self._shown = None
        if of_today and began_at >= self._today_from:
            add(self.today, counts)
        minute = int(began_at // MINUTE_S)
        if minute <= self._minute - max(SLIDING.values()):
            return
        add(self._minutes.setdefault(minute, {}), counts)
        for name, minutes in SLIDING.items():
            if minute > self._minute - minutes:
                add(self._sums[name], counts)

    def add_today(self, now: float, counts: Counts) -> None:
        """Count something that has no place among what began at some time: seconds of presence."""
        self._turn(now)
        self._shown = None
        add(self.today, counts)

    def shown(self, now: float) -> dict[str, Any]:
        """Each window as it is shown. The same object until something changes: not to be written to."""
        self._turn(now)
        if self._shown is None:
            self._shown = {"today": self._told(self.today)}
            self._shown |= {name: self._told(counts) for name, counts in self._sums.items()}
        return self._shown

    def counts(self, name: str, now: float) -> Counts:
        """The bare counts of the window `name`."""
        self._turn(now)
        return self.today if name == "today" else self._sums[name]

    def begin_today_with(self, counts: Counts, now: float) -> None:
        """What an engine before this one has counted today."""
        self._turn(now)
        add(self.today, counts)
        self._shown = None

    def _turn(self, now: float) -> None:
        """Forget what is over."""
        day = self._day.begin(now)
        if day != self._today_from:
            self._today_from, self.today, self._shown = day, {}, None
        minute = int(now // MINUTE_S)
        if minute <= self._minute:
            return
        self._minute = minute
        if not self._minutes:
            return
        oldest = minute - max(SLIDING.values())
        self._minutes = {each: counts for each, counts in self._minutes.items() if each > oldest}
        for name, minutes in SLIDING.items():
            sums: dict[str, float] = {}
            for each, counts in self._minutes.items():
                if each > minute - minutes:
                    add(sums, counts)
            self._sums[name] = sums
        self._shown = None


def of_queue(counts: Counts) -> dict[str, Any]:
    """A queue's counts as they are shown."""
    found = derived.levels(counts)
    return {
        "offered": _whole(counts, "offered"),
        "waiting": int(waiting(counts)),
        **{outcome: _whole(counts, outcome) for outcome in OUTCOMES},
        "short_abandoned": _whole(counts, "short_abandoned"),
        "called": _whole(counts, "called"),
        "handled": _whole(counts, "handled"),
        "transferred": _whole(counts, "transferred"),
        "service_level": found["offered"],
        "service_levels": found,
        "abandon_rate": derived.abandon_rate(counts),
        "asa_s": derived.asa_s(counts),
        "aht_s": derived.aht_s(counts),
        "ewt_announced": _whole(counts, "ewt_announced"),
        "ewt_kept": _whole(counts, "ewt_kept"),
    }


def of_all(*names: str) -> Told:
    """Counts that are shown as they are, each of `names`."""
    return lambda counts: {name: _whole(counts, name) for name in names}


def _whole(counts: Counts, name: str) -> int:
    return int(counts.get(name, 0))
