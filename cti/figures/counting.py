"""What does one fact add to which count? The one place where the metric contract's counts are made. PURE.

A count is a name and a number that only grows by adding; whoever keeps counts (by queue, by quarter hour, since
midnight) adds up what these functions return. Knows no clock and nobody who reads; what follows from counts is
derived.py's.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from cti.acd.estimate import promise_kept
from cti.model.words import Outcome

Counts = Mapping[str, float]

SHORT_ABANDON_S = 5.0
"""S: who gives up within so many seconds has not waited for us (misdialled); shown apart."""

OUTCOMES = tuple(outcome.value for outcome in Outcome)
VISITS = (
    "offered",
    *OUTCOMES,
    "short_abandoned",
    "answered_in_target",
    "abandoned_in_target",
    "answered_wait_s",  # sums of seconds, as all counts that end so
    "abandoned_wait_s",
    "ewt_announced",
    "ewt_kept",
    "called",
    *(f"called_{outcome}" for outcome in OUTCOMES),
)
TALKS = ("handled", "transferred", "talk_s", "hold_s", "wrapup_s")
WORK = ("staffed_s", "busy_s")

_ENTERED: Counts = {"offered": 1}
_CALLED: Counts = {"called": 1}


def entered(*, outbound: bool = False) -> Counts:
    """What a contact adds that enters a queue; `outbound`: a customer whom we are to call."""
    return _CALLED if outbound else _ENTERED


def left(
    outcome: str,
    wait_s: float | None,
    target_s: float,
    expected_p90_s: float | None = None,
    *,
    outbound: bool = False,
) -> Counts:
    """What the end of a wait adds; an unknown `wait_s` is an outcome, but in no level and no mean."""
    if outbound:
        return {f"called_{outcome}": 1}
    if wait_s is None or outcome not in (Outcome.ANSWERED, Outcome.ABANDONED):
        return {outcome: 1}
    in_target = wait_s <= target_s
    if outcome == Outcome.ABANDONED:
        return {
            "abandoned": 1,
            "abandoned_wait_s": wait_s,
            "abandoned_in_target": in_target,
            "short_abandoned": wait_s <= SHORT_ABANDON_S,
        }
    found: dict[str, float] = {"answered": 1, "answered_wait_s": wait_s, "answered_in_target": in_target}
    kept = promise_kept(wait_s, expected_p90_s, answered=True)
    if kept is not None:
        found |= {"ewt_announced": 1, "ewt_kept": kept}
    return found


def add(into: MutableMapping[str, float], counts: Counts) -> None:
    """Add `counts` to `into`; nothing is kept of what is 0."""
    for name, number in counts.items():
        if number:
            into[name] = into.get(name, 0) + number


def ended(counts: Counts) -> float:
    """How many of those who entered have left."""
    return sum(counts.get(outcome, 0) for outcome in OUTCOMES)


def waiting(counts: Counts) -> float:
    """How many of those who entered still wait: offered = outcomes + these, always."""
    return counts.get("offered", 0) - ended(counts)
