"""What is asked of a report? From when to when, in which steps, of which queues; read from text as people write it.

Days are those of the centre's zone. Intervals of a quarter of an hour are the finest that is kept.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cti.store.interval_tables import INTERVAL_S
from cti.suggest import did_you_mean

STEPS = {
    "15m": 900,
    "30m": 1800,
    "hour": 3600,
    "day": 0,
    "week": 0,
    "month": 0,
    "all": 0,
}  # seconds; 0: by the calendar
MOST_STEPS = 5_000
FILTERS = ("queue", "agent", "campaign", "flow", "number", "survey")


class BadQuery(ValueError):
    """What was asked cannot be answered; the text says what to write instead."""


@dataclass(frozen=True)
class Span:
    """From `begin` to `end` (epoch seconds), the end left out."""

    begin: float
    end: float


@dataclass(frozen=True)
class Query:
    """`step` is a word of STEPS. `only`: by the kind of name (FILTERS) the names to be in the report; none: all."""

    span: Span
    step: str
    zone: str
    only: Mapping[str, tuple[str, ...]]

    @property
    def step_s(self) -> int:
        """The length of a step in seconds, or 0 where the calendar says it."""
        return STEPS[self.step]

    def steps(self) -> list[Span]:
        """Every step in order; the first and the last are cut by the span."""
        found, begin = [], self.span.begin
        while begin < self.span.end:
            end = min(self._next(begin), self.span.end)
            found.append(Span(begin, end))
            if len(found) > MOST_STEPS:
                raise BadQuery(f"more than {MOST_STEPS} steps: choose a longer step, or a shorter time")
            begin = end
        return found

    def shown(self, at: float) -> str:
        """A moment as text, in the centre's zone."""
        return datetime.fromtimestamp(at, ZoneInfo(self.zone)).isoformat(timespec="minutes")

    def _next(self, begin: float) -> float:
        if self.step == "all":
            return self.span.end
        if self.step_s:
            offset = _offset_s(begin, self.zone) % self.step_s
            return ((begin + offset) // self.step_s + 1) * self.step_s - offset
        zone = ZoneInfo(self.zone)
        day = datetime.fromtimestamp(begin, zone).date()
        if self.step == "day":
            day += timedelta(days=1)
        elif self.step == "week":
            day += timedelta(days=7 - day.weekday())
        else:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        return datetime.combine(day, time(), zone).timestamp()


def read(asked: Mapping[str, str], now: float, zone: str, step: str = "all") -> Query:
    """The query in words such as {"from": "2026-11-01", "to": "yesterday", "step": "day", "queue": "sales,support"}.

    Without `from` it is today. `to` may be a day, which is meant whole. Raises BadQuery.
    """
    begin = _moment(asked.get("from") or "today", now, zone, whole=False)
    end = _moment(asked["to"], now, zone, whole=True) if asked.get("to") else max(now, begin + 1)
    step = asked.get("step") or step
    if step not in STEPS:
        raise BadQuery(f'step: there is no "{step[:20]}"{did_you_mean(step, STEPS)}; there are {", ".join(STEPS)}')
    begin, end = begin // INTERVAL_S * INTERVAL_S, -(-end // INTERVAL_S) * INTERVAL_S
    if end <= begin:
        raise BadQuery("to: is before from")
    only = {kind: tuple(asked[kind].split(",")) for kind in FILTERS if asked.get(kind)}
    return Query(Span(begin, end), step, zone, only)


def finder(steps: Sequence[Span]) -> Callable[[float], Span]:
    """Return who tells in which of `steps` (in order) a moment is; one before them all is the first one's."""
    begins = [step.begin for step in steps]
    return lambda at: steps[max(0, bisect_right(begins, at) - 1)]


def _moment(text: str, now: float, zone: str, *, whole: bool) -> float:
    """Epoch seconds of what somebody wrote; `whole`: a day's end."""
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    days = {"today": 0, "yesterday": 1}.get(text)
    if days is None and (ago := re.fullmatch(r"-(\d{1,4})d", text)):
        days = int(ago[1])
    if days is not None:
        return _begin_of(today - timedelta(days=days - whole), zone)
    if text == "now":
        return now
    if re.fullmatch(r"\d{9,11}(\.\d+)?", text):
        return float(text)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return _begin_of(date.fromisoformat(text) + timedelta(days=whole), zone)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(
            f'"{text[:30]}" is no time: write 2026-11-01, 2026-11-01T08:00, today, yesterday, now, -7d or epoch seconds'
        ) from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(zone))).timestamp()


def _begin_of(day: date, zone: str) -> float:
    return datetime.combine(day, time(), ZoneInfo(zone)).timestamp()


def _offset_s(at: float, zone: str) -> int:
    offset = datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
