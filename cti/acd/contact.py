"""What do we know of one contact, and how urgent is it?

A contact is what waits: a caller, or a customer whom we shall call (then it has no `call` until he has answered).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cti.model.callout import Callout
from cti.model.changes import Sought
from cti.model.policy import Exit
from cti.model.ticket import MOST_HEAD_START_S, Ticket, possible_since
from cti.model.words import (
    AgentId,
    AttemptId,
    CallId,
    ContactId,
    ContactState,
    NodeId,
    OfferId,
    Outcome,
    QueueName,
)

if TYPE_CHECKING:
    from cti.acd.line import WaitingClass

Requirements = tuple[tuple[str, int], ...]  # (skill, minimum level), sorted


class Leaving(NamedTuple):
    """A way out of the line: with which outcome, where to, and on whose account."""

    outcome: Outcome
    to: Exit = Exit()
    key: str | None = None  # the digit that the caller pressed
    reason: str | None = None
    by: str | None = None


@dataclass(slots=True, eq=False)
class Contact:
    """One customer's wish. Times are epoch seconds."""

    id: ContactId
    call: CallId  # "" until a customer whom we call has answered
    node: NodeId  # "" as long as it is open from where we call
    queue: QueueName
    since: float  # when the customer began to wait for us
    entered_at: float  # when he entered this queue
    arrived_at: float  # when this AGI session reached us
    rung_at: float = 0.0  # when his newest ring was ordered
    arrival: int = 0  # how many came before it: decides between those of the same instant
    caller: str = ""  # personal data
    state: ContactState = ContactState.ARRIVED
    entry: int = 1
    visit: int = 1
    visit_open: bool = False
    head_start_s: float = 0.0  # of the queue and of the contact itself
    tier: int = 0
    target_s: float = 1.0
    requires: Requirements = ()  # of the queue and of the contact itself
    own_head_start_s: float = 0.0  # what it brought along, whatever the queue
    own_requires: Requirements = ()
    tried: dict[AgentId, float] = field(default_factory=dict)
    session: bool = True  # an idle or busy AGI session stands; without it no command reaches the call
    offers: list[OfferId] = field(default_factory=list)  # those that ring, or the one that was accepted
    agent: AgentId | None = None  # who talks with him
    served_by: AgentId | None = None  # who talked with him last, and in which queue
    served_in: QueueName | None = None
    tries: int = 0
    life: str = ""  # of one that outlived an engine or its node: a word that no other life of it has
    original_position: int = 0
    rung_at_once: int = 1  # phones, of the strategy ring_progressively
    kept: list[AgentId] = field(default_factory=list)  # who is rung again, with one more, once the ring has stopped
    announcing: bool = False
    told_wait_s: float | None = None  # the newest P90 it was told
    told_staffed: int = 0  # agents there were then
    expected_p90_s: float | None = None  # as it stood at the door: what the calibration is about
    transferred: bool = False
    sent_on: bool = False  # blind, by the agent of this visit: its session ends by itself
    promised: bool = False  # it leaves the line with the promise to be called back
    leaving: Leaving | None = None  # asked for while a phone rang for it: should the ring come to nothing
    flow: str = ""  # the flow that has it, or that had put it into its line
    beside: str = ""  # the flow that runs beside the line in which it waits
    side_offered: bool = False  # by the queue itself, in this visit
    flow_at: str = ""  # where that stood when it came to us
    channel: str = ""  # of a caller, as Asterisk names it: PJSIP/carrier-0000002a
    dialled: str = ""  # personal data where it is a person's number
    queued: bool = False  # it stands or stood in a line: its wait has begun
    preferred: tuple[AgentId, ...] = ()
    customer: dict[str, str] = field(default_factory=dict)  # personal data
    outbound: bool = False  # a customer whom we call, also once he has answered
    callout: Callout | None = None  # how we call him; not known any more of one who has outlived an engine
    attempt: AttemptId | None = None  # the one in the air
    dials: int = 0  # attempts so far
    called_at: float = 0.0  # when he answered: before that he was not waiting on the phone
    ring: int = 0  # how far its reach has widened
    stands_in: WaitingClass | None = None  # set while it stands in the line
    told_sought: Sought | None = None  # what readers know of its reach

    def urgency(self, now: float) -> float:
        """Waited time plus head start, in units of the queue's target (accumulating priority; shared terms: acd.md)."""
        return (self.head_start_s + now - self.since) / self.target_s

    def rank(self, now: float) -> tuple[int, float, float, int]:
        """Sort key over all queues: the smallest is served first."""
        return (self.tier, -self.urgency(now), self.since, self.arrival)

    def order(self) -> tuple[float, float, int]:
        """Sort key within one class, where target and tier are the same for all: urgency order, without the clock."""
        return (self.since - self.head_start_s, self.since, self.arrival)

    def next_offer(self) -> OfferId:
        """A name that no other offer has or had: who was lost and found again begins to count anew."""
        self.tries += 1
        return OfferId(f"{self.id}#{self.life}{self.tries}")

    @classmethod
    def of_ticket(cls, ticket: Ticket, call: CallId, node: NodeId, now: float, agents: Container[AgentId]) -> Contact:
        """The contact that a call carries with it. `agents`: those who exist."""
        return cls(
            ticket.contact,
            call,
            node,
            ticket.queue,
            possible_since(ticket.since, now),
            possible_since(ticket.entered_at, now),
            now,
            life=f"r{now:.3f}-",
            entry=ticket.entry,
            visit=ticket.visit,
            own_head_start_s=max(0.0, min(ticket.head_start_s, MOST_HEAD_START_S)),
            tier=ticket.tier,
            own_requires=tuple(sorted(ticket.requires.items())),
            tried={agent: until for agent, until in ticket.tried.items() if agent in agents},
            preferred=ticket.preferred,
            customer=dict(ticket.customer),
            original_position=ticket.original_position,
            flow=ticket.flow,
            queued=ticket.queued,
            served_by=ticket.served_by,
            served_in=ticket.served_in,
            outbound=ticket.outbound,
        )

    def ticket(self) -> Ticket:
        return Ticket(
            contact=self.id,
            queue=self.queue,
            since=self.since,
            entered_at=self.entered_at,
            entry=self.entry,
            visit=self.visit,
            head_start_s=self.own_head_start_s,
            tier=self.tier,
            requires=dict(self.own_requires),
            tried=dict(self.tried),
            preferred=self.preferred,
            customer=dict(self.customer),
            original_position=self.original_position,
            flow=self.flow,
            queued=self.queued,
            served_by=self.served_by,
            served_in=self.served_in,
            outbound=self.outbound,
        )
