"""Which looks for an agent were there in a contact's facts, and how did everybody stand in each? No database.

A look is a decision (an offer was made), or one in vain: whenever the contact came into the line, back into it, or
within reach of others, and no offer came of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cti.acd.agent import Agent
from cti.acd.explaining import Place, contenders, later_pools, standings
from cti.acd.line import WaitingClass
from cti.acd.reach import pools_of, reach_of
from cti.model import policy
from cti.model.changes import Changed, Kind, Sought
from cti.model.explanation import Look, Passed, Standing
from cti.model.words import AgentId, ContactId, ContactState, QueueName

_CHOSEN = (ContactState.OFFERED, ContactState.DIALLING)  # an agent is chosen for it


class Numbered(NamedTuple):
    """A fact with its number in the history; `decided`: it is the first offer of a decision."""

    number: int
    decided: bool
    version: str  # of the policy that held
    fact: Changed


@dataclass
class Seen:
    """What was known of the contact when somebody was looked for."""

    number: int
    fact: Changed
    sought: Sought
    entered_at: float
    order_at: float
    ring: int
    tried: Mapping[AgentId, float]
    version: str
    chosen: frozenset[AgentId] = frozenset()
    held: bool = False  # behind the shut gate of a blended queue
    until: float | None = None  # of a look in vain: everything that was told at that instant has happened


@dataclass
class Wait:
    """From one fact to another the contact stood in the line, and nobody was rung for it."""

    number: int
    at: float
    ended_number: int | None = None
    ended_at: float | None = None


class Retold:
    """Takes in a contact's facts in order; then `seen` are the looks."""

    def __init__(self, contact: str) -> None:
        self.seen: list[Seen] = []
        self.waits: list[Wait] = []
        self._contact = ContactId(contact)
        self._sought: Sought | None = None
        self._ring = 0
        self._entered_at = self._order_at = 0.0
        self._tried: dict[AgentId, float] = {}

    def take(self, each: Numbered) -> None:
        """The next fact."""
        fact = each.fact
        self._wait(each)
        if fact.kind is Kind.VISIT and fact.new == "waiting":
            self._entered_at = fact.at if fact.since is None else fact.since
            self._order_at = self._entered_at if fact.order_at is None else fact.order_at
            self._reach(each)
        elif fact.kind is Kind.REACH:
            self._ring = int(fact.new)
            self._reach(each)
        elif fact.kind is Kind.OFFER:
            self._offer(each)
        elif fact.kind is Kind.PLACE:
            self._order_at = self._order_at if fact.order_at is None else fact.order_at
            if self.waits and self.waits[-1].ended_at is None:
                self._in_vain(each)
        elif fact.kind is Kind.CONTACT and fact.new == ContactState.WAITING and fact.old in _CHOSEN:
            self._in_vain(each)
        elif fact.kind in (Kind.CONTACT, Kind.VISIT) and fact.new not in _CHOSEN:
            self._drop(fact.at)

    def _wait(self, each: Numbered) -> None:
        fact = each.fact
        waits = bool(self.waits) and self.waits[-1].ended_at is None
        moved = fact.kind in (Kind.CONTACT, Kind.VISIT)
        if moved and fact.new == ContactState.WAITING:  # a visit's word for it is the same
            if not waits:
                self.waits.append(Wait(each.number, fact.at))
        elif waits and (each.decided or moved):
            self.waits[-1].ended_number, self.waits[-1].ended_at = each.number, fact.at

    def passed(self, center: policy.Center, other: Numbered) -> Passed | None:
        """What a decision for `other`, made while this contact waited, says about it; None if it was not concerned."""
        why, agent = other.fact.why, other.fact.agent
        rules = None if agent is None else center.agents.get(agent)
        seen = next((each for each in reversed(self.seen) if each.number < other.number), None)
        if why is None or why.sought is None or agent is None or rules is None or seen is None:
            return None
        waiting = self._place(center, seen).waiting
        pools = pools_of(agent, rules)
        him = Agent(agent, rules, pools=pools)
        if not any(pool in pools and waiting.open_to(him, pool) for pool in seen.sought.pools):
            return None
        own = (other.fact.at - seen.order_at) / seen.sought.target_s
        contact = ContactId(str(other.fact.contact))
        return Passed(other.fact.at, agent, contact, why.urgency, own, why.sought.tier, seen.sought.tier)

    def _reach(self, each: Numbered) -> None:
        self._sought = each.fact.sought or self._sought
        self._in_vain(each)

    def _in_vain(self, each: Numbered) -> None:
        """Unless an offer at the same instant says otherwise."""
        self._drop(each.fact.at)
        self._see(each, frozenset(), each.fact.at)

    def _drop(self, at: float) -> None:
        if self.seen and self.seen[-1].until == at:
            self.seen.pop()

    def _offer(self, each: Numbered) -> None:
        fact = each.fact
        if fact.old:
            if fact.until is not None and fact.agent is not None:
                self._tried = self._tried | {fact.agent: fact.until}
            return
        agent = frozenset() if fact.agent is None else frozenset((fact.agent,))
        if not each.decided:  # one more phone of the same decision
            self.seen[-1].chosen |= agent
            return
        self._drop(fact.at)
        if fact.why is not None:
            self._sought, self._ring = fact.why.sought or self._sought, fact.why.ring
        self._see(each, agent, None)

    def _see(self, each: Numbered, chosen: frozenset[AgentId], until: float | None) -> None:
        if self._sought is None:
            return
        known = (self._entered_at, self._order_at, self._ring, self._tried, each.version)
        self.seen.append(Seen(each.number, each.fact, self._sought, *known, chosen, until=until))

    def _place(self, center: policy.Center, seen: Seen) -> Place:
        queue = QueueName(str(seen.fact.queue))
        rules = center.queues.get(queue, policy.Queue())
        return Place(WaitingClass(reach_of(queue, seen.sought), 0), rules, seen.entered_at, seen.tried, seen.held)

    def pools(self, center: policy.Center, seen: Seen) -> frozenset[str]:
        """Every pool that is asked, now or later."""
        return frozenset((*seen.sought.pools, *later_pools(self._place(center, seen), seen.fact.at)))

    def look(self, center: policy.Center, seen: Seen, agents: Mapping[AgentId, Agent]) -> Look:
        """The look, with everybody's standing."""
        fact, why, place = seen.fact, seen.fact.why, self._place(center, seen)
        found, counts = standings(center, place, agents.values(), fact.at, why, seen.chosen)
        widens = [seen.entered_at + ring.after_s - fact.at for ring in place.rules.rings]
        return Look(
            fact.at,
            self._contact,
            place.waiting.reach.queue,
            found,
            counts,
            rule=why.rule if why is not None else "",
            urgency=why.urgency if why is not None else (fact.at - seen.order_at) / seen.sought.target_s,
            next_urgency=why.next_urgency if why is not None else None,
            next_contact=why.next_contact if why is not None else None,
            waiting=why.waiting if why is not None else 0,
            position=fact.position,
            ring=seen.ring,
            pools=seen.sought.pools,
            requires=seen.sought.requires,
            version=seen.version,
            widens_in_s=min((left_s for left_s in widens if left_s > 0), default=None),
            held=seen.held,
            cause=fact.cause,
        )


def chosen_in(first: Changed, facts: Iterable[Changed]) -> frozenset[AgentId]:
    """Everybody who was rung by the decision whose first offer is `first`; `facts`: of that contact and instant."""
    rung = (each for each in facts if each.kind is Kind.OFFER and each.why == first.why and each.agent is not None)
    return frozenset(each.agent for each in rung if each.agent is not None and not each.old)


def lost_in(
    center: policy.Center, first: Changed, agent: AgentId, chosen: Collection[AgentId]
) -> tuple[Standing, Standing | None] | None:
    """The standing of `agent` in that decision and of the one who was chosen; None if he was not compared."""
    why = first.why
    assert why is not None and why.sought is not None
    queue = QueueName(str(first.queue))
    rules = center.queues.get(queue, policy.Queue())
    place = Place(WaitingClass(reach_of(queue, why.sought), 0), rules, first.at, {})
    found = contenders(center, place, why, first.at, chosen)
    his = next((each for each in found if each.agent == agent), None)
    return None if his is None else (his, next((each for each in found if each.chosen), None))
