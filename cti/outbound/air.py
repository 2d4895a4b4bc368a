"""Which numbers are being dialled, or talked with, at this moment? One for all campaigns and callbacks.

A number is in it from before its attempt is written down until its result is there: never two dials for one number.
It answers whether a lead or a promise may be *planned*. Which numbers may be *rung* now (callers who are on the phone
with us among them, and dials that another process has made) is acd/dialling.py's book. What holds last of all, over
processes, is the store's: store/attempts.py `intend` refuses a number with an open attempt.
"""

from __future__ import annotations

from collections.abc import Iterable


class Air:
    """Numbers by the attempt that has them; personal data."""

    def __init__(self) -> None:
        self._attempts: dict[str, str] = {}

    def take(self, number: str, attempt: str) -> bool:
        """Keep `number` for `attempt`; False if another one has it."""
        return self._attempts.setdefault(number, attempt) == attempt

    def free(self, number: str, attempt: str) -> None:
        """Let `number` go, if `attempt` has it."""
        if self._attempts.get(number) == attempt:
            del self._attempts[number]

    def has(self, number: str) -> bool:
        return number in self._attempts

    def attempt_of(self, number: str) -> str | None:
        """Return who has `number`."""
        return self._attempts.get(number)

    def numbers(self) -> Iterable[str]:
        """Return all of them."""
        return self._attempts.keys()

    def __len__(self) -> int:
        return len(self._attempts)
