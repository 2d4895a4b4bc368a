"""What does a waiting caller carry, so that any engine process can pick him up where he stood?

The ticket lives in the channel variable CTI_TICKET of the caller's channel. It is text that needs no
quoting anywhere (base64url of JSON), small enough for one AGI argument.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from cti.model.words import AgentId, ContactId, QueueName

VARIABLE = "CTI_TICKET"  # of the caller's channel
MAX_TICKET_CHARS = 3500  # it comes back as one line of an AGI environment, and those have limits
LONGEST_WAIT_S = 366 * 86_400.0  # a promise is kept for a year at most, and who calls meanwhile takes its place
MOST_HEAD_START_S = 86_400.0  # as much as the policy can give


class Ticket(msgspec.Struct, frozen=True, omit_defaults=True, rename={"head_start_s": "head", "entered_at": "in"}):
    """Everything that must survive the death of an engine for one caller.

    `since` and `entered_at` are epoch seconds: when the customer began to wait for us, and when he entered this
    queue. `entry` is the dialplan's count of fresh entries (CTI_ENTRY): the same count means a re-entry after an
    engine's death, a higher one a transfer back to us. `tried` names agents to leave out until the given time.
    `head_start_s` and `requires` are the contact's own; the queue's come on top.
    """

    contact: ContactId
    queue: QueueName
    since: float
    entered_at: float
    entry: int = 1
    visit: int = 1
    head_start_s: float = 0.0
    tier: int = 0
    requires: dict[str, int] = {}
    tried: dict[AgentId, float] = {}
    preferred: tuple[AgentId, ...] = ()
    customer: dict[str, str] = {}
    original_position: int = 0
    flow: str = ""  # the flow that has him; without `queue` he is in it, otherwise it had put him into that line
    queued: bool = False  # whether he ever stood in a line
    served_by: AgentId | None = None  # who talked with him last, and in which queue: a survey's answers are about him
    served_in: QueueName | None = None
    outbound: bool = False  # we have called him


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Ticket)


def encode_ticket(ticket: Ticket) -> str:
    """Return `ticket` as text of the alphabet A-Z a-z 0-9 - _ (RFC 4648 section 5, no padding), never too long to read.

    What does not fit is left out, the least needed first: whom we tried longest ago (after a death he may be tried too
    early), then the longest of what is known about the customer (a lead's row may hold a novel), then own agents.
    """
    text = _text(ticket)
    while len(text) > MAX_TICKET_CHARS and (less := _less(ticket)) is not None:
        ticket = less
        text = _text(ticket)
    return text


def _less(ticket: Ticket) -> Ticket | None:
    """The ticket without what is needed least; None where nothing of it can be left out."""
    if ticket.tried:
        newest = sorted(ticket.tried.items(), key=lambda item: item[1])[len(ticket.tried) // 2 + 1 :]
        return msgspec.structs.replace(ticket, tried=dict(newest))
    if ticket.customer:
        longest = max(ticket.customer.items(), key=lambda item: len(item[0]) + len(_encoder.encode(item[1])))[0]
        kept = {name: value for name, value in ticket.customer.items() if name != longest}
        return msgspec.structs.replace(ticket, customer=kept)
    if ticket.preferred:
        return msgspec.structs.replace(ticket, preferred=ticket.preferred[: len(ticket.preferred) // 2])
    return None


def _text(ticket: Ticket) -> str:
    return base64.urlsafe_b64encode(_encoder.encode(ticket)).rstrip(b"=").decode("ascii")


def possible_since(since: float, now: float) -> float:
    """When somebody has begun to wait, by his ticket; never later than `now`, nor so early that nobody can have."""
    return max(min(since, now), now - LONGEST_WAIT_S)


def decode_ticket(text: str) -> Ticket | None:
    """Return the ticket in `text`, or None where there is none: a damaged ticket must never cost a caller."""
    if not text or len(text) > MAX_TICKET_CHARS:
        return None
    try:
        return _decoder.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        return None
