"""Which hours begin on this date, and why these? Special days before public holidays before the week.

Knows dates, not moments: neither zones nor `now`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from cti.model.hours import WEEKDAYS, Hours, minutes

if TYPE_CHECKING:
    from holidays import HolidayBase


class Why(StrEnum):
    """What decides the hours of a date."""

    WEEKLY = "weekly"
    HOLIDAY = "holiday"
    SPECIAL_DAY = "special_day"


class Day(NamedTuple):
    """The hours that begin on a date (minutes after its midnight; past midnight > 1440), their reason and its name."""

    spans: tuple[tuple[int, int], ...]
    why: Why
    name: str = ""


class Days:
    """Answers for every date of one set of hours; remembers nothing that changes an answer."""

    def __init__(self, hours: Hours) -> None:
        self._week = [_in_minutes(hours.week[day]) for day in WEEKDAYS]
        self._days = {key: _in_minutes(spans) for key, spans in hours.days.items()}
        self._holidays: HolidayBase | None = None
        self._on_holidays: tuple[tuple[int, int], ...] = ()
        self._swapped: int | None = None
        if hours.holidays is not None:
            from holidays import country_holidays  # here: it costs 0.1 s, and most centres name no country

            chosen = hours.holidays
            self._holidays = country_holidays(chosen.country, subdiv=chosen.subdivision, language="en_US")
            self._on_holidays = _in_minutes(chosen.hours)
            self._swapped = WEEKDAYS.index(chosen.swapped_as) if chosen.swapped_as else None

    def on(self, day: date) -> Day:
        """Return what holds on `day`. A full date goes before a date of every year."""
        for key in (day.isoformat(), day.isoformat()[5:]):
            if key in self._days:
                return Day(self._days[key], Why.SPECIAL_DAY, key)
        if self._holidays is not None:
            name = self._holidays.get(day)
            if name is not None:
                return Day(self._on_holidays, Why.HOLIDAY, name)
            if self._swapped is not None and day in self._holidays.weekend_workdays:
                return Day(self._week[self._swapped], Why.WEEKLY)
        return Day(self._week[day.weekday()], Why.WEEKLY)


def _in_minutes(spans: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(minutes(span) for span in spans)
