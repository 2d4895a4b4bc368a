"""Which words do the rooms share? Identifiers and states, each with the meaning the field gives it.

Knows nothing but strings. docs/glossary.md maps every word to its AMI and queue_log name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

NodeId = NewType("NodeId", str)  # one Asterisk, by the name the configuration gives it
CallId = NewType("CallId", str)  # "<node>/<Uniqueid>" of a caller's channel
ContactId = NewType("ContactId", str)  # the CallId under which the customer first reached us
AgentId = NewType("AgentId", str)
QueueName = NewType("QueueName", str)
OfferId = NewType("OfferId", str)  # "<contact>#<number of the try>"
SpyId = NewType("SpyId", str)  # of one listening-in; A-Z a-z 0-9 - only: it names a channel
AttemptId = NewType("AttemptId", str)  # of one dialling of one number; A-Z a-z 0-9 _ . - only: it names a channel


class AgentStatus(StrEnum):
    """What the person chose."""

    LOGGED_OUT = "logged_out"
    AVAILABLE = "available"
    ON_BREAK = "on_break"


class Activity(StrEnum):
    """What work does with the person."""

    IDLE = "idle"
    PREVIEW = "preview"  # he sees whom he would call, and decides
    RINGING = "ringing"
    DIALLING = "dialling"  # a customer is being called for him
    TALKING = "talking"
    HOLD = "hold"
    WRAPUP = "wrapup"


class ContactState(StrEnum):
    """Where a contact stands.

    ASIDE: the call has left our hands without being over as far as we know (a blind transfer, the instant
    between the end of its AGI session and its Hangup): it comes back with its ticket, or its Hangup ends it.
    """

    ARRIVED = "arrived"
    IN_FLOW = "in_flow"  # in the hands of a flow (IVR)
    WAITING = "waiting"
    OFFERED = "offered"
    DIALLING = "dialling"  # the customer is being called
    TALKING = "talking"
    ASIDE = "aside"
    ENDED = "ended"


class OfferState(StrEnum):
    """How one try to give one contact to one agent stands or went."""

    PREVIEW = "preview"  # the agent sees whom he would call, and decides: nothing rings yet
    RINGING = "ringing"
    DIALLING = "dialling"  # the agent is kept, and the customer is being called for him
    ACCEPTED = "accepted"
    ENDED = "ended"  # accepted, and the agent's part of the talk is over
    MISSED = "missed"  # rang until the ring time-out
    REJECTED = "rejected"  # the agent pressed "reject" (603, 403)
    BUSY = "busy"  # the phone was engaged (486, 600)
    UNREACHABLE = "unreachable"  # no registration, no answer of the phone itself
    WITHDRAWN = "withdrawn"  # we took it back: the agent logged out while it rang
    LOST = "lost"  # ring-all: another agent answered first
    ABANDONED = "abandoned"  # the caller left while it rang
    NOT_REACHED = "not_reached"  # the customer who was called for this agent did not answer
    SKIPPED = "skipped"  # the agent saw whom he would call, and did not want to, or did not decide in time


class Outcome(StrEnum):
    """How one visit to one queue ended: exactly one for every contact that entered (metric contract)."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMED_OUT = "timed_out"  # maximum wait
    KEY_EXIT = "key_exit"  # a digit that leaves the line
    OVERFLOWED = "overflowed"  # refused at the door: line full
    MERGED = "merged"  # another contact took the place over: attended transfer, or the one we were to call called us
    NOT_REACHED = "not_reached"  # we called the customer, and nobody (or a machine) answered
    WITHDRAWN = "withdrawn"  # a supervisor ended the wait
    MOVED = "moved"  # a supervisor put the contact into another queue
    LOST = "lost"  # ended by us without the caller's or the operator's wish; must stay 0


class EndedBy(StrEnum):
    """Who hung up first."""

    AGENT = "agent"
    CALLER = "caller"
    TRANSFER = "transfer"
    UNKNOWN = "unknown"


