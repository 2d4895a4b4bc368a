"""Which way does a number go out, and how is it written into a dial string? PURE; nothing but digits gets in there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cti.outbound.ways import reach

E164 = re.compile(r"\+[1-9][0-9]{4,14}")  # ITU-T E.164: at most 15 digits


@dataclass(frozen=True)
class Trunk:
    """One way out. `dial` holds {number} (+4930123) or {digits} (4930123); the others are beginnings of numbers."""

    dial: str
    numbers: tuple[str, ...]
    except_numbers: tuple[str, ...] = ()

    def reach(self, number: str) -> int:
        """How many characters of `number` are known to this trunk; 0: it is not allowed to go there."""
        return reach(self.numbers, self.except_numbers, number)


def is_number(text: str) -> bool:
    """Whether `text` is an E.164 number. What is none must never come near a dial string."""
    return E164.fullmatch(text) is not None


def way_out(trunks: Mapping[str, Trunk], number: str, name: str = "") -> tuple[str, str] | None:
    """Return by which trunk `number` is dialled, and how it is written there.

    That is the trunk `name`; "": the one that knows most of the number, the first of equals. None: it may not be
    dialled there. Raises ValueError (without the number, which is personal) for what is no E.164 number.
    """
    if not is_number(number):
        raise ValueError("not an E.164 number")
    ways = [known for known in trunks if name in ("", known)]
    best = max(ways, key=lambda known: trunks[known].reach(number), default=None)
    if best is None or not trunks[best].reach(number):
        return None
    return best, trunks[best].dial.replace("{number}", number).replace("{digits}", number[1:])
