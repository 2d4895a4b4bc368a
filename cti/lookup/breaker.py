"""Is a system asked at all just now? After failures in a row it rests, then one question tries it. PURE."""

from __future__ import annotations


class Breaker:
    """The circuit breaker of one system. Moments are seconds of any clock that never goes back; they are given."""

    def __init__(self, give_up_after: int, rest_s: float) -> None:
        self._give_up_after, self._rest_s = give_up_after, rest_s
        self._failures = 0
        self._rests_until: float | None = None
        self._trying = False

    @property
    def resting(self) -> bool:
        """Whether it has failed too often and has not answered since."""
        return self._rests_until is not None

    def allows(self, now: float) -> bool:
        """Return whether to ask. Whoever is allowed must tell what came of it (`worked`, `failed` or `forgotten`)."""
        if self._rests_until is None:
            return True
        if self._trying or now < self._rests_until:
            return False
        self._trying = True
        return True

    def worked(self) -> bool:
        """It answered. Return whether it had been resting."""
        rested = self.resting
        self._failures, self._rests_until, self._trying = 0, None, False
        return rested

    def failed(self, now: float) -> bool:
        """It failed. Return whether it begins to rest by this."""
        self._failures += 1
        begins = self._rests_until is None and self._failures >= self._give_up_after
        if begins or self._trying:
            self._rests_until, self._trying = now + self._rest_s, False
        return begins

    def forgotten(self) -> None:
        """Nobody waited for what comes of it: the next one may try."""
        self._trying = False
