"""What is a waiting caller told? Sound files of Asterisk's core set, composed; no clock, no state.

Numbers are spoken by digit files instead of SAY NUMBER, because only a playing file can be cut off the moment an agent
is free (shared facts: ControlPlayback stops STREAM FILE in 0.4 ms).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from cti.model.policy import Announcements
from cti.speech.english import number

LONGER_THAN = "letters/ascii62"  # "greater than": core-sounds-en.txt of Asterisk's English sounds


def interval(policy: Announcements, customer: Mapping[str, str]) -> tuple[float, float]:
    """Seconds until the first announcement and from one to the next, for one of whom `customer` is known."""
    for fits in policy.intervals:
        if all(customer.get(fact) == value for fact, value in fits.when.items()):
            first_s = policy.first_after_s if fits.first_after_s is None else fits.first_after_s
            return first_s, policy.every_s if fits.every_s is None else fits.every_s
    return policy.first_after_s, policy.every_s


def told_wait_s(policy: Announcements, wait_s: float | None, told_s: float | None) -> float | None:
    """What a caller is told of his wait: never more than `told_s`, what he was told before (None: nothing yet).

    None: "longer than", because it is unknown or beyond what the operator dares to tell.
    """
    known = [seconds for seconds in (wait_s, told_s) if seconds is not None]
    wait_s = min(known, default=math.inf)
    return wait_s if wait_s <= policy.longer_than_min * 60 else None


def prompts(policy: Announcements, position: int, wait_s: float | None) -> tuple[str, ...]:
    """Position and wait (rounded up to minutes; None: longer than the operator dares to tell), then his own files."""
    said: list[str] = []
    if policy.position:
        if position == 1:
            said.append("queue-youarenext")
        else:
            said += ["queue-thereare", *number(position), "queue-callswaiting"]
    if policy.wait:
        minutes = policy.longer_than_min if wait_s is None else max(1, math.ceil(wait_s / 60))
        longer = [LONGER_THAN] if wait_s is None else []
        said += ["queue-holdtime", *longer, *number(minutes), "queue-minutes" if minutes > 1 else "queue-minute"]
    if said:
        said.append("queue-thankyou")
    return (*said, *policy.play)


def sounds(policy: Announcements) -> frozenset[str]:
    """Every file that may be played, but for the numbers."""
    told = [prompts(policy, position, wait_s) for position in (1, 2) for wait_s in (None, 60.0, 120.0)]
    return frozenset(name for files in told for name in files if not name.startswith("digits/"))
