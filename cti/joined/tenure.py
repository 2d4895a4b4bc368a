"""May this engine act now, as far as its lease goes, and may a standby try to take it? PURE: times are arguments.

Times are seconds of one clock of this machine that goes on while the process is stopped or the machine sleeps; two
machines' clocks are never compared. Must not know Redis, SQL or threads.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Standing(StrEnum):
    """How an owner stands."""

    OURS = "ours"  # act
    UNSURE = "unsure"  # too long without a word: ask before anything is done
    LOST = "lost"  # somebody else owns it: never again with this token


class Tenure(msgspec.Struct):
    """An owner's time in office. `sure_until`: nobody else can own the domain before."""

    lease_s: float
    sure_until: float
    away_since: float | None = None  # Redis gives no answer since
    is_lost: bool = False

    def standing(self, now: float) -> Standing:
        """How we stand at `now`."""
        if self.is_lost:
            return Standing.LOST
        return Standing.OURS if now < self.sure_until else Standing.UNSURE

    def renewed(self, asked_at: float) -> None:
        """Redis renewed the lease. It counts from our question: Redis' own count begins later, so ours ends first."""
        self._sure_from(asked_at)
        self.away_since = None

    def confirmed(self, asked_at: float) -> None:
        """Redis gave no answer, and the store says that nobody has taken over: who takes over tells the store first."""
        self._sure_from(asked_at)
        self._away(asked_at)

    def unanswered(self, asked_at: float) -> None:
        """Neither Redis nor the store gave an answer. Who was sure when he asked goes on: without Redis nobody takes
        over. Who was not (he slept, or was stopped) stays unsure: somebody may have taken over meanwhile."""
        if asked_at < self.sure_until:
            self._sure_from(asked_at)
        self._away(asked_at)

    def taken(self) -> None:
        """Somebody else owns the domain, or has owned it since."""
        self.is_lost = True

    def _sure_from(self, asked_at: float) -> None:
        self.sure_until = max(self.sure_until, asked_at + self.lease_s)

    def _away(self, asked_at: float) -> None:
        if self.away_since is None:
            self.away_since = asked_at


EARLY_S = 0.05  # an answer that was under way: no sign that Redis has forgotten anything


class Patience(msgspec.Struct):
    """When a standby may take a lease that nobody holds.

    At once where it was given back. Otherwise only when Redis has answered for a whole lease: an owner who went on
    while Redis was away comes first. One answer that is late is no absence: a lease outlives that. And where a lease is
    gone before its end, Redis has forgotten it (emptied, or started anew in a moment): its owner lives, and asks next.
    """

    lease_s: float
    answers_since: float | None = None
    answered_at: float = 0.0
    ends_at: float = 0.0  # of the owner's lease, as last seen
    not_before: float = 0.0

    def answered(self, at: float) -> None:
        """Redis answered."""
        if self.answers_since is None or at - self.answered_at >= self.lease_s / 2:
            self.answers_since = at
        self.answered_at = at

    def seen(self, at: float, ends_in_s: float | None) -> None:
        """Somebody holds it for so long; None: nobody does."""
        if ends_in_s is not None:
            self.ends_at = at + ends_in_s
        elif at < self.ends_at - EARLY_S:
            self.not_before, self.ends_at = self.ends_at + self.lease_s / 4, 0.0

    def may_take(self, now: float, *, given_back: bool) -> bool:
        """Whether to try, where nobody holds the lease now."""
        if self.answers_since is None:
            return False
        return given_back or (now - self.answers_since >= self.lease_s and now >= self.not_before)
