"""Which of our numbers does the callee see? A pool, and how often each of it was shown today.

Remembers nothing of leads: `sticky` is a matter of arithmetic, and so the same after a restart.
"""

from __future__ import annotations

from hashlib import blake2b

from cti.model.campaign import CallerIds


class Pool:
    """One pool of numbers. `day` counts up; with another day all counts begin anew."""

    def __init__(self, written: CallerIds) -> None:
        self.written = written
        self._day: int | None = None
        self._used: dict[str, int] = {}

    def choose(self, lead: str, callee: str, day: int) -> str | None:
        """Return the number to show to `callee`, and count it; None when each has had its share of the day."""
        if day != self._day:
            self._day, self._used = day, {}
        most = self.written.per_day
        free = [number for number in self.written.numbers if most is None or self._used.get(number, 0) < most]
        if not free:
            return None
        chosen = min(free, key=lambda number: (*self._liking(lead, callee, number), self._used.get(number, 0)))
        self._used[chosen] = self._used.get(chosen, 0) + 1
        return chosen

    def left(self, day: int) -> bool:
        """Whether any number may still be shown on this day."""
        most = self.written.per_day
        return day != self._day or most is None or any(self._used.get(each, 0) < most for each in self.written.numbers)

    def give_back(self, number: str, day: int) -> None:
        """It was not shown after all."""
        if day == self._day and self._used.get(number, 0):
            self._used[number] -= 1

    def _liking(self, lead: str, callee: str, number: str) -> tuple[int, ...]:
        """The smaller the better."""
        if self.written.choose == "area":
            return (-_same_digits(callee, number),)
        if self.written.choose == "sticky":  # rendezvous hashing: taking one number away moves nobody else
            return (int.from_bytes(blake2b(f"{lead} {number}".encode(), digest_size=8).digest(), "big"),)
        return ()


def _same_digits(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
