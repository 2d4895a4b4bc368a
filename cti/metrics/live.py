"""How do things stand right now? The one projection of the Changed stream that boards, API and Prometheus read. PURE.

It knows the policy's names and the stream, nothing else: no clock (`now` is an argument), no core, no reader after it.
Definitions: docs/metrics.md. A fact that does not fit what was seen before changes no count; it is counted itself.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from typing import Any

from cti.metrics.flow_ways import FlowWays
from cti.metrics.node_rows import NodeBook
from cti.metrics.queue_counts import Samples
from cti.metrics.rows import AgentRow, ContactRow, QueueRow
from cti.metrics.sentences import decision_sentence
from cti.metrics.snapshot import MAX_LISTED, agent_row, call_row, take_snapshot
from cti.metrics.tally import Tally
from cti.model.changes import LEFT_BEHIND, Changed, Kind
from cti.model.policy import Center
from cti.model.words import Activity, AgentStatus, ContactState, OfferState, Outcome

KEPT_DECISIONS = 200
KEPT_REPAIRS = 50
_UNDECIDED = (OfferState.ENDED, OfferState.PREVIEW, OfferState.RINGING, OfferState.DIALLING)
_IN_VAIN = (Activity.RINGING, Activity.DIALLING)  # who comes back from there was free before


class LiveView:
    """The live picture. `apply` is a ports.Reader; the attributes may be read, only `apply` changes them.

    `free_to_ring` holds seconds from "agent became free" to "his phone's leg exists", for contacts that already waited
    at that moment and had not been offered to him: what a caller loses by us, not by the agents.
    """

    def __init__(self, policy: Center, nodes: Iterable[str] = ()) -> None:
        self.policy = policy
        self.policy_version = ""
        self.queues: dict[str, QueueRow] = {}
        self.agents: dict[str, AgentRow] = {}
        self.contacts: dict[str, ContactRow] = {}
        self.states: Counter[str] = Counter()  # how many of these are in each: asked for often, with many there
        self.node_book = NodeBook(nodes)
        self.nodes = self.node_book.connected
        self.offers: Counter[str] = Counter()  # ended and accepted offers, by OfferState
        self.repairs: Counter[str] = Counter()
        self.transfers: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()  # to reach a customer, by DialResult
        self.late = self.bugs = self.inconsistent = 0
        self.decisions: deque[dict[str, Any]] = deque(maxlen=KEPT_DECISIONS)
        self.newest_repairs: deque[dict[str, Any]] = deque(maxlen=KEPT_REPAIRS)
        self.newest_bugs: deque[dict[str, Any]] = deque(maxlen=KEPT_REPAIRS)
        self.free_to_ring = Samples()
        self.flow_ways = FlowWays()
        self.tally = Tally(policy)
        self.door: Callable[[], dict[str, Any]] = lambda: {"closed": "", "since": None, "turned_away": {}}
        self.redis: Callable[[], dict[str, Any] | None] = lambda: None  # where several engines are joined
        self.store: Callable[[], dict[str, Any]] = lambda: {"why": "", "since": None}
        self._appliers = {
            Kind.CONTACT: self._contact,
            Kind.VISIT: self._visit,
            Kind.OFFER: self._offer,
            Kind.STATUS: self._status,
            Kind.OVERDUE: self._overdue,
            Kind.PENDING: self._pending,
            Kind.ACTIVITY: self._activity,
            Kind.PHONE: self._phone,
            Kind.NODE: self.node_book.node,
            Kind.DRAIN: self.node_book.drain,
            Kind.TRANSFER: self._transfer,
            Kind.ATTEMPT: self._attempt,
            Kind.REPAIR: self._repair,
            Kind.LATE: self._late,
            Kind.BUG: self._bug,
            Kind.PLACE: self._place,
            Kind.CONFIG: self._config,
        }
        self.reload(policy)

    def reload(self, policy: Center) -> None:
        """Take over a changed policy; rows and counts of what still exists stay.

        To be called before the core tells what came of it. What exists no more goes with the core's word (CONFIG), or
        with `forget_gone` where the core refused.
        """
        self.policy = policy
        self.tally.reload(policy)
        self.node_book.reload(policy)
        for name, queue in policy.queues.items():
            row = self.queues.setdefault(name, QueueRow(queue.target_s, queue.service_level_percent))
            row.counts.target_s, row.service_level_percent = queue.target_s, queue.service_level_percent
        for agent_id, agent in policy.agents.items():
            if agent_id not in self.agents:
                self.agents[agent_id] = AgentRow(status=AgentStatus(agent.starts))

    def forget_gone(self) -> None:
        """Drop the rows of queues and agents that the policy does not have, where nothing lives in them."""
        for name in [name for name, row in self.queues.items() if name not in self.policy.queues and not row.line]:
            del self.queues[name]
        for agent_id in [agent_id for agent_id in self.agents if agent_id not in self.policy.agents]:
            if self.agents[agent_id].activity == Activity.IDLE:
                del self.agents[agent_id]
        self.node_book.forget_gone(self.policy)

    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises, never blocks."""
        if changed.kind is Kind.CONTACT:
            walk = self.flow_ways.apply(changed)
            if walk is not None:
                self.tally.flow(walk, changed.at)
        self.tally.apply(changed)
        applier = self._appliers.get(changed.kind)
        if applier is not None:
            applier(changed)

    @property
    def in_the_air(self) -> Collection[str]:
        """Attempts to reach a customer that are not over."""
        return self.tally.in_the_air

    @property
    def in_flow(self) -> int:
        """How many callers are in a flow (IVR) now."""
        return self.states[ContactState.IN_FLOW]

    def snapshot(self, now: float, *parts: str, max_listed: int = MAX_LISTED) -> dict[str, Any]:
        """The picture at `now` (epoch seconds) ready for JSON; shape in docs/metrics.md. Holds callers' numbers.

        `parts`: only these, since the rows of thousands of agents are dear; without any, all. At most `max_listed`
        callers a queue and as many calls are listed; the counts are always complete.
        """
        return take_snapshot(self, now, parts, max_listed)

    def contact(self, contact: str, now: float) -> dict[str, Any] | None:
        """A live contact as the picture has it, listed or not; None where it is not there. Holds a caller's number."""
        row = self.contacts.get(contact)
        return None if row is None else call_row(row, now)

    def agent(self, agent: str, now: float) -> dict[str, Any] | None:
        """An agent as the picture has him; None where he is not there."""
        row = self.agents.get(agent)
        return None if row is None else agent_row(self, agent, row, now)

    def _contact(self, changed: Changed) -> None:
        row = self.contacts.get(changed.id)
        if row is None:
            if changed.new == ContactState.ENDED:
                self.inconsistent += changed.cause != LEFT_BEHIND
                return
            since = changed.at if changed.since is None else changed.since
            row = ContactRow(changed.id, changed.call or changed.id, changed.new, since, changed.at)
            self.contacts[changed.id] = row
        else:
            self.states[row.state] -= 1
        row.state = changed.new
        self.states[row.state] += changed.new != ContactState.ENDED
        row.call = changed.call or row.call
        if changed.call is not None and not row.on_phone:
            self._picked_up(row, changed.at)
        row.queue = changed.queue or row.queue
        row.caller = changed.caller or row.caller
        row.agent = changed.agent or row.agent
        if changed.new == ContactState.WAITING:
            row.waiting_since, row.agent = changed.at, None
        elif changed.new == ContactState.IN_FLOW:
            row.queue = row.agent = None
        elif changed.new == ContactState.ENDED:
            del self.contacts[changed.id]
            if row.visit is not None:  # its end was not told: keep it apart instead of letting it wait for ever
                self.inconsistent += 1
                self._leave(row, changed.at, Outcome.LOST, None)

    def _picked_up(self, row: ContactRow, at: float) -> None:
        """He has a call: a caller from the beginning, a customer once he has answered."""
        row.on_phone = True
        if row.visit is not None:
            self.queues[row.visit[0]].line.waits(row.contact, at)

    def _visit(self, changed: Changed) -> None:
        before_us = changed.cause == LEFT_BEHIND  # nothing of him has been counted yet (reports/today.py)
        row = self.contacts.get(changed.contact or changed.id) if not before_us else ContactRow("", "", "", 0.0, 0.0)
        queue, enters = self.queues.get(changed.queue or ""), changed.old == "" or before_us
        if row is None or queue is None or enters == (row.visit is not None):
            self.inconsistent += not before_us
            return
        if enters:
            self._enter(row, queue, changed)
        if changed.new != "waiting":
            self._leave(row, changed.at, changed.new, changed.wait_s, changed.expected_p90_s)

    def _enter(self, row: ContactRow, queue: QueueRow, changed: Changed) -> None:
        since = changed.since if changed.since is not None else changed.at - (changed.wait_s or 0.0)
        row.since, row.wait_s, row.queue = since, None, changed.queue
        row.call, row.caller = changed.call or row.call, changed.caller or row.caller
        order_at = changed.order_at if changed.order_at is not None else since
        row.visit, row.outbound = (changed.queue or "", order_at), changed.outbound
        row.on_phone |= changed.call is not None or not changed.outbound
        queue.line.enter(row, order_at)
        counts = queue.counts.entered(resumed=changed.cause == "resumed", outbound=changed.outbound)
        self.tally.queue(changed.queue or "", since, changed.at, counts)

    def _leave(
        self, row: ContactRow, now: float, outcome: str, wait_s: float | None, expected_p90_s: float | None = None
    ) -> None:
        if row.visit is None:
            return
        name, order_at = row.visit
        row.visit, row.wait_s = None, wait_s
        self.queues[name].line.leave(row.contact, order_at)
        counts = self.queues[name].counts.left(outcome, wait_s, expected_p90_s, outbound=row.outbound)
        self.tally.queue(name, row.since, now, counts)

    def _place(self, changed: Changed) -> None:
        row = self.contacts.get(changed.contact or "")
        if row is None or row.visit is None or changed.order_at is None:
            self.inconsistent += 1
            return
        name, order_at = row.visit
        self.queues[name].line.move(row, order_at, changed.order_at)
        row.visit = (name, changed.order_at)

    def _config(self, changed: Changed) -> None:
        self.policy_version = changed.new
        self.forget_gone()

    def _offer(self, changed: Changed) -> None:
        row = self.contacts.get(changed.contact or "")
        agent = self.agents.get(changed.agent or "")
        if not changed.old:
            self._decided(changed, row, agent)
        elif changed.new not in _UNDECIDED:
            self.offers[changed.new] += 1
            if agent is not None:
                agent.answered += changed.new == OfferState.ACCEPTED
                agent.missed += changed.new == OfferState.MISSED
        if row is not None and changed.new == OfferState.ACCEPTED:
            row.agent = changed.agent

    def _decided(self, changed: Changed, row: ContactRow | None, agent: AgentRow | None) -> None:
        text = decision_sentence(changed)
        self.decisions.append({"at": changed.at, "text": text, "queue": changed.queue, "agent": changed.agent})
        if row is None:
            return
        name = changed.agent or ""
        freed = None if agent is None else agent.free_at
        at_once = changed.new == OfferState.RINGING  # otherwise his customer is called first
        if agent is not None and freed is not None and at_once and name not in row.rung:
            # ahead: his rest was ended before its time, and since when he is free was told by nobody
            agent.ring_from = freed if row.waiting_since <= freed <= changed.at else None
        row.agent = changed.agent
        row.rung.add(name)

    def _status(self, changed: Changed) -> None:
        agent = self._agent(changed)
        agent.status, agent.since = changed.new, changed.at if changed.since is None else changed.since
        agent.overdue = False
        agent.pending = ""
        agent.reason = (changed.reason or "") if changed.new == AgentStatus.ON_BREAK else ""
        # Restored at a start: the wait for callers who come back is no wait for us to decide
        agent.free_at = agent.freed(changed.at) if changed.cause != "AgentRestored" else None

    def _overdue(self, changed: Changed) -> None:
        self._agent(changed).overdue = True

    def _pending(self, changed: Changed) -> None:
        self._agent(changed).pending = changed.new

    def _activity(self, changed: Changed) -> None:
        agent = self._agent(changed)
        if changed.new == changed.old:
            return  # longer than it was to be: since when stays
        agent.activity, agent.since = changed.new, changed.at
        if changed.new != Activity.RINGING:
            agent.ring_from = None
        agent.rest_until = changed.until or 0.0 if changed.new == Activity.IDLE else 0.0
        agent.free_at = agent.freed(changed.at) if changed.old not in _IN_VAIN else None

    def _phone(self, changed: Changed) -> None:
        agent = self._agent(changed)
        if changed.new == "ringing":
            if agent.ring_from is not None:
                self.free_to_ring.add(max(0.0, changed.at - agent.ring_from))
                agent.ring_from = None
            return
        agent.engaged = changed.new == "engaged"
        if not agent.engaged:
            agent.rest_until = changed.until or 0.0
        agent.free_at = agent.freed(changed.at)

    def _agent(self, changed: Changed) -> AgentRow:
        return self.agents.setdefault(changed.agent or changed.id, AgentRow())

    def _transfer(self, changed: Changed) -> None:
        self.transfers[changed.new] += 1

    def _attempt(self, changed: Changed) -> None:
        self.node_book.attempt(changed)
        if changed.new not in ("placed", "answered"):
            self.attempts[changed.new] += 1

    def _repair(self, changed: Changed) -> None:
        self.repairs[changed.new] += 1
        self.newest_repairs.append({"at": changed.at, "kind": changed.new, "id": changed.id, "text": changed.reason})

    def _late(self, changed: Changed) -> None:
        self.late += 1

    def _bug(self, changed: Changed) -> None:
        self.bugs += 1
        self.newest_bugs.append(
            {"at": changed.at, "kind": changed.new, "cause": changed.cause, "place": changed.reason}
        )
