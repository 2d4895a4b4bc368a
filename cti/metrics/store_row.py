"""What does the row of an engine say of its store? Why nothing can be written now, and since when. PURE.

Whoever writes tells: of most that happens that is the history, of what people change another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class StoreRow:
    """`trouble` says why nothing can be written, in words without values; "" while it can. `clock`: epoch seconds."""

    def __init__(self, trouble: Callable[[], str], clock: Callable[[], float]) -> None:
        self._trouble, self._clock = trouble, clock
        self._since: float | None = None

    def told(self) -> dict[str, Any]:
        """Return the row; it changes when something happens, not because time passes."""
        why = self._trouble()
        if not why:
            self._since = None
        elif self._since is None:
            self._since = self._clock()  # whoever looks first
        return {"why": why, "since": self._since}

    def in_words(self) -> str:
        """A warning, or nothing."""
        row = self.told()
        return f"the store takes nothing for {self._clock() - row['since']:.0f} s: {row['why']}" if row["why"] else ""
