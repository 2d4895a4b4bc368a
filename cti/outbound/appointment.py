"""When will somebody be called whom an agent has promised a time? The wanted moment in, the agreed one out, or why not.

The hours of the callee decide: what lies outside of them is moved to the next minute at which he may be called, and
said so. Pure.
"""

from __future__ import annotations

import msgspec

from cti.model.campaign import Trunk
from cti.model.promise import Number
from cti.model.words import RefusedReason
from cti.outbound.may_dial import Rules
from cti.outbound.verdict import Reason

NOT_CALLABLE, BAD_TIME = RefusedReason.NOT_CALLABLE, RefusedReason.BAD_TIME
DAY_S = 86_400.0
LATE_S = 60.0  # what was typed a moment ago is not in the past


class Agreed(msgspec.Struct, frozen=True):
    """The moment (epoch s) at which he will be called; `moved`: what spoke against the time that was asked for."""

    due_at: float
    moved: Reason | None = None


class Impossible(msgspec.Struct, frozen=True):
    """Why there is no such appointment, in words without the number."""

    reason: RefusedReason
    why: str


def agree(number: Number, at: float, now: float, rules: Rules, most_days: float) -> Agreed | Impossible:
    """Return when `number` will be called if `at` (epoch s) is asked for, at most `most_days` ahead."""
    called = number.number
    if rules.forbidden.says_no(called):
        return Impossible(NOT_CALLABLE, "this number must not be called: a pattern of outbound.do_not_call means it")
    if not any(_goes(trunk, called) for trunk in rules.outbound.trunks.values()):
        return Impossible(NOT_CALLABLE, "no trunk may be used for this number: see outbound.trunks")
    if at < now - LATE_S:
        return Impossible(BAD_TIME, "this time is over")
    if at > now + most_days * DAY_S:
        return Impossible(BAD_TIME, f"at most {most_days:g} days ahead (outbound.callbacks.at_most_ahead_days)")
    reason = rules.window.reason(number.zones, max(at, now))
    if reason is None:
        return Agreed(max(at, now))
    if reason.until is None:
        return Impossible(BAD_TIME, "there is no hour at which he may be called: see outbound.callbacks.window")
    return Agreed(reason.until, reason)


def _goes(trunk: Trunk, number: str) -> bool:
    return number.startswith(trunk.numbers) and not number.startswith(trunk.except_numbers)
