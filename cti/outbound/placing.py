"""Which words does a decision of the pacing have? How many are dialled, what it rests on, and what kept it from more.

Data, and the one sentence that is made of it; decides nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

import msgspec

Mode = Literal["predictive", "progressive", "power"]


class Why(StrEnum):
    """What kept it from dialling more; the first that holds."""

    SWITCH_LOST = "switch_lost"
    STALE = "stale"  # what it was shown is too old
    NO_AGENTS = "no_agents"  # nobody is logged in and at work
    CAP = "cap"  # one more, and too many answers would find nobody free
    WINDOW = "window"  # the window has no abandoned call left to give
    CHANGED = "changed"  # the regime changed just now: one per free agent until enough is known again
    EVIDENCE = "evidence"  # too little is known yet: one per free agent
    FREE = "free"  # the mode has no more for so many free agents
    LINES = "lines"
    RATE = "rate"  # the carrier's calls per second
    LEADS = "leads"  # nobody more to dial
    MOST = "most"  # the most at one decision


PHRASES = {
    Why.SWITCH_LOST: "the switch is not connected",
    Why.STALE: "the picture of the floor is too old",
    Why.NO_AGENTS: "no agents",
    Why.CAP: "one more would break the cap",
    Why.WINDOW: "the window's abandoned calls are used up: one per free agent",
    Why.CHANGED: "answers or talks have changed: one per free agent until enough is known again",
    Why.EVIDENCE: "too little known yet: one per free agent",
    Why.FREE: "the mode gives no more",
    Why.LINES: "no line left",
    Why.RATE: "the carrier's calls per second",
    Why.LEADS: "no number left to dial",
    Why.MOST: "so many at most at once",
}


class Placing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One decision. `mode`: the one in effect, which is progressive where predictive may not be trusted."""

    number: int  # to dial now
    why: Why
    mode: Mode
    free: int = 0  # agents, less those who have a waiting answer
    freed: float = 0.0  # agents expected to become free until most answers to a new dial have come
    in_air: int = 0  # dials, before these
    answers: float = 0.0  # expected of all in the air, these among them
    share: float = 0.0  # of these answers: expected to find nobody free
    cap: float = 0.0  # the share that may be, trimmed by what the window has used
    lines_used: int = 0  # before these
    lines: int | None = None
    answer_rate: float | None = None  # None: too little is known
    window_answered: int = 0
    window_abandoned: int = 0


def figures(placing: Placing) -> dict[str, Any]:
    """What the sentence is made of, for pages that say it in other languages; None: not said there."""
    predicts = placing.mode == "predictive"
    return {
        "number": placing.number,
        "why": placing.why.value,
        "free": placing.free,
        "freed": round(placing.freed, 1) if predicts else None,
        "share": round(placing.share, 3) if predicts else None,
        "cap": round(placing.cap, 3) if predicts else None,
        "in_air": placing.in_air,
        "lines_used": placing.lines_used if placing.lines is not None else None,
        "lines": placing.lines,
    }


def sentence(placing: Placing) -> str:
    """Say it to a person: `placing 3: 2 free + 1.4 expected, 2.1 % of a cap of 3.0 %, lines 8/10`."""
    if placing.why in (Why.SWITCH_LOST, Why.STALE, Why.NO_AGENTS):
        return f"placing 0: {PHRASES[placing.why]}"
    parts = [f"{placing.free} free"]
    if placing.mode == "predictive":
        parts[0] += f" + {placing.freed:.1f} expected"
        parts.append(f"{placing.share:.1%} of a cap of {placing.cap:.1%}".replace("%", " %"))
    if placing.in_air:
        parts.append(f"{placing.in_air} in the air")
    if placing.lines is not None:
        parts.append(f"lines {placing.lines_used}/{placing.lines}")
    return f"placing {placing.number}: {', '.join(parts)} ({PHRASES[placing.why]})"
