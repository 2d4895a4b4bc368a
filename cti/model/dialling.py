"""Which words does dialling out share? Modes, results, states and outcomes of leads, campaigns and callbacks.

Knows nothing but strings. docs/glossary.md tells what each means to people; which state may follow which is
outbound/transitions.py's.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple, NewType

CampaignName = NewType("CampaignName", str)
LeadId = NewType("LeadId", int)

CALLBACKS = CampaignName(
    "callbacks"
)  # no campaign: as what attempts to keep a promise count; their lead is the promise


_ATTEMPT = re.compile(r"(.+)-([0-9]{1,18})-([0-9]{1,9})")


def attempt_id(campaign: str, lead: int, attempt_no: int) -> str:
    """Return the name of an attempt, and of its channel: the same three never name another one."""
    return f"{campaign}-{lead}-{attempt_no}"


class AttemptName(NamedTuple):
    """What the name of an attempt says."""

    campaign: str
    lead: int
    attempt_no: int


def attempt_parts(attempt: str) -> AttemptName | None:
    """Return what attempt_id() made this name of; None: no attempt that is written down has such a name."""
    found = _ATTEMPT.fullmatch(attempt)
    return None if found is None else AttemptName(found[1], int(found[2]), int(found[3]))


def dialled_again(attempt: str, times: int) -> str:
    """Return the name of the `times`-th dial of a call-out that nobody keeps books of (its gate names no attempt).

    It is none of attempt_parts(): a ledger refuses it, and nothing is dialled twice under one name.
    """
    return attempt if times == 1 else f"{attempt}.{times}"


def campaign_of(attempt: str) -> str:
    """Return the campaign of an attempt, CALLBACKS where it is for a promise."""
    return attempt.rsplit("-", 2)[0]


class Mode(StrEnum):
    """How a campaign dials."""

    PREVIEW = "preview"  # an agent sees the lead first, and says when
    PROGRESSIVE = "progressive"  # one dial for each free agent
    POWER = "power"  # a fixed number of dials for each free agent
    PREDICTIVE = "predictive"  # as many as the cap on abandoned calls allows
    AGENTLESS = "agentless"  # whoever answers meets a flow
    CALLBACK = "callback"  # a promise to somebody who asked; no mode of a campaign: callbacks have it


AGENT_FOR_EACH = frozenset({Mode.PREVIEW, Mode.PROGRESSIVE, Mode.CALLBACK})
"""Modes that promise an agent for each dial before it is placed."""


class AttemptResult(StrEnum):
    """How one attempt went: what the switch says of the dial, and then whether the one who answered had somebody."""

    ANSWERED = "answered"  # a person, and an agent (or the flow) had him
    ABANDONED = "abandoned"  # a person, and no agent in time: he heard the safe-harbour message
    HUNG_UP = "hung_up"  # a person, who hung up before an agent had him
    MACHINE = "machine"  # an answering machine
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    CONGESTION = "congestion"  # the network or the trunk did not get it through
    INVALID = "invalid"  # there is no such number
    CANCELLED = "cancelled"  # we took it back while it rang
    NOT_DIALLED = "not_dialled"  # no phone has rung: no attempt for any cap
    UNKNOWN = "unknown"  # the engine died over it: an attempt for every cap


BY_A_PERSON = frozenset({AttemptResult.ANSWERED, AttemptResult.ABANDONED, AttemptResult.HUNG_UP})
"""Answered by a person: what the share of abandoned calls is counted of."""


class LeadState(StrEnum):
    """Where a lead stands."""

    RESTING = "resting"  # not before a stated time
    DUE = "due"  # may be dialled as far as its own time goes
    PLANNED = "planned"  # chosen; its attempt is being written down before it is dialled
    DIALLING = "dialling"
    CONNECTED = "connected"  # somebody answered; the result comes when that is over
    DONE = "done"  # with one LeadOutcome


class LeadOutcome(StrEnum):
    """How a lead ended: exactly one for every lead."""

    REACHED = "reached"  # somebody spoke with him (or the flow), and nothing says again
    EXHAUSTED = "exhausted"  # every try that the rules allow was made
    WRONG_NUMBER = "wrong_number"  # each of its numbers reaches somebody else, or nobody at all
    DO_NOT_CALL = "do_not_call"  # each number that is left is on a list, or he asked not to be called
    NO_CONSENT = "no_consent"  # the regulation wants proof of consent, and there is none
    NO_ZONE = "no_zone"  # no time zone is known, and none may be supposed
    NOT_MEANT = "not_meant"  # the campaign is for other customers
    QUOTA_FULL = "quota_full"
    EXPIRED = "expired"  # too old, or the campaign ended first
    WITHDRAWN = "withdrawn"  # by a person


class CampaignState(StrEnum):
    """Where a campaign stands."""

    READY = "ready"  # not begun
    RUNNING = "running"
    PAUSED = "paused"  # nothing new; comes back by a person
    DRAINING = "draining"  # nothing new; stopped when the last dial is over
    STOPPED = "stopped"  # by a person; can be started again
    DONE = "done"  # every lead has its outcome, or its last day is over


class CampaignAction(StrEnum):
    """What a person may ask of a campaign."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    DRAIN = "drain"
    STOP = "stop"  # at once: what rings is hung up, talks go on


