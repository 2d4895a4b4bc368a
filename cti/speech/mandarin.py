"""How is a value said in Mandarin? By words of our own: Asterisk's core sounds have none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cti.speech.calendar_words import split_day, split_time

DIGITS = "零一二三四五六七八九"
WEEKDAYS = ("星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六")
OWN: Mapping[str, str] = MappingProxyType(
    {f"cti/say/{digit}": char for digit, char in enumerate(DIGITS)}
    | {f"cti/say/day-{number}": word for number, word in enumerate(WEEKDAYS)}
    | {
        "cti/say/1-keyed": "幺",  # the digit one, where digits are read one by one: it is not taken for seven
        "cti/say/two": "两", "cti/say/10": "十", "cti/say/100": "百", "cti/say/1000": "千", "cti/say/10000": "万",
        "cti/say/100000000": "亿", "cti/say/minus": "负", "cti/say/point": "点", "cti/say/plus": "加号",
        "cti/say/star": "星号", "cti/say/hash": "井号", "cti/say/year": "年", "cti/say/month": "月",
        "cti/say/day": "日", "cti/say/hour": "点", "cti/say/minute": "分", "cti/say/sharp": "整",
        "cti/say/early": "凌晨", "cti/say/morning": "上午", "cti/say/noon": "中午", "cti/say/afternoon": "下午",
        "cti/say/evening": "晚上", "cti/say/yuan": "元", "cti/say/jiao": "角", "cti/say/fen": "分",
        "cti/say/euro": "欧元", "cti/say/cent": "欧分", "cti/say/dollar": "美元", "cti/say/dollar-cent": "美分",
        "cti/say/pound": "英镑", "cti/say/penny": "便士", "cti/say/yes": "是", "cti/say/no": "否",
    }
)  # fmt: skip
COINS = {"EUR": ("euro", "cent"), "USD": ("dollar", "dollar-cent"), "GBP": ("pound", "penny")}
SIGNS = {"*": "cti/say/star", "#": "cti/say/hash", "+": "cti/say/plus", "1": "cti/say/1-keyed"}
PLACES = (1000, 100, 10, 1)


def number(n: int, *, counting: bool = False) -> tuple[str, ...]:
    """The files that say the whole number `n`; `counting`: a two alone is 两."""
    if n < 0:
        return ("cti/say/minus", *number(-n, counting=counting))
    if n == 2 and counting:
        return ("cti/say/two",)
    if n == 0:
        return ("cti/say/0",)
    said: list[str] = []
    rest = min(n, 10**12 - 1)
    for size in (10**8, 10**4, 1):
        group, rest = divmod(rest, size)
        if group == 0:
            continue
        if said and group < 1000:
            said.append("cti/say/0")
        said += _group(group, first=not said)
        said += [f"cti/say/{size}"] if size > 1 else []
    return tuple(said)


def _group(group: int, *, first: bool) -> list[str]:
    """Up to 9999. Ten to nineteen at the very beginning are 十, 十一 ...; elsewhere 一十."""
    said: list[str] = []
    gap = False
    for place in PLACES:
        digit, group = divmod(group, place)
        if digit == 0:
            gap = bool(said)
            continue
        if gap:
            said.append("cti/say/0")
            gap = False
        if not (first and not said and place == 10 and digit == 1):
            said.append(f"cti/say/{digit}")
        if place > 1:
            said.append(f"cti/say/{place}")
    return said


def digits(text: str) -> tuple[str, ...]:
    """The files that say `text` digit by digit; what is no key of a phone is left out."""
    return tuple(SIGNS.get(char, f"cti/say/{char}") for char in text if char in SIGNS or char in "0123456789")


def decimal(whole: int, fraction: str, *, negative: bool) -> tuple[str, ...]:
    """The files that say whole.fraction."""
    sign = ("cti/say/minus",) if negative else ()
    places = (f"cti/say/{digit}" for digit in fraction)
    return (*sign, *number(whole), *(("cti/say/point", *places) if fraction else ()))


def money(units: int, cents: int, currency: str, *, negative: bool) -> tuple[str, ...]:
    """The files that say an amount: 元角分, or the foreign coins."""
    said = ["cti/say/minus"] if negative else []
    coins = COINS.get(currency)
    if units or not cents:
        said += [*number(units, counting=True), f"cti/say/{coins[0] if coins else 'yuan'}"]
    if cents and coins:
        said += [*number(cents, counting=True), f"cti/say/{coins[1]}"]
    elif cents:
        jiao, fen = divmod(cents, 10)
        if jiao:
            said += [*number(jiao, counting=True), "cti/say/jiao"]
        elif units:
            said.append("cti/say/0")
        if fen:
            said += [*number(fen, counting=True), "cti/say/fen"]
    return tuple(said)


def date(text: str) -> tuple[str, ...]:
    """The files that say `2026-11-25`: 二零二六年十一月二十五日, 星期三."""
    day = split_day(text)
    year = tuple(f"cti/say/{digit}" for digit in f"{day.year:04d}")
    month_and_day = (*number(day.month), "cti/say/month", *number(day.day), "cti/say/day")
    return (*year, "cti/say/year", *month_and_day, f"cti/say/day-{day.weekday_from_sunday}")


def time(text: str) -> tuple[str, ...]:
    """The files that say `14:05`: 下午两点零五分."""
    hour, minute = split_time(text)
    limits = ((6, "early"), (12, "morning"), (13, "noon"), (18, "afternoon"), (24, "evening"))
    part = next(word for limit, word in limits if hour < limit)
    past = ("cti/say/sharp",)
    if minute:
        past = (*(("cti/say/0",) if minute < 10 else ()), *number(minute), "cti/say/minute")
    spoken_hour = hour - 12 if hour > 12 else hour
    return (f"cti/say/{part}", *number(spoken_hour, counting=True), "cti/say/hour", *past)


def flag(value: bool) -> tuple[str, ...]:
    return ("cti/say/yes" if value else "cti/say/no",)
