"""How is a value said in English? By Asterisk's core sounds, and a few words of our own where it has none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cti.speech.calendar_words import Day, split_day, split_time

OWN: Mapping[str, str] = MappingProxyType({  # our own sounds, and the text they are made from
    "cti/say/point": "point", "cti/say/and": "and", "cti/say/plus": "plus", "cti/say/yes": "yes", "cti/say/no": "no",
    "cti/say/euro": "euro", "cti/say/euros": "euros", "cti/say/cent": "cent", "cti/say/cents": "cents",
    "cti/say/dollar": "dollar", "cti/say/dollars": "dollars", "cti/say/pound": "pound", "cti/say/pounds": "pounds",
    "cti/say/penny": "penny", "cti/say/pence": "pence", "cti/say/yuan": "yuan", "cti/say/fen": "fen",
})  # fmt: skip
COINS = {
    "EUR": ("euro", "euros", "cent", "cents"),
    "USD": ("dollar", "dollars", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "CNY": ("yuan", "yuan", "fen", "fen"),
}
SCALES = ((10**9, "digits/billion"), (10**6, "digits/million"), (1000, "digits/thousand"), (100, "digits/hundred"))
SIGNS = {"*": "digits/star", "#": "digits/pound", "+": "cti/say/plus"}


def number(n: int) -> tuple[str, ...]:
    """The files that say the whole number `n`, up to 999,999,999,999 on either side of 0."""
    if n < 0:
        return ("digits/minus", *number(-n))
    if n <= 20:
        return (f"digits/{n}",)
    if n < 100:
        tens, ones = divmod(n, 10)
        return (f"digits/{tens * 10}", *((f"digits/{ones}",) if ones else ()))
    for size, word in SCALES:
        if n >= size:
            many, rest = divmod(n, size)
            return (*number(min(many, 999)), word, *(number(rest) if rest else ()))
    raise AssertionError("unreachable")


def digits(text: str) -> tuple[str, ...]:
    """The files that say `text` digit by digit; what is no key of a phone is left out."""
    return tuple(SIGNS.get(char, f"digits/{char}") for char in text if char in SIGNS or char in "0123456789")


def decimal(whole: int, fraction: str, *, negative: bool) -> tuple[str, ...]:
    """The files that say whole.fraction."""
    sign = ("digits/minus",) if negative else ()
    return (*sign, *number(whole), *(("cti/say/point", *digits(fraction)) if fraction else ()))


def money(units: int, cents: int, currency: str, *, negative: bool) -> tuple[str, ...]:
    """The files that say an amount: euros and cents; without cents where there are none."""
    one, many, coin, coins = COINS[currency]
    said = ["digits/minus"] if negative else []
    if units or not cents:
        said += [*number(units), f"cti/say/{one if units == 1 else many}"]
    if units and cents:
        said.append("cti/say/and")
    if cents:
        said += [*number(cents), f"cti/say/{coin if cents == 1 else coins}"]
    return tuple(said)


def date(text: str) -> tuple[str, ...]:
    """The files that say `2026-11-25` with its weekday: Wednesday, November 25th, 20 26."""
    day = split_day(text)
    weekday_and_month = (f"digits/day-{day.weekday_from_sunday}", f"digits/mon-{day.month - 1}")
    return (*weekday_and_month, *_ordinal(day.day), *_year(day))


def time(text: str) -> tuple[str, ...]:
    """The files that say `14:05`: two oh five p m."""
    hour, minute = split_time(text)
    past = ("digits/oclock",) if minute == 0 else (*(("digits/oh",) if minute < 10 else ()), *number(minute))
    return (f"digits/{hour % 12 or 12}", *past, "digits/p-m" if hour >= 12 else "digits/a-m")


def flag(value: bool) -> tuple[str, ...]:
    return ("cti/say/yes" if value else "cti/say/no",)


def _ordinal(n: int) -> tuple[str, ...]:
    if n <= 20 or n == 30:
        return (f"digits/h-{n}",)
    return (f"digits/{n // 10 * 10}", f"digits/h-{n % 10}")


def _year(day: Day) -> tuple[str, ...]:
    century, rest = divmod(day.year, 100)
    if day.year % 1000 < 100 or rest == 0:
        return number(day.year)
    return (*number(century), *(("digits/oh",) if rest < 10 else ()), *number(rest))
