"""What may a variable hold while a call is in a flow, and does a value fit its declaration?

A value from outside (an answer of a lookup, keys of the caller) is never trusted: it is read as its kind, or refused.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from cti.model.flow import Variable
from cti.model.spoken import Kind
from cti.speech.calendar_words import split_day, split_time

MAX_TEXT_CHARS = 2000
MAX_DIGITS = 40
LARGEST = 1e12
YES, NO = ("true", "yes", "1"), ("false", "no", "0")
KEYS = frozenset("0123456789*#+")


class Secret:
    """A value that is never shown: no repr, text, format, JSON or comparison of it tells anything."""

    __slots__ = ("_value",)

    def __init__(self, value: Plain) -> None:
        self._value = value

    def reveal(self) -> Plain:
        """Return the value: for the one who must send it to the lookup, and nobody else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__

    def __format__(self, form: str) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    __hash__ = None  # type: ignore[assignment]  # a hash of a PIN is as good as the PIN

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not written down")


Plain: TypeAlias = str | float | bool | None  # None: not known
Value: TypeAlias = Plain | Secret


class Unfit(ValueError):
    """A value is not of the declared kind. Its message never holds the value."""


def plain(value: Value) -> Plain:
    """Return the value itself, of a secret too."""
    return value.reveal() if isinstance(value, Secret) else value


def fit(variable: Variable, raw: object) -> Value:
    """Return `raw` as a value of `variable`, secret if it is sensitive. Raises Unfit."""
    value = None if raw is None else _READ[variable.type](raw.reveal() if isinstance(raw, Secret) else raw)
    return Secret(value) if variable.sensitive and value is not None else value


def initial(variable: Variable) -> Value:
    """Return the value before anything happened. Raises Unfit where the default is none of its kind."""
    return fit(variable, variable.default)


def _text(raw: object) -> Plain:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise Unfit("not a text")
    if isinstance(raw, int | float):
        raw = _plain_number(_number(raw))
    if len(raw) > MAX_TEXT_CHARS:
        raise Unfit(f"a text of more than {MAX_TEXT_CHARS} characters")
    return "".join(char if char.isprintable() else " " for char in raw)


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise Unfit("not a number")
    if isinstance(raw, str) and (len(raw) > 30 or not raw.isascii() or "_" in raw):
        raise Unfit("not a number")
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        raise Unfit("not a number") from None
    if not math.isfinite(number) or abs(number) > LARGEST:
        raise Unfit("a number too large")
    return number


def _plain_number(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _digits(raw: object) -> Plain:
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 10**15:
        return str(raw)
    if not isinstance(raw, str) or len(raw) > MAX_DIGITS or not KEYS.issuperset(raw):
        raise Unfit("not digits")
    return raw


def _date(raw: object) -> Plain:
    if not isinstance(raw, str):
        raise Unfit("not a date such as 2026-11-25")
    day = raw[:10] if raw[10:11] in ("T", " ") and len(raw) <= 40 else raw  # of 2026-11-25T14:00:00Z the day
    try:
        split_day(day)
    except ValueError as error:
        raise Unfit(str(error)) from None
    return day


def _time(raw: object) -> Plain:
    if not isinstance(raw, str):
        raise Unfit("not a time such as 14:05")
    time = raw[:5] if len(raw) == 8 and raw[5] == ":" else raw
    try:
        split_time(time)
    except ValueError as error:
        raise Unfit(str(error)) from None
    return time


def _flag(raw: object) -> Plain:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in (*YES, *NO):
        return raw.lower() in YES
    raise Unfit("neither true nor false")


_READ = {
    Kind.TEXT: _text,
    Kind.DIGITS: _digits,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
}
