"""Is this the password? Argon2id hashes; a name that nobody has costs as much time as a wrong password.

Parameters: OWASP's Password Storage Cheat Sheet (19 MiB, two passes, one lane): the machine that checks them has calls
to connect. A hash with older parameters is made anew at the next sign-in.
"""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_CHARS, MAX_CHARS = 12, 200
LEAST_DIFFERENT = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else when typed from paper
_GROUPS, _GROUP = 5, 5  # 25 of 31 letters: 123 bits


class Passwords:
    """Makes and checks hashes. Each costs tens of milliseconds and 19 MiB: never on the loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        # Made here: made at the first name that nobody has, that one would take twice as long as any other.
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """Return what may be kept of it."""
        return self._hasher.hash(password)

    def is_right(self, kept: str | None, password: str) -> bool:
        """Whether `password` is the one of the hash `kept`; None or "": nobody's, and it takes as long to say so."""
        try:
            right = self._hasher.verify(kept or self._nobodys, password)
        except (Argon2Error, InvalidHashError):
            return False
        return right and bool(kept)

    def is_old(self, kept: str) -> bool:
        """Whether the hash should be made anew."""
        return self._hasher.check_needs_rehash(kept)


def generated(groups: int = _GROUPS, group: int = _GROUP) -> str:
    """Return a new password that can be typed from paper: so many groups of so many letters."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(group)) for _ in range(groups))


def fault_of(password: str, name: str) -> str:
    """Return why this must not be a password, "" if it may (NIST SP 800-63B, 5.1.1.2: length, no rules of classes)."""
    if len(password) < MIN_CHARS:
        return f"a password has at least {MIN_CHARS} characters"
    if len(password) > MAX_CHARS:
        return f"a password has at most {MAX_CHARS} characters"
    if len(set(password)) < LEAST_DIFFERENT:
        return f"a password has at least {LEAST_DIFFERENT} different characters"
    if len(name) > 2 and name.casefold() in password.casefold():
        return "a password does not contain the name of its owner"
    return ""