class CallbackKind(StrEnum):
    """Why a callback was promised."""

    VIRTUAL_HOLD = "virtual_hold"  # keeps the place in the line
    ABANDONED = "abandoned"  # gave up waiting, or found the lines busy
    VOICEMAIL = "voicemail"  # left a message: whoever calls him hears it first
    SCHEDULED = "scheduled"  # at an agreed time, by any agent
    PERSONAL = "personal"  # at an agreed time, by a stated agent
    VISIT = "visit"  # a regular call to a valued customer
    FOLLOW_UP = "follow_up"  # of a case


class CallbackState(StrEnum):
    """Where a promised callback stands."""

    PROMISED = "promised"
    DUE = "due"
    IN_LINE = "in_line"
    DIALLING = "dialling"
    KEPT = "kept"
    FAILED = "failed"
    MERGED = "merged"  # into another one, or the customer called in himself
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OPEN_CALLBACKS = (CallbackState.PROMISED, CallbackState.DUE, CallbackState.IN_LINE, CallbackState.DIALLING)
"""Where a promise is yet to be kept; in every other state it has ended."""


class Rule(StrEnum):
    """What speaks against dialling a number now."""

    WINDOW = "window"  # outside the callee's hours
    HOLIDAY = "holiday"  # a public holiday, or a day named in the configuration, at the callee's
    CAP = "cap"  # so many attempts were made already
    GAP = "gap"  # too soon after the last attempt
    AFTER_ABANDONED = "after_abandoned"  # only with an agent at hand for a while after an abandoned call
    AFTER_MACHINE = "after_machine"  # the same after an answering machine
    RETRY = "retry"  # the delay that its last result asks for
    IN_THE_AIR = "in_the_air"  # this number is being dialled at this moment
    DO_NOT_CALL = "do_not_call"
    CONSENT = "consent"
    ZONE = "zone"
    NOT_MEANT = "not_meant"
    QUOTA = "quota"
    EXPIRED = "expired"
    DEAD_NUMBER = "dead_number"  # does not exist, or is somebody else's
    NO_CALLER_ID = "no_caller_id"  # every number of the pool has had its share today
    CAMPAIGN = "campaign"  # it does not run (now)
    SKIPPED = "skipped"  # an agent who saw the lead did not want to call, or did not decide
    NO_TRUNK = "no_trunk"  # no trunk may be used for this number
    LINES = "lines"  # its trunk has no line left, or has begun its calls of this second
    QUEUE = "queue"  # its queue takes nobody now: closed, full, nobody there
