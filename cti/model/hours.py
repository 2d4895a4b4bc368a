"""When is somebody there? The words of opening hours: a zone, weekly hours, public holidays and special days.

Only words and what makes them wrong. Whether it is open at a moment is calendar/opening.py's.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from cti.model.schema import Policy
from cti.suggest import did_you_mean

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
LEAP_YEAR = 2024  # a yearly day may be the 29th of February
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DATE = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})", re.ASCII)


def minutes(span: str) -> tuple[int, int]:
    """Return begin and end of `span`, such as 09:00-12:00, in minutes after midnight; past midnight the end is > 1440.

    Raises ValueError with the remedy.
    """
    found = _SPAN.fullmatch(span.strip())
    if found is None:
        raise ValueError('must be hours such as "09:00-17:30", or closed')
    hours = [int(part) for part in found.groups()]
    begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if hours[1] > 59 or hours[3] > 59 or begin >= DAY_MINUTES or end > DAY_MINUTES:
        raise ValueError("a day begins at 00:00 and ends at 24:00")
    if begin == end:
        raise ValueError('begins and ends at the same time; the whole day is "00:00-24:00"')
    if end == 0:
        raise ValueError(f'write 24:00 for midnight at the end of the day: "{span[:5]}-24:00"')
    return begin, end if end > begin else end + DAY_MINUTES


def weekdays(key: str) -> tuple[Weekday, ...]:
    """Return the days that `key` of weekly hours names: mon, mon-fri, fri-mon, "sat,sun". Raises ValueError."""
    named: list[Weekday] = []
    for part in key.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        for word in (first, last) if dash else (first,):
            if word not in WEEKDAYS:
                raise ValueError(f"must be mon, mon-fri or sat,sun{did_you_mean(word[:20], WEEKDAYS)}")
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - begin) % 7 if dash else 0
        named += [WEEKDAYS[(begin + step) % 7] for step in range(length + 1)]
    if len(set(named)) < len(named):
        raise ValueError("names a day twice")
    return tuple(named)


def _spans(written: Any) -> Any:
    """`closed`, `open` and a single span may stand without brackets."""
    if not isinstance(written, str):
        return written
    return {"closed": (), "open": ("00:00-24:00",)}.get(written.lower(), (written,))


def _span(written: str) -> str:
    minutes(written)
    return written


def _apart(spans: tuple[str, ...]) -> tuple[str, ...]:
    for (_, end, first), (begin, _, second) in pairwise(sorted((*minutes(span), span) for span in spans)):
        if begin < end:
            raise ValueError(f"{first} and {second} overlap; make them one, or shorten one of them")
    return tuple(sorted(spans, key=minutes))


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # not there, a folder, or not a file of a zone
        near = did_you_mean(name, available_timezones())
        raise ValueError(f"is no time zone{near or '; write Continent/City, such as Europe/Berlin'}") from None
    return name


def _days_named(key: str) -> str:
    weekdays(key)
    return key


def _real_date(key: str) -> str:
    found = _DATE.fullmatch(key)
    if found is None:
        raise ValueError('must be a date such as "2026-12-24", or "12-24" for every year')
    year, month, day = (int(part) if part else LEAP_YEAR for part in found.groups())
    if not 1970 <= year <= 2200 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError("there is no such day")
    return key


Span = Annotated[str, AfterValidator(_span)]
DayHours = Annotated[
    tuple[Span, ...], Field(max_length=24), BeforeValidator(_spans), AfterValidator(_apart)
]  # () is closed
Zone = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$"), AfterValidator(_known_zone)
]
DaysOfWeek = Annotated[str, AfterValidator(_days_named)]
Date = Annotated[str, AfterValidator(_real_date)]


class PublicHolidays(Policy):
    """Public holidays, by the library `holidays`: which country's, and what hours hold on them.

    `swapped_as`: where weekend days become working days in exchange (China), the hours of this weekday hold on them.
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    subdivision: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 _-]{1,40}$")] | None = None
    hours: DayHours = ()
    swapped_as: Weekday | None = None

    @model_validator(mode="after")
    def _known(self) -> PublicHolidays:
        from holidays import list_supported_countries  # here: it costs 0.1 s, and most centres name no country

        countries = list_supported_countries(include_aliases=True)
        if self.country not in countries:
            raise ValueError(f"no public holidays are known of {self.country}; write a country such as DE or CN")
        if self.subdivision is not None and self.subdivision not in countries[self.country]:
            near = did_you_mean(self.subdivision, countries[self.country])
            raise ValueError(f'{self.country} has no subdivision "{self.subdivision}"{near}')
        return self


class Hours(Policy):
    """Opening hours. A special day goes before a holiday, a holiday before the weekly hours.

    Hours belong to the day on which they begin: fri 22:00-06:00 lasts until Saturday 06:00, whatever Saturday is.
    A day of the week that is not named is closed.
    """

    zone: Zone
    weekly: dict[DaysOfWeek, DayHours] = Field(default_factory=dict)
    holidays: PublicHolidays | None = None
    days: dict[Date, DayHours] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Hours:
        if not self.weekly and not any(self.days.values()):
            raise ValueError('never open: write weekly hours, such as {mon-fri: "09:00-17:00"}')
        for key, day in self._twice():
            raise ValueError(f"weekly: {day} has hours in {key}; give a day once, or once by itself to replace a range")
        week = self.week
        for today, tomorrow in zip(WEEKDAYS, (*WEEKDAYS[1:], WEEKDAYS[0]), strict=True):
            late = [span for span in week[today] if minutes(span)[1] > DAY_MINUTES]
            for span in week[tomorrow]:
                for over in late:
                    if minutes(span)[0] < minutes(over)[1] - DAY_MINUTES:
                        raise ValueError(f"weekly: {today} {over} lasts into {tomorrow} {span}; shorten one of them")
        return self

    def _twice(self) -> Iterator[tuple[str, Weekday]]:
        for alone in (True, False):
            seen: dict[Weekday, str] = {}
            for key in self.weekly:
                named = weekdays(key)
                for day in named if (len(named) == 1) == alone else ():
                    if seen.setdefault(day, key) != key:
                        yield f"{seen[day]} and in {key}", day

    @property
    def week(self) -> dict[Weekday, tuple[str, ...]]:
        """The hours of each day of the week; a day named by itself replaces what a range says."""
        whole: dict[Weekday, tuple[str, ...]] = dict.fromkeys(WEEKDAYS, ())
        for key in sorted(self.weekly, key=lambda key: len(weekdays(key)) == 1):
            for day in weekdays(key):
                whole[day] = self.weekly[key]
        return whole