class RingResult(StrEnum):
    """How a leg of a ring ended, as the switch saw it."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"


class DialFirst(StrEnum):
    """Who is called first, when a customer is to be connected with an agent who is kept for him."""

    AGENT = "agent"
    CUSTOMER = "customer"


class DialResult(StrEnum):
    """How one attempt to reach a customer's number ended: exactly one for every attempt."""

    HUMAN = "human"  # answered; also where no machine was listened for
    MACHINE = "machine"  # answered by an answering machine
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    CONGESTION = "congestion"  # the network had no way there
    INVALID = "invalid"  # no such number
    CANCELLED = "cancelled"  # we took it back: the agent left, the customer called in, a person said stop
    NOT_DIALLED = "not_dialled"  # the switch, or the store, could not take it on: no phone has rung
    UNKNOWN = "unknown"  # we died over it, and nobody can tell


class Heard(StrEnum):
    """What listening to an answered call has told (Asterisk's AMD)."""

    NOTHING = ""  # nobody listened
    HUMAN = "human"
    MACHINE = "machine"
    UNSURE = "unsure"  # AMDSTATUS NOTSURE: treated as a person, who would hear silence otherwise


class AgentAction(StrEnum):
    """What an agent, or someone on his behalf, may ask for."""

    LOGIN = "login"
    LOGOUT = "logout"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    READY = "ready"  # ends the wrap-up
    EXTEND = "extend"  # as long again for the wrap-up, from now on
    DISPOSITION = "disposition"  # what came of the talk; ends the wrap-up
    ACCEPT = "accept"  # whom he previews: he is called now
    SKIP = "skip"  # whom he previews: not now


class ContactAction(StrEnum):
    """What a supervisor may ask for a contact that waits."""

    MOVE = "move"  # to another queue, keeping `since`
    PRIORITISE = "prioritise"  # seconds of waiting given to it, or taken away
    WITHDRAW = "withdraw"  # ends its wait


class SpyMode(StrEnum):
    """How somebody joins a talk that is not his: three rights, and three words in the audit."""

    LISTEN = "listen"  # nobody hears him
    WHISPER = "whisper"  # the agent hears him, the customer does not
    BARGE = "barge"  # both hear him


class SpyState(StrEnum):
    """How a listening-in stands."""

    RINGING = "ringing"  # the listener's phone
    HEARING = "hearing"
    ENDED = "ended"


class CallbackAction(StrEnum):
    """What a person may ask of a promised callback."""

    WITHDRAW = "withdraw"
    NOW = "now"  # its time has come, whatever was agreed; the callee's hours hold all the same


class RefusedReason(StrEnum):
    """Why a person's request was refused."""

    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_REASON = "unknown_reason"
    UNKNOWN_QUEUE = "unknown_queue"
    NOT_LOGGED_IN = "not_logged_in"
    ALREADY = "already"
    NOT_IN_WRAPUP = "not_in_wrapup"
    NO_PREVIEW = "no_preview"  # there is nobody whom he previews
    NOT_NOW = "not_now"  # a rule speaks against calling him by now
    UNKNOWN_DISPOSITION = "unknown_disposition"
    DISPOSITION_REQUIRED = "disposition_required"  # the queue's wrap-up ends by a disposition, or by time
    UNKNOWN_CONTACT = "unknown_contact"
    UNKNOWN_CALLBACK = "unknown_callback"
    BAD_TIME = "bad_time"  # no time, or one at which nobody can be called
    NOT_CALLABLE = "not_callable"  # no number, or one that must not be called
    UNKNOWN_CAMPAIGN = "unknown_campaign"
    UNKNOWN_HOOK = "unknown_hook"
    CAMPAIGN_STATE = "campaign_state"  # it cannot do that from where it stands
    NOT_WAITING = "not_waiting"
    NOT_TALKING = "not_talking"
    PHONE_BUSY = "phone_busy"  # the phone of the one who asks
    QUEUE_FULL = "queue_full"
    QUEUE_CLOSED = "queue_closed"
    IN_USE = "in_use"  # live calls use what the new policy no longer has
    BAD_CONFIGURATION = "bad_configuration"  # the file, or a live change, has errors; nothing was changed
    UNKNOWN_VERSION = "unknown_version"  # of the flows
    UNKNOWN_FOLLOW_UP = "unknown_follow_up"
    NO_FLOWS = "no_flows"  # the configuration names none
    NOBODY_STANDS_BY = "nobody_stands_by"  # engines are joined, and no other one could take over
    NO_FILE = "no_file"  # the engine was not started from a file
