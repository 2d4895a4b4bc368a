"""What is the state of the whole centre, and how may it change?

The floor owns contacts, agents, offers, the line, the free agents and the deadlines, and it is the one door through
which states change: every move is checked against its table and becomes a Changed. It holds no rule of the trade.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from cti.acd import transitions
from cti.acd.agent import Agent
from cti.acd.chance import Chance
from cti.acd.contact import Contact
from cti.acd.deadlines import OF_CONTACT, Deadlines
from cti.acd.dialling import Dials
from cti.acd.estimate import WaitEstimate
from cti.acd.free import FreeAgents
from cti.acd.gate import Gate, OpenGate
from cti.acd.line import Line
from cti.acd.offer import Offer
from cti.acd.redials import Redials
from cti.acd.spy import Spy
from cti.acd.staff import Staff
from cti.calendar.opening import Opening
from cti.model import policy
from cti.model.books import AnyBookOrder
from cti.model.changes import Changed, Kind, Refused, Why
from cti.model.commands import AnyCommand, LeaveMessage, Release
from cti.model.words import (
    Activity,
    AgentId,
    AgentStatus,
    CallId,
    ContactId,
    ContactState,
    EndedBy,
    NodeId,
    OfferId,
    OfferState,
    QueueName,
    SpyId,
)

Output = AnyCommand | AnyBookOrder | Changed | Refused


class LetGo(NamedTuple):
    """A call that we are done with: in which of its entries, what it was told last, when."""

    entry: int
    last: Release | LeaveMessage
    at: float


class Floor:
    """Everything that is true now, and the outputs of the event that is being handled."""

    def __init__(self, center: policy.Center, nodes: Iterable[NodeId] = (), seed: int = 0, version: str = "") -> None:
        self.policy = center
        self.policy_version = version
        self.staff = Staff(center)
        self.agents = self.staff.agents
        self.by_phone = self.staff.by_phone
        self.contacts: dict[ContactId, Contact] = {}
        self.by_call: dict[CallId, Contact] = {}
        self.offers: dict[OfferId, Offer] = {}
        self.leg_owner: dict[str, Agent] = {}
        self.leg_since: dict[str, float] = {}  # when we heard of it first
        self.parting: dict[str, ContactId] = {}  # agents' legs whose Hangup decides what the end of a talk was
        self.released: dict[CallId, LetGo] = {}  # calls not yet hung up
        self.hung_up: dict[CallId, float] = {}  # calls that were ours, and when they were, for a while
        self.line = Line()
        self.free = FreeAgents(self.agents)
        self.chance = Chance(seed)
        self.blended: dict[QueueName, policy.Blending] = {}
        self.open_gates: set[QueueName] = set()  # of the blended queues
        self.opening: dict[str, Opening] = {}
        self.redials = Redials()
        self.dials = Dials()
        self.spies: dict[SpyId, Spy] = {}
        self.spied = 0  # so many times, since the start
        self.gate: Gate = OpenGate()
        self.offers_made = 0
        self.staffed: Counter[str] = Counter()  # agents of each queue who are available: neither on break nor out
        self.deadlines = Deadlines()
        self.estimate = WaitEstimate()
        self.nodes: dict[NodeId, bool] = {}  # connected
        self.shaken_at = -math.inf  # when a node was lost, or came back: phones find their way to it a while later
        self.weights: dict[NodeId, int] = {}  # of those on which calls may be begun: see nodes.py
        self.leaving = False  # nothing is begun any more
        self.draining = {NodeId(name): "" for name, rules in center.nodes.items() if rules.drained is not None}
        self.expected: set[CallId] = set()  # callers who are on their way back to us after a start
        self.awaited = set(nodes) if center.settle_s else set()  # those that have not told us yet what exists on them
        self.settling = bool(self.awaited)
        self.freed: set[AgentId] = set()  # became free since the last match
        self.arrived: set[ContactId] = set()  # joined the line since the last match
        self.now = 0.0
        self.cause = ""
        self.matching: ContactId | None = None  # whom the decision under way is about
        self.arrivals = 0
        self.out: list[Output] = []
        self._open = False
        self.govern(center, version)

    def govern(self, center: policy.Center, version: str) -> None:
        """`center` holds from now on; what was derived from the old one is derived anew."""
        same = self.opening if center.hours == self.policy.hours else {}
        self.policy, self.policy_version = center, version
        self.blended = {
            QueueName(name): rules.blending for name, rules in center.queues.items() if rules.blending is not None
        }
        self.open_gates.intersection_update(self.blended)
        self.opening = same or {name: Opening(hours) for name, hours in center.hours.items()}
        for name in self.line.held.difference(self.blended):
            self.arrived.update(contact.id for contact in self.line.hold(name, held=False))
        for name in set(self.blended) - self.open_gates:
            self.line.hold(name, held=True)

    # --- outputs --------------------------------------------------------------------------------------------------

    def begin(self, now: float) -> None:
        """A new event at `now`; the first one opens the floor."""
        self.now, self.out = now, []
        if not self._open:
            self._open = True
            for agent in self.agents.values():
                agent.idle_since = agent.status_since = agent.activity_since = agent.logged_in_at = now
                if agent.status is AgentStatus.AVAILABLE:
                    self.staffed.update(agent.policy.queues.keys())
                self.refresh(agent)
            self.free.enter()

    def opened(self, contact: Contact) -> None:
        """A contact that is new to us."""
        self.arrivals += 1
        contact.arrival = self.arrivals
        self.contacts[contact.id] = contact
        if contact.call:
            self.by_call[contact.call] = contact
            self.released.pop(contact.call, None)
        self.dials.came(contact)
        self._tell_contact(contact, "", self.cause)

    def leg_came(self, agent: Agent, leg: str) -> None:
        """A channel of the agent's phone exists."""
        agent.legs.add(leg)
        self.leg_owner[leg] = agent
        self.leg_since.setdefault(leg, self.now)

    def leg_went(self, agent: Agent, leg: str) -> None:
        """It is gone, or not ours to watch any more."""
        agent.legs.discard(leg)
        self.leg_owner.pop(leg, None)
        self.leg_since.pop(leg, None)

    def let_go(self, call: CallId, entry: int, last: Release | LeaveMessage) -> None:
        """Say the last word. Should its session break before the switch has heard it, the call comes back: remember."""
        self.say(last)
        self.released[call] = LetGo(entry, last, self.now)

    def say(self, command: AnyCommand) -> None:
        """Ask the switch."""
        self.out.append(command)

    def ask_books(self, order: AnyBookOrder) -> None:
        """Ask the store."""
        self.out.append(order)

    def tell(self, changed: Changed) -> None:
        """Tell every reader."""
        self.out.append(changed)

    def refuse(self, refused: Refused) -> None:
        self.out.append(refused)

    def repair(self, what: str, entity: str, reason: str, *, node: NodeId | None = None) -> None:
        self.tell(Changed(Kind.REPAIR, entity, "", what, self.now, self.cause, reason=reason, node=node))

    def late(self, entity: str, old: str) -> None:
        self.tell(Changed(Kind.LATE, entity, old, old, self.now, self.cause))

    # --- the one door ---------------------------------------------------------------------------------------------

    def move_contact(self, contact: Contact, new: ContactState, cause: str | None = None) -> None:
        old = contact.state
        transitions.check(transitions.CONTACT, "contact", contact.id, old, new)
        contact.state = new
        self._tell_contact(contact, old, cause or self.cause)

    def _tell_contact(self, contact: Contact, old: str, cause: str) -> None:
        self.tell(
            Changed(
                Kind.CONTACT,
                contact.id,
                old,
                contact.state,
                self.now,
                cause,
                queue=contact.queue,
                contact=contact.id,
                call=contact.call or None,
                node=contact.node or None,
                agent=contact.agent,
                outbound=contact.outbound,
                caller=contact.caller,
                since=contact.since,
                dialled=(contact.dialled or None) if old == "" else None,
                reason=contact.flow if contact.state is ContactState.IN_FLOW else None,
            )
        )

    def move_offer(
        self,
        offer: Offer,
        new: OfferState,
        *,
        position: int | None = None,
        why: Why | None = None,
        talk_s: float | None = None,
        ended_by: EndedBy | None = None,
        until: float | None = None,
        reason: str | None = None,
        made: bool = False,
    ) -> None:
        old: OfferState | str = "" if made else offer.state
        if not made:
            transitions.check(transitions.OFFER, "offer", offer.id, offer.state, new)
        offer.state = new
        contact = self.contacts[offer.contact]
        ring_until = offer.accepted_at or self.now
        self.tell(
            Changed(
                Kind.OFFER,
                offer.id,
                old,
                new,
                self.now,
                self.cause,
                queue=offer.queue,
                agent=offer.agent,
                contact=contact.id,
                call=contact.call or None,
                offer=offer.id,
                outbound=contact.outbound,
                leg=offer.leg or None,
                wait_s=offer.wait_s if offer.accepted_at else self.now - contact.entered_at,
                ring_s=ring_until - offer.made_at,
                talk_s=talk_s,
                position=position,
                original_position=contact.original_position,
                ended_by=ended_by,
                until=until,
                reason=reason,
                why=why,
            )
        )

    def move_activity(
        self, agent: Agent, new: Activity, *, offer: Offer | None = None, until: float | None = None
    ) -> None:
        old = agent.activity
        transitions.check(transitions.ACTIVITY, "activity", agent.id, old, new)
        agent.activity, agent.activity_since, agent.activity_until = new, self.now, until
        self.tell(
            Changed(
                Kind.ACTIVITY,
                agent.id,
                old,
                new,
                self.now,
                self.cause,
                agent=agent.id,
                queue=offer.queue if offer else None,
                contact=offer.contact if offer else None,
                offer=offer.id if offer else None,
                until=until,
                leg=min(agent.legs, default=None) if new in (Activity.IDLE, Activity.WRAPUP) else None,
            )
        )
        self.refresh(agent)

    def move_status(
        self, agent: Agent, new: AgentStatus, *, reason: str = "", by: str = "", since: float | None = None
    ) -> None:
        old = agent.status
        transitions.check(transitions.STATUS, "status", agent.id, old, new)
        if new is AgentStatus.AVAILABLE:
            self.staffed.update(agent.policy.queues.keys())
        elif old is AgentStatus.AVAILABLE:
            self.staffed.subtract(agent.policy.queues.keys())
        agent.status, agent.reason, agent.status_since = new, reason, self.now if since is None else since
        self.tell(
            Changed(
                Kind.STATUS,
                agent.id,
                old,
                new,
                self.now,
                self.cause,
                agent=agent.id,
                reason=reason or None,
                by=by or None,
                since=agent.status_since,
            )
        )
        self.limit_break(agent)
        self.refresh(agent)

    def limit_break(self, agent: Agent) -> None:
        """Set or take away the deadline of his break, as its rule says."""
        rule = self.policy.breaks.get(agent.reason) if agent.status is AgentStatus.ON_BREAK else None
        if rule is not None and rule.limit_s is not None:
            self.deadlines.set("break", agent.id, agent.status_since + rule.limit_s)
        else:
            self.deadlines.cancel("break", agent.id)

    # --- derived state --------------------------------------------------------------------------------------------

    def refresh(self, agent: Agent) -> None:
        """Bring the list of free agents in step with what is true of `agent`."""
        free = agent.free(self.now)
        if free and agent.id not in self.free:
            self.free.add(agent, self.now)
            self.freed.add(agent.id)
        elif not free and agent.id in self.free:
            self.free.remove(agent.id)
            self.freed.discard(agent.id)

    def forget(self, contact: Contact) -> None:
        """Drop an ended contact and everything that hangs on it."""
        self.line.remove(contact)
        self.contacts.pop(contact.id, None)
        self.dials.left(contact)
        if self.by_call.get(contact.call) is contact:
            del self.by_call[contact.call]
        self.arrived.discard(contact.id)
        for leg in [leg for leg, parting in self.parting.items() if parting == contact.id]:
            del self.parting[leg]
        for what in OF_CONTACT:
            self.deadlines.cancel(what, contact.id)
