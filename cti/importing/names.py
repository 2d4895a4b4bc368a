"""How is a name of Asterisk's written as one of ours? Letters, digits, _ and -, at most 40, each only once."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40


class Names:
    """Gives out names of one kind; a name that is taken gets a number behind it."""

    def __init__(self, prefix: str, *, lower: bool = False) -> None:
        self._prefix = prefix  # before what does not begin with a letter
        self._lower = lower
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}  # the latest behind each name

    def of(self, text: str, otherwise: str = "") -> str:
        """Return a free name made of `text`, or of `otherwise` if nothing of `text` can be written in ASCII."""
        name = self._plain(text) or self._plain(otherwise) or self._prefix
        if not name[0].isalpha():
            name = f"{self._prefix}{name}"
        name = name[:LONGEST]
        number = self._numbers.get(name.lower(), 1)
        free = name
        while free.lower() in self._taken:
            number += 1
            free = f"{name[: LONGEST - len(str(number)) - 1]}-{number}"
        self._taken.add(free.lower())
        self._numbers[name.lower()] = number
        return free

    def _plain(self, text: str) -> str:
        folded = unicodedata.normalize("NFKD", text.lower() if self._lower else text)
        ascii_only = "".join(char for char in folded if not unicodedata.combining(char))
        if sum(char.isalnum() and not char.isascii() for char in ascii_only) * 2 > len(ascii_only.strip()):
            return ""
        return re.sub(r"[^A-Za-z0-9_]+", "-", ascii_only).strip("-_")
