"""Who gave up a moment ago, and since when had he waited? Should he call again in time, his wait goes on."""

from __future__ import annotations

from collections import OrderedDict

MOST = 20_000  # the oldest are forgotten first
LEAST_DIGITS = 3  # "anonymous" and the like are nobody's number


class Redials:
    """Callers' numbers (personal data) by queue, in memory only, and each until its time is over."""

    def __init__(self) -> None:
        self._since: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def gave_up(self, queue: str, caller: str, since: float, until: float) -> None:
        """He may come back until `until` (epoch seconds) as one who waits since `since`."""
        if sum(char.isdecimal() for char in caller) < LEAST_DIGITS:
            return
        self._since.pop((queue, caller), None)
        self._since[queue, caller] = (since, until)
        if len(self._since) > MOST:
            self._since.popitem(last=False)

    def since(self, queue: str, caller: str, now: float) -> float | None:
        """Since when he waits who comes back in time; None for everybody else. Known once."""
        since, until = self._since.pop((queue, caller), (0.0, 0.0))
        return since if now < until else None
