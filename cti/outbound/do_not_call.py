"""Is this number one that must not be dialled? Patterns of the configuration, and wishes told since the lead was read.

The lists themselves are the store's, which asks them once more in the moment of dialling (store/attempts.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_WISHES = 100_000
E164 = re.compile(r"\+[1-9][0-9]{4,14}")  # ITU-T E.164: at most 15 digits


class DoNotCall:
    """Patterns (`+4990*`, x is any digit), and numbers whose owners have said no while we run."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._wishes: dict[str, None] = {}
        self.patterns = tuple(patterns)
        self._written = re.compile("|".join(map(_as_regex, self.patterns))) if self.patterns else None

    def wished(self, number: str) -> None:
        """Somebody does not want to be called any more; the oldest wish of very many is the store's alone."""
        self._wishes[number] = None
        if len(self._wishes) > MOST_WISHES:
            self._wishes.pop(next(iter(self._wishes)))

    def with_patterns(self, patterns: Iterable[str]) -> DoNotCall:
        """The same wishes under other patterns."""
        other = DoNotCall(patterns)
        other._wishes = self._wishes
        return other

    def says_no(self, number: str) -> str:
        """Return what forbids `number`, in a word without it; "" if nothing does."""
        if number in self._wishes:
            return "asked not to be called"
        return "pattern" if self._written is not None and self._written.fullmatch(number) else ""


def whole(number: str) -> str:
    """A caller's number in E.164 (00 is +), as those are written that we call; "" where it has no country."""
    written = f"+{number[2:]}" if number.startswith("00") else number
    return written if E164.fullmatch(written) else ""


def _as_regex(pattern: str) -> str:
    digits = pattern.removesuffix("*")
    written = "".join("[0-9]" if each in "xX" else re.escape(each) for each in digits)
    return f"(?:{written}{'[0-9]*' if pattern.endswith('*') else ''})"
