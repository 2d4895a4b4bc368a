"""Is it open at this moment, why, and when does that change? The door of this room for queues, flows and dialling.

`now` is an argument (epoch seconds); the same hours and the same moment give the same answer, always.
"""

from __future__ import annotations

from datetime import MAXYEAR, date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cti.calendar.day import Days, Why
from cti.calendar.instants import first_moment, last_moment, local_date
from cti.model.hours import Hours

ONE_DAY = timedelta(days=1)
BACK = timedelta(days=2)  # hours that began then may last: over midnight, and where a zone skipped a date


class OpenState(NamedTuple):
    """Open or closed at a moment, and until when.

    `closes_at` (only if open) and `opens_at` (only if closed) are epoch seconds, None where that is not before the end
    of the next year. `name`: of the holiday, or the date of the special day.
    """

    open: bool
    why: Why
    name: str = ""
    opens_at: float | None = None
    closes_at: float | None = None

    @property
    def changes_at(self) -> float | None:
        """The next change, whichever it is."""
        return self.closes_at if self.open else self.opens_at


class Opening:
    """One set of hours, ready to be asked often. An answer is kept as long as it is the same; nobody sees that."""

    def __init__(self, hours: Hours) -> None:
        self._zone = ZoneInfo(hours.zone)
        self._days = Days(hours)
        self._kept: tuple[float, float, OpenState] | None = None
        self._stretch: tuple[float, float, date] | None = None  # open from, until, as far as looked: may be years

    def state(self, now: float) -> OpenState:
        """Return whether it is open at `now`. Raises ValueError or OverflowError for a moment without a date."""
        if self._kept is not None and self._kept[0] <= now < self._kept[1]:
            return self._kept[2]
        today = local_date(self._zone, now)
        limit = date(min(today.year + 2, MAXYEAR), 1, 1)  # of the year only: a kept answer equals a fresh one
        until, reason = self._open_until(now, today, limit)
        if until is not None:
            self._stretch = (now, until, limit)
            day = self._days.on(reason)
            found = OpenState(True, day.why, day.name, closes_at=self._before(until, limit))
        else:
            day = self._days.on(today)
            begin = self._next_begin(now, today, limit)
            found = OpenState(False, day.why, day.name, opens_at=begin)
            until = begin
        ends = first_moment(self._zone, min(today, date.max - ONE_DAY) + ONE_DAY, 0)  # the reason may change
        self._kept = (now, min(ends, until) if until is not None else ends, found)
        return found

    def next_change(self, now: float) -> float | None:
        """Return the first moment after `now` at which open turns to closed or back; None as in OpenState."""
        return self.state(now).changes_at

    def _open_until(self, now: float, today: date, limit: date) -> tuple[float | None, date]:
        """The end of the hours around `now`, those that join included, and the date they began on."""
        until, reason, day = None, today, today - BACK
        if self._stretch is not None and self._stretch[0] <= now < self._stretch[1] and self._stretch[2] == limit:
            until, limit = self._stretch[1], today + ONE_DAY  # the end is known; only the reason is looked for
        while day < limit and (day <= today or (until is not None and self._begins_by(until, day))):
            for span in self._days.on(day).spans:
                begin, end = first_moment(self._zone, day, span[0]), last_moment(self._zone, day, span[1])
                if begin <= now < end:
                    reason = day
                if begin <= (now if until is None else until) and end > (now if until is None else until):
                    until = end
            day += ONE_DAY
        return until, reason

    def _begins_by(self, moment: float, day: date) -> bool:
        return first_moment(self._zone, day, 0) <= moment

    def _next_begin(self, now: float, today: date, limit: date) -> float | None:
        day = today - ONE_DAY  # a date that was skipped begins where today does
        while day < limit:
            for span in self._days.on(day).spans:
                begin, end = first_moment(self._zone, day, span[0]), last_moment(self._zone, day, span[1])
                if now < begin < end:
                    return begin
            day += ONE_DAY
        return None

    def _before(self, moment: float, limit: date) -> float | None:
        return moment if moment < first_moment(self._zone, limit, 0) else None


def state(hours: Hours, now: float) -> OpenState:
    """Return whether it is open at `now` (epoch s). Who asks often keeps an Opening."""
    return Opening(hours).state(now)


def next_change(hours: Hours, now: float) -> float | None:
    """Return the next moment (epoch s) at which that changes; see `Opening.next_change`."""
    return Opening(hours).next_change(now)
