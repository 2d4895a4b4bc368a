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
"""What was taken back, or never went out, is for whoever wanted it to judge."""
