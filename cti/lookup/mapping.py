"""What does an answer mean for a flow's variables? JSON in, typed values out. PURE.

A wrong type is never guessed at: a caller must not hear a delivery date that was a price.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from cti.model.lookups import Part, Value, ValueType

MAX_TEXT_CHARS = 1000
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?", re.ASCII)
_TIME = re.compile(r"(?:\d{4}-\d{2}-\d{2}T)?([01]\d|2[0-3]):([0-5]\d)(:.*)?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_LAST_DAY = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class NotJson(ValueError):
    """The body is no JSON."""


class WrongType(ValueError):
    """The part called `variable` is not what it must be; its value is not told: it may be personal."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"{variable} has another type than expected")
        self.variable = variable


def read(body: bytes) -> Any:
    """Return the JSON in `body`. Raises NotJson."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotJson from error


def values(content: Any, into: Mapping[str, Part]) -> dict[str, Value]:
    """Return the value of each variable; None where the answer has null or nothing there. Raises WrongType."""
    found: dict[str, Value] = {}
    for variable, (path, kind) in into.items():
        try:
            part = _compiled(path).search(content)
        except (JMESPathError, ArithmeticError, RecursionError, TypeError, ValueError) as error:
            raise WrongType(variable) from error
        value = None if part is None else CONVERSIONS[ValueType(kind)](part)
        if part is not None and value is None:
            raise WrongType(variable)
        found[variable] = value
    return found


@lru_cache(maxsize=1024)
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def _any(part: Any) -> Value:
    return _text(part) if isinstance(part, str) else part if isinstance(part, bool) else _number(part)


def _text(part: Any) -> Value:
    if isinstance(part, bool) or not isinstance(part, str | int | float):
        return None
    return "".join(char for char in str(part) if char.isprintable())[:MAX_TEXT_CHARS]


def _digits(part: Any) -> Value:
    text = str(part) if isinstance(part, str | int) and not isinstance(part, bool) else ""
    return text if re.fullmatch(r"[0-9*#]{1,40}", text) else None


def _number(part: Any) -> Value:
    if isinstance(part, str) and _NUMBER.fullmatch(part):
        return float(part) if "." in part else int(part)
    if isinstance(part, bool) or not isinstance(part, int | float):
        return None
    return part if math.isfinite(part) and abs(part) < 1e15 else None


def _date(part: Any) -> Value:
    found = _DATE.fullmatch(part) if isinstance(part, str) else None
    if found is None:
        return None
    year, month, day = map(int, found[1].split("-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    real = year > 0 and 1 <= month <= 12 and 1 <= day <= _LAST_DAY[month - 1] and (leap or (month, day) != (2, 29))
    return found[1] if real else None


def _time(part: Any) -> Value:
    found = _TIME.fullmatch(part) if isinstance(part, str) else None
    return f"{found[1]}:{found[2]}" if found else None


def _flag(part: Any) -> Value:
    return part if isinstance(part, bool) else None


CONVERSIONS: dict[ValueType, Callable[[Any], Value]] = {
    ValueType.ANY: _any,
    ValueType.TEXT: _text,
    ValueType.DIGITS: _digits,
    ValueType.NUMBER: _number,
    ValueType.MONEY: _number,
    ValueType.DATE: _date,
    ValueType.TIME: _time,
    ValueType.FLAG: _flag,
}
