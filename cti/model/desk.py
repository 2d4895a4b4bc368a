"""What has an agent before him? The contact of his talk, or whose wrap-up he is in, and what he may say of it.

Data without rules, for his own screen. Times are epoch seconds; `caller` and `customer` are personal data.
"""

from __future__ import annotations

import msgspec

from cti.model.lead import PreviewNow


class DeskContact(msgspec.Struct, frozen=True):
    """Whom he has. `dispositions`: name and words; `disposition`: what he has said already.

    `since`: when the customer began to wait; None once the contact has gone.
    """

    contact: str
    queue: str
    caller: str  # personal data
    dialled: str
    customer: dict[str, str]  # personal data
    campaign: str
    since: float | None
    is_over: bool  # he wraps up
    dispositions: dict[str, str]
    is_required: bool
    disposition: str


class DeskNow(msgspec.Struct, frozen=True):
    """How it is with him now. `until`: the end of his wrap-up, or of the time to decide."""

    activity: str
    until: float | None
    contact: DeskContact | None
    preview: PreviewNow | None
