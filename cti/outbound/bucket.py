"""May another call be placed this second? A carrier's limit of calls per second, as a token bucket.

Knows a rate, a size and the moment it is told; never asks for the time. A clock that goes back fills nothing.
"""

from __future__ import annotations

import math

ALMOST = 1e-9  # a token that is one but for the last digits of a float


class TokenBucket:
    """At most `size + rate_per_s * seconds` calls in any stretch of that many seconds.

    `size` is what may be placed at one instant: at least 1, or nothing ever could. Raises ValueError for a rate or size
    that is no positive number.
    """

    def __init__(self, rate_per_s: float, size: float | None = None) -> None:
        size = max(1.0, rate_per_s) if size is None else size
        if not (0 < rate_per_s < math.inf and 1 <= size < math.inf):
            raise ValueError("calls per second must be more than 0, and the bucket must hold at least 1 call")
        self._rate_per_s, self._size = rate_per_s, size
        self._tokens, self._at = size, -math.inf

    def whole(self, now: float) -> int:
        """How many calls may be placed at `now` (seconds); below 0 where more were `spent` than there were."""
        if now > self._at:
            gained = (now - self._at) * self._rate_per_s  # for ever since, at first: full
            self._tokens, self._at = min(self._size, self._tokens + gained), now
        return int(self._tokens + ALMOST)

    def take(self, now: float, wanted: int) -> int:
        """Take up to `wanted` tokens; the number taken is what may be placed."""
        taken = max(0, min(wanted, self.whole(now)))
        self._tokens = max(min(self._tokens, 0.0), self._tokens - taken)
        return taken

    def spend(self, now: float) -> None:
        """A call is placed at `now` whether there is a token or not: what is missing is paid back by those to come."""
        self.whole(now)
        self._tokens -= 1.0
