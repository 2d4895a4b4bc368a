"""How does somebody sign in whose authenticator is lost? By one of ten codes on paper; each counts once.

What is kept of a code is a mark made with the secret of the web: the database alone says nothing of it.
"""

from __future__ import annotations

from cti.people.passwords import generated
from cti.people.sealing import Seal

MOST = 10
GROUPS, GROUP = 4, 4  # 16 of 31 letters: 79 bits


def new_codes() -> list[str]:
    """Return codes for one person, to be shown once."""
    return [generated(GROUPS, GROUP) for _ in range(MOST)]


def mark_of(seal: Seal, name: str, code: str) -> str:
    """Return what is kept of a code of `name`, however he has typed it."""
    return seal.mark("recovery code", name, "".join(letter for letter in code.lower() if letter.isalnum()))
