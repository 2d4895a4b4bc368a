"""May it be dialled? Yes, or what speaks against it, until when: the words that `cti campaign plan` prints."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cti.model.dialling import Rule

MOST_STEPS = 64


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """What speaks against a dial. `until` (epoch s): then it no longer does; None: no time will help.

    `detail` is data in words (a cap, a pattern), never a number.
    """

    rule: Rule
    until: float | None = None
    detail: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """Every reason that holds at a moment; none: yes."""

    reasons: tuple[Reason, ...] = ()

    @property
    def yes(self) -> bool:
        return not self.reasons

    @property
    def never(self) -> bool:
        """No time will help."""
        return any(reason.until is None for reason in self.reasons)

    @property
    def not_before(self) -> float | None:
        """The earliest moment at which it is worth asking again; None for yes and for never."""
        if self.yes or self.never:
            return None
        return max(reason.until for reason in self.reasons if reason.until is not None)

    @property
    def decisive(self) -> Reason | None:
        """The reason that lasts longest."""
        lasting = sorted(self.reasons, key=lambda reason: float("inf") if reason.until is None else reason.until)
        return lasting[-1] if lasting else None


YES = Verdict()


def first_yes(ask: Callable[[float], Verdict], now: float) -> tuple[float | None, Verdict]:
    """Return the first moment from `now` on at which `ask` says yes, and what spoke against it last before.

    None: never, or not before so many changes (MOST_STEPS) that nobody waits for it.
    """
    at, last = now, YES
    for _ in range(MOST_STEPS):
        found = ask(at)
        if found.yes:
            return at, last
        last = found
        later = found.not_before
        if later is None or later <= at:
            return None, last
        at = later
    return None, last
