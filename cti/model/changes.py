"""What has changed? The one stream of facts that every reader projects: live view, Prometheus, queue_log, store.

A reader needs nothing but this stream; no reader asks the core.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from cti.model.pools import PoolName
from cti.model.words import AgentId, CallId, ContactId, EndedBy, NodeId, OfferId, QueueName, RefusedReason

LEFT_BEHIND = "left_behind"
"""The cause of an end that nobody was there to tell: an earlier engine's contact, which did not come back."""


class Kind(StrEnum):
    """What kind of thing changed; `old` and `new` are values of the enum named here."""

    CONTACT = "contact"  # ContactState
    VISIT = "visit"  # "" -> "waiting" at the door of a queue, "waiting" -> Outcome when it ends
    OFFER = "offer"  # OfferState
    STATUS = "status"  # AgentStatus
    ACTIVITY = "activity"  # Activity
    OVERDUE = "overdue"  # an agent's break is longer than its limit; `reason` names the break
    PENDING = "pending"  # "" -> the break that begins when the agent's work is over; -> "" when he takes it back
    PHONE = "phone"  # "free" / "engaged": the agent's phone does something that is not our offer; "ending": did still
    # ("free" with `until`: he gets no offer until then all the same)
    NODE = "node"  # "down" / "up" / "removed"
    DRAIN = "drain"  # of a node: "" / "draining" / "empty": nothing new begins on it
    TRANSFER = "transfer"  # "" -> "blind" / "attended"
    REPAIR = "repair"  # reconcile or a deadline corrected our memory; `new` says what was wrong
    LATE = "late"  # an event for something that is over: ignored on purpose, counted
    BUG = "bug"  # an illegal transition or an exception in the core; the call concerned went to the fallback
    REACH = "reach"  # number of the ring: other agents may take the contact from now on; the same one: who is left out
    PLACE = "place"  # of a visit: another place in its queue (`order_at`, `position`), by a new policy or a person
    FLOW = "flow"  # something to count in a flow: `old` is FLOW.NODE, `new` what, `reason` its kind
    DISPOSITION = "disposition"  # of a contact: what came of the talk, as the agent says; "engine" where time said it
    SURVEY = "survey"  # an answer: `old` is SURVEY.QUESTION, `new` the score, `reason` the scale
    FOLLOW_UP = "follow_up"  # an answer that somebody (`new`) shall look into until `until`; `reason` is QUESTION=SCORE
    BLENDING = "blending"  # of a blended queue: "shut" / "open", whether its contacts are offered
    ATTEMPT = "attempt"  # a customer is called: "" -> "placed" -> "answered" -> DialResult; each has one end
    CALLBACK = "callback"  # CallbackState of a promise; `until` is when it is due, `since` whose place it keeps
    CAMPAIGN = "campaign"  # CampaignState; `by` names the person who wanted it, where one did
    SPY = "spy"  # SpyState of a listening-in; `reason` its mode (at the end: what came of it), `by` who asked for it
    CONFIG = "config"  # version of the policy that holds from now on


class Sought(msgspec.Struct, frozen=True, omit_defaults=True):
    """Among whom an agent is looked for, as the contact stands in the line: its reach, for readers (acd/reach.py)."""

    tier: int
    target_s: float  # the speed of its urgency
    pools: tuple[PoolName, ...]  # "queue:sales", "group:office", "agent:anna", in the order in which they are asked
    requires: tuple[tuple[str, int], ...] = ()
    min_penalty: int = 0
    max_penalty: int = 1000
    excluded: tuple[AgentId, ...] = ()  # tried not long ago


class Contender(msgspec.Struct, frozen=True):
    """A free agent who might have got the contact, with what orders him among the others: the smallest goes first."""

    agent: AgentId
    pool: int  # number of the pool by which he comes, in Sought.pools
    level: int
    penalty: int
    figure: float  # of the strategy of that pool, as acd/strategy.py orders by it
    idle_since: float


class Why(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why this contact and this agent: what was compared, and nothing that the decision did not have in hand anyway.

    Who was not free, and why, is told by the agents' own facts (acd/explaining.py puts both together).
    """

    rule: str  # strategy, e.g. "longest_idle"
    urgency: float  # of the contact chosen
    next_urgency: float | None = None  # of the most urgent other contact the agent could have served
    waiting: int = 0  # contacts that waited in this queue
    idle_s: float = 0.0  # of the agent chosen
    free_agents: int = 0  # agents who could have taken it; 10 means ten or more
    next_contact: ContactId | None = None  # whose urgency `next_urgency` is
    contenders: tuple[Contender, ...] = ()  # the first ten of those who could have taken it, in order
    sought: Sought | None = None
    ring: int = 0
    version: str = ""  # of the policy


class Changed(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fact: what (`kind`, `id`), from `old` to `new`, when (epoch seconds) and why (`cause`: the event's name).

    The remaining fields are what readers need to count without asking back; each is set where it has a meaning.
    Durations are seconds, positions start at 1. `caller` is personal data.
    """

    kind: Kind
    id: str
    old: str
    new: str
    at: float
    cause: str
    queue: QueueName | None = None
    agent: AgentId | None = None
    contact: ContactId | None = None
    call: CallId | None = None
    offer: OfferId | None = None
    node: NodeId | None = None
    leg: str | None = None
    wait_s: float | None = None
    ring_s: float | None = None
    talk_s: float | None = None
    position: int | None = None
    original_position: int | None = None
    ended_by: EndedBy | None = None
    reason: str | None = None  # of a break, a repair, a skip; of an attempt: Heard and AMDCAUSE
    key: str | None = None
    caller: str | None = None
    dialled: str | None = None  # of a contact that is new: the number of ours that the caller has dialled
    since: float | None = None
    order_at: float | None = None  # of a visit: what decides the order in its queue (waits since, less head start)
    until: float | None = None
    expected_p90_s: float | None = None  # of a visit: the wait that was expected at the door in nine of ten cases
    goto: str | None = None
    by: str | None = None
    why: Why | None = None
    sought: Sought | None = None  # of a visit that begins, and of a reach that changes
    flow_version: int | None = None  # of the flow that tells it
    outbound: bool = False  # of a contact, its visits and offers: the customer is called by us
    # Of a place: the waiting a person gave, or took (below 0); of an attempt: listened; of a follow-up: how much later
    # the customer is to be called back
    seconds: float | None = None


class Refused(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to a person who asked for the impossible."""

    reason: RefusedReason
    detail: str = ""  # what was asked for (a name from the configuration, never a number), and what exists
