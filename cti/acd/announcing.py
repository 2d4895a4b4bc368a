"""What is a waiting caller told? Sound files of Asterisk's core set, composed; no clock, no state.

Numbers are spoken by digit files instead of SAY NUMBER, because only a playing file can be cut off the moment an agent
is free (shared facts: ControlPlayback stops STREAM FILE in 0.4 ms).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from cti.model.policy import Announcements
from cti.speech.english import number


def interval(policy: Announcements, customer: Mapping[str, str]) -> tuple[float, float]:
    """Seconds until the first announcement and from one to the next, for one of whom `customer` is known."""
    for fits in policy.intervals:
        if all(customer.get(fact) == value for fact, value in fits.when.items()):
            first_s = policy.first_after_s if fits.first_after_s is None else fits.first_after_s
            return first_s, policy.every_s if fits.every_s is None else fits.every_s
    return policy.first_after_s, policy.every_s


def prompts(policy: Announcements, position: int, wait_s: float | None) -> tuple[str, ...]:
    """Position and expected wait (rounded up to minutes, left out where unknown), then the queue's own files."""
    said: list[str] = []
    if policy.position:
        if position == 1:
            said.append("queue-youarenext")
        else:
            said += ["queue-thereare", *number(position), "queue-callswaiting"]
    if policy.wait and wait_s is not None:
        minutes = max(1, math.ceil(wait_s / 60))
        said += ["queue-holdtime", *number(minutes), "queue-minutes" if minutes > 1 else "queue-minute"]
    if said:
        said.append("queue-thankyou")
    return (*said, *policy.play)
