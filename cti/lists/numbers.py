"""Which number is meant by what somebody has typed, and where is it? Text in, E.164 and zones out, or what is wrong.

Pure. `phonenumbers` knows the plans of all countries; here is only what a list of leads needs of it. Every text and
every number is personal data: a fault names a reason and never repeats them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType, timezone
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

MOST_CHARS = 60  # of a cell that may be a number

_ROUNDED = re.compile(r"\d[.,]?\d*[eE]\+?\d+\Z")
_AS_TEXT = re.compile(r'=\s*"(.*)"\Z')  # ="+86138..." and '138...: how a spreadsheet is kept from counting with it
_PATTERN = re.compile(r"\+[1-9][0-9]{0,14}\*\Z")
_SHORT = (phonenumbers.ValidationResult.TOO_SHORT, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
_SEASONS = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))


class Fault(StrEnum):
    """Why a text is no number that can be called."""

    EMPTY = "no number"
    NOT_A_NUMBER = "this is no telephone number"
    ROUNDED = "a spreadsheet has rounded this number: format its column as text and export again"
    NO_COUNTRY = "no country: write it with + and the country code, or name a region"
    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    NOT_IN_PLAN = "its country has no such number"
    EXTENSION = "it has an extension, which cannot be dialled"
    PREMIUM = "a premium-rate number"


class Number(NamedTuple):
    """A number that can be called. `e164` is personal data.

    `zones`: where it may be; of many zones only those that can be the first or the last to open: whoever calls only
    while all of them are open is right wherever it is. () where nobody can tell.
    """

    e164: str
    zones: tuple[str, ...]


def read_number(text: str, region: str | None) -> Number | Fault:
    """Return the number meant by `text`; `region` (CN, GB ...) is whose it is where no country code is written."""
    text = text.strip()
    if not text:
        return Fault.EMPTY
    if len(text) > MOST_CHARS:
        return Fault.NOT_A_NUMBER
    quoted = _AS_TEXT.match(text)
    text = quoted[1] if quoted else text.removeprefix("'")
    if _ROUNDED.match(text):
        return Fault.ROUNDED
    try:
        found = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        return _why_none(error.error_type)
    return _judge(found)


def read_pattern(text: str, region: str | None) -> str | Fault:
    """Return what a line of a do-not-call list means: a number in E.164, or how numbers begin and a * (+4420*)."""
    packed = re.sub(r"[\s().-]", "", text)
    if "*" in packed:
        return packed if _PATTERN.match(packed) else Fault.NOT_A_NUMBER
    found = read_number(text, region)
    return found if isinstance(found, Fault) else found.e164


def known_zone(name: str) -> bool:
    """Is there a time zone of this name (IANA)?"""
    return _zone(name) is not None


def known_region(name: str) -> bool:
    """Is there a numbering plan of a country with this code (ISO 3166)?"""
    return name in phonenumbers.SUPPORTED_REGIONS


def _why_none(kind: int) -> Fault:
    faults = {
        phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: Fault.NO_COUNTRY,
        phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: Fault.TOO_SHORT,
        phonenumbers.NumberParseException.TOO_SHORT_NSN: Fault.TOO_SHORT,
        phonenumbers.NumberParseException.TOO_LONG: Fault.TOO_LONG,
    }
    return faults.get(kind, Fault.NOT_A_NUMBER)


def _judge(found: phonenumbers.PhoneNumber) -> Number | Fault:
    if found.extension:
        return Fault.EXTENSION
    kind = phonenumbers.number_type(found)
    if kind == PhoneNumberType.UNKNOWN:
        length = phonenumbers.is_possible_number_with_reason(found)
        if length in _SHORT:
            return Fault.TOO_SHORT
        return Fault.TOO_LONG if length == phonenumbers.ValidationResult.TOO_LONG else Fault.NOT_IN_PLAN
    if kind == PhoneNumberType.PREMIUM_RATE:
        return Fault.PREMIUM
    e164 = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return Number(e164, _zones(e164[: TIMEZONE_LONGEST_PREFIX + 1], kind, found))


_by_beginning: dict[tuple[str, int], tuple[str, ...]] = {}
_MOST_BEGINNINGS = 20_000


def _zones(beginning: str, kind: int, found: phonenumbers.PhoneNumber) -> tuple[str, ...]:
    """The zones of a number are those of its beginning and kind: looking them up is a quarter of all work."""
    whole = _of_country(found.country_code)
    if len(whole) == 1:
        return outermost(whole)
    zones = _by_beginning.get((beginning, kind))
    if zones is None:
        if len(_by_beginning) >= _MOST_BEGINNINGS:
            _by_beginning.clear()
        zones = _by_beginning[beginning, kind] = outermost(tuple(timezone.time_zones_for_number(found)))
    return zones


@lru_cache(maxsize=300)
def _of_country(code: int) -> tuple[str, ...]:
    """The zones of all numbers that begin with a country code."""
    return tuple(TIMEZONE_DATA.get(str(code), ()))


@lru_cache(maxsize=1_000)
def outermost(zones: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of `zones` that are furthest east or west, in winter or in summer: at most four."""
    offsets = {name: tuple(_offset(zone, at) for at in _SEASONS) for name in zones if (zone := _zone(name))}
    if not offsets:
        return ()
    found: dict[str, None] = {}
    for season in range(len(_SEASONS)):
        for outer in (min, max):
            furthest = outer(each[season] for each in offsets.values())
            if not any(offsets[name][season] == furthest for name in found):
                found[next(name for name, each in offsets.items() if each[season] == furthest)] = None
    return tuple(found)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo | None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]{0,39}", name) or name == timezone.UNKNOWN_TIMEZONE:
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder of the zones' is no zone
        return None
