"""Where in the life of an attempt can the engine die? Every step that somebody could see done or not done, in order.

Used by the test that kills the engine before and after each of them; docs/campaigns.md says what becomes of each.
"""

from __future__ import annotations

from enum import IntEnum


class CrashPoint(IntEnum):
    """The steps. Those of the core happen in memory alone, those of the store are durable commits."""

    TAKEN = 1  # the store: a request is a promise, a lead is handed out
    PLANNED = 2  # the core: it shall be dialled now
    MARKED = 3  # the store: the promise is being dialled (of a lead, nothing is written here)
    INTENDED = 4  # the store: the attempt is written down
    SENT = 5  # the switch: the order is on the wire
    NOTED = 6  # the store: the attempt was sent
    TOLD = 7  # the core: somebody has answered, or the dial has ended without
    ENDED = 8  # the store: the attempt has ended, and how
    MEANT = 9  # the core: what that means for the promise, or the lead; after a talk, when that is known
    SETTLED = 10  # the store: the promise, or the lead, says so too


NOT_OF_LEADS = frozenset({CrashPoint.MARKED})
