"""What does the end of a dial that nobody answered mean? For leads and promises alike; of a person, his visit tells."""

from __future__ import annotations

from cti.model.dialling import AttemptResult
from cti.model.words import DialResult

NOBODY = {
    DialResult.MACHINE: AttemptResult.MACHINE,
    DialResult.NO_ANSWER: AttemptResult.NO_ANSWER,
    DialResult.BUSY: AttemptResult.BUSY,
    DialResult.REJECTED: AttemptResult.REJECTED,
    DialResult.CONGESTION: AttemptResult.CONGESTION,
    DialResult.INVALID: AttemptResult.INVALID,
    DialResult.UNKNOWN: AttemptResult.UNKNOWN,
}
"""What was taken back, or never went out, differs: the two tables below."""

FOR_A_LEAD = NOBODY | {DialResult.CANCELLED: AttemptResult.CANCELLED}
"""For the lead of a campaign. What never went out was refused by a rule, which tells more (campaigning)."""

FOR_A_PROMISE = NOBODY | dict.fromkeys((DialResult.CANCELLED, DialResult.NOT_DIALLED), AttemptResult.NOT_DIALLED)
"""For a promise: whatever was taken back is no try, and counts against nobody."""
