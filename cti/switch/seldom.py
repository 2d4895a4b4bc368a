"""Which of many equal lines of the log are written? A peer decides how many there are; of each kind one a minute is.

How many were left out stands in the next one, and in the counters.
"""

from __future__ import annotations

from collections.abc import Callable

AGAIN_S = 60.0


class Seldom:
    """`clock`: seconds. Kinds are few, and our own words: they are kept."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._again_at: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def words(self, kind: str) -> str | None:
        """What is to be added to a line of this kind; None: it is not written now."""
        now = self._clock()
        if now < self._again_at.get(kind, now):
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return None
        self._again_at[kind] = now + AGAIN_S
        left_out = self._left_out.pop(kind, 0)
        return f" ({left_out} more since this was told last)" if left_out else ""
