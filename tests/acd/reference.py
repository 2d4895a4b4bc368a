"""Who gets whom, by brute force? The rules of routing once more, clear and slow, from their prose alone.

Written from the rules of the ACD and the docstrings of cti/model/policy.py, never from cti/acd. A `Judge` sits between
a scene and its core: it keeps its own books from the events that go in and the changes that come out, and judges every
single decision. From the core it takes only who stands in the line and who is free at the moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kit import Scene

from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.model.commands import Ring
from cti.model.policy import Membership, Strategy
from cti.model.words import Activity, AgentStatus, ContactState

NOT_AGAIN = ("missed", "rejected", "unreachable")  # this agent does not get this contact for not_again_s
NO_FAULT = ("lost", "abandoned", "withdrawn")  # the agent keeps his idle time
UP_TO = 10  # free agents are counted


@dataclass
class Waiting:
    """What the customer brought along, and what has happened to him since."""

    arrival: int
    since: float
    head_start_s: float
    requires: dict[str, int]
    preferred: tuple[str, ...]
    customer: dict[str, str]
    queue: str = ""
    entered_at: float = 0.0
    tried: dict[str, float] = field(default_factory=dict)
    kept: int = 0  # phones whose ring was taken back to ring again with one more


@dataclass
class Person:
    """What an agent has done since he logged in."""

    idle_since: float = 0.0
    logged_in_at: float = 0.0
    contacts: int = 0
    busy_s: float = 0.0
    busy_since: float = 0.0
    asked: int = 0  # number of his newest offer
    free: bool = False
    occupancy: float = 0.0  # as it stood when he became free


class Ask(NamedTuple):
    """Agents among whom somebody is looked for: those of a "queue", of a "group", or one "agent"."""

    kind: str
    name: str


class Decision(NamedTuple):
    contact: str
    agents: tuple[str, ...]


class Judge:
    """Follows a scene; `judged` events and `decisions` are counted, and the first wrong one fails the test."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.policy = scene, scene.policy
        self.waiting: dict[str, Waiting] = {}
        self.ended: set[str] = set()
        self.people = {name: Person() for name in self.policy.agents}
        self.judged = self.decisions = self.widened = self.alone = 0
        self._asked = 0
        self._handle, scene.center.handle = scene.center.handle, self._judged  # type: ignore[method-assign]

    def _judged(self, now: float, event: ev.AnyEvent) -> list[Any]:
        outputs = self._handle(now, event)
        made: dict[Any, Changed] = {}
        for told in outputs:
            if isinstance(told, Changed) and told.kind is Kind.OFFER and not told.old:
                made[told.offer] = told
            elif isinstance(told, Changed) and not made:  # what follows the first offer is its consequence
                self._note(told, event)
        rings = [ring for ring in outputs if isinstance(ring, Ring)]
        decided = [
            Decision(str(made[ring.legs[0].offer].contact), tuple(str(made[leg.offer].agent) for leg in ring.legs))
            for ring in rings
        ]
        self._judge(decided, [made[ring.legs[0].offer].why for ring in rings], now)
        for offer in made.values():
            self._asked += 1
            self.people[str(offer.agent)].asked = self._asked
        return outputs

    # --- the books ----------------------------------------------------------------------------------------------------

    def _note(self, told: Changed, event: ev.AnyEvent) -> None:
        match told.kind:
            case Kind.CONTACT if not told.old:
                self._arrived(told, event)
            case Kind.VISIT if told.new == "waiting":
                contact = self.waiting[str(told.contact)]
                contact.queue, contact.entered_at = str(told.queue), told.at
            case Kind.STATUS:
                person = self.people[str(told.agent)]
                if told.old == AgentStatus.LOGGED_OUT:
                    person.logged_in_at, person.contacts, person.busy_s = told.at, 0, 0.0
                if told.new == AgentStatus.AVAILABLE:
                    person.idle_since = told.at
            case Kind.OFFER:
                self._offer_moved(told)
            case Kind.CONTACT if told.new == ContactState.ENDED:
                self.ended.add(str(told.contact))
            case Kind.TRANSFER if isinstance(event, ev.CallReplaced) and event.call in set(self.waiting) - self.ended:
                self._takes_over(str(told.contact), self.waiting[event.call])
            case Kind.ACTIVITY:
                person = self.people[str(told.agent)]
                if told.new == Activity.TALKING:
                    person.busy_since = told.at
                elif told.old in (Activity.TALKING, Activity.WRAPUP):
                    person.busy_s += told.at - max(person.busy_since, person.logged_in_at)
                    person.idle_since = person.busy_since = told.at

    def _arrived(self, told: Changed, event: ev.AnyEvent) -> None:
        assert isinstance(event, ev.CallArrived)
        entry = self.policy.entries[event.dialled]
        preferred = event.preferred or entry.preferred
        self.ended.discard(str(told.contact))
        self.waiting[str(told.contact)] = Waiting(
            len(self.waiting), told.at, entry.head_start_s, entry.requires, tuple(preferred), event.customer
        )

    def _takes_over(self, contact: str, place: Waiting) -> None:
        """Attended transfer: he has the errand of the place that was held for him, and anybody may be tried for it."""
        customer = self.waiting[contact]
        customer.requires, customer.preferred, customer.tried = place.requires, place.preferred, {}

    def _offer_moved(self, told: Changed) -> None:
        person, contact = self.people[str(told.agent)], self.waiting[str(told.contact)]
        if told.new == "accepted":
            person.contacts += 1
        elif told.new != "ended" and told.new not in NO_FAULT:
            person.idle_since = told.at
        contact.kept += told.new == "withdrawn" and told.cause == "deadline:ring_more"
        if told.new in NOT_AGAIN:
            contact.tried[str(told.agent)] = told.at + self.policy.missed_offers.not_again_s

    # --- the judgement ------------------------------------------------------------------------------------------------

    def _judge(self, decided: list[Decision], whys: list[Any], now: float) -> None:
        """Undo the decisions; then each must be of the most urgent contact that anybody free may serve."""
        center = self.scene.center
        mine = {decision.contact for decision in decided}
        line = [
            contact.id
            for contact in center.contacts.values()
            if (contact.state is ContactState.WAITING and contact.session) or contact.id in mine
        ]
        free = self._free({agent for decision in decided for agent in decision.agents}, now)
        for decision, why in zip(decided, whys, strict=True):
            in_order = sorted(line, key=lambda contact: self.rank(contact, now))
            first = next(contact for contact in in_order if self.able(contact, free, now))
            assert decision.contact == first, f"{decision} at {now}: {first} is more urgent"
            allowed = self.allowed(first, free, now)
            assert decision.agents in allowed, f"{decision} at {now}: allowed were {allowed}"
            self._judge_reason(why, first, decision.agents[0], in_order, free, now)
            line.remove(first)
            self.waiting[first].kept = 0
            free -= set(decision.agents)
            self._count(first, now)
        left = [contact for contact in line if self.able(contact, free, now)]
        assert not left, f"at {now} {left} are left waiting beside {free}"
        self.judged += 1

    def _free(self, rung: set[str], now: float) -> set[str]:
        """Who is free, counting those whom the decisions have just taken; notes how busy a newly free one was."""
        free = set()
        for agent in self.scene.center.agents.values():
            idle = agent.status is AgentStatus.AVAILABLE and agent.activity is Activity.IDLE
            person = self.people[agent.id]
            is_free = agent.id in rung or (idle and not agent.legs and agent.rest_until <= now)
            if is_free and not person.free:
                person.occupancy = person.busy_s / max(1.0, now - person.logged_in_at)
            person.free = is_free and agent.id not in rung
            if is_free:
                free.add(str(agent.id))
        return free

    def _judge_reason(self, why: Any, contact: str, agent: str, line: list[str], free: set[str], now: float) -> None:
        others = [other for other in line if other != contact and self.able(other, {agent}, now)]
        assert why.urgency == self.urgency(contact, now)
        assert why.next_urgency == (self.urgency(others[0], now) if others else None)
        assert why.free_agents == min(UP_TO, len(self.able(contact, free, now)))
        assert why.waiting == sum(self.waiting[other].queue == self.waiting[contact].queue for other in line)
        assert why.idle_s == now - self.people[agent].idle_since

    def _count(self, contact: str, now: float) -> None:
        asks = self.asks(contact, now)
        self.decisions += 1
        self.widened += sum(ask.kind != "agent" for ask in asks) > 1
        self.alone += all(ask.kind == "agent" for ask in asks)

    # --- who is next --------------------------------------------------------------------------------------------------

    def urgency(self, name: str, now: float) -> float:
        contact = self.waiting[name]
        queue = self.policy.queues[contact.queue]
        known = [rule.seconds for rule in queue.head_starts if rule.when.items() <= contact.customer.items()]
        head_start_s = queue.head_start_s + contact.head_start_s + max(known, default=0.0)
        return (head_start_s + now - contact.since) / (queue.urgency_target_s or queue.target_s)

    def rank(self, name: str, now: float) -> tuple[float, ...]:
        """Tier, then urgency, then who came first."""
        contact = self.waiting[name]
        return (self.policy.queues[contact.queue].tier, -self.urgency(name, now), contact.since, contact.arrival)

    # --- who may take it ----------------------------------------------------------------------------------------------

    def asks(self, name: str, now: float) -> list[Ask]:
        """His own agents, and for a while nobody else if one is still to be asked; then the queue and every ring's."""
        contact = self.waiting[name]
        queue = self.policy.queues[contact.queue]
        there = [
            agent
            for agent in contact.preferred
            if agent in self.policy.agents and self.scene.agent(agent).status is not AgentStatus.LOGGED_OUT
        ]
        asks = [Ask("agent", agent) for agent in there if queue.preferred_for_s]
        if self.alone_with_his_own(name, there, now):
            return asks
        asks.append(Ask("queue", contact.queue))
        for ring in self._rings(contact, now):
            asks += [Ask("group", group) for group in ring.groups] + [Ask("queue", other) for other in ring.queues]
        return asks

    def alone_with_his_own(self, name: str, there: list[str], now: float) -> bool:
        contact = self.waiting[name]
        to_be_asked = [agent for agent in there if contact.tried.get(agent, now) <= now]
        return bool(to_be_asked) and now < contact.entered_at + self.policy.queues[contact.queue].preferred_for_s

    def _rings(self, contact: Waiting, now: float) -> list[Any]:
        rings = self.policy.queues[contact.queue].rings
        return [ring for ring in rings if contact.entered_at + ring.after_s <= now]

    def _needs(self, contact: Waiting, now: float) -> dict[str, int]:
        """The stricter of what the queue and the contact require, less what the rings accept."""
        queue = self.policy.queues[contact.queue].requires
        needs = {
            skill: max(queue.get(skill, 0), contact.requires.get(skill, 0)) for skill in {*queue, *contact.requires}
        }
        for ring in self._rings(contact, now):
            for skill, level in ring.accept.items():
                if skill in needs:
                    needs[skill] = min(needs[skill], level)
        return needs

    def _penalties(self, contact: Waiting, now: float) -> tuple[int, int]:
        queue = self.policy.queues[contact.queue]
        lowest, highest = queue.min_penalty, queue.max_penalty
        for ring in self._rings(contact, now):
            lowest = lowest if ring.min_penalty is None else ring.min_penalty
            highest = highest if ring.max_penalty is None else ring.max_penalty
        return lowest, highest

    def able(self, name: str, free: set[str], now: float) -> dict[str, tuple[int, int, int]]:
        """The free agents who may take it, and how they stand: how early they are asked, level, penalty."""
        contact = self.waiting[name]
        lowest, highest = self._penalties(contact, now)
        found: dict[str, tuple[int, int, int]] = {}
        for number, ask in enumerate(self.asks(name, now)):
            for agent in free - set(found):
                rules = self.policy.agents[agent]
                place = rules.queues.get(ask.name) if ask.kind == "queue" else None
                belongs = {
                    "queue": place is not None,
                    "group": ask.name in rules.groups,
                    "agent": ask.name == agent,
                }[ask.kind]
                if not belongs or contact.tried.get(agent, now) > now:
                    continue
                if ask.kind == "queue" and ask.name == contact.queue and not lowest <= place.penalty <= highest:
                    continue
                needs = {} if ask.kind == "agent" else self._needs(contact, now)
                if all(rules.skills.get(skill, 0) >= level for skill, level in needs.items()):
                    place = place or Membership()
                    found[agent] = (number, place.level, place.penalty)
        return found

    # --- who of them --------------------------------------------------------------------------------------------------

    def allowed(self, name: str, free: set[str], now: float) -> list[tuple[str, ...]]:
        """The choices that the queue's strategy allows: one, or any of several where it draws lots."""
        contact = self.waiting[name]
        able = self.able(name, free, now)
        standing = min(able.values())
        ask = self.asks(name, now)[standing[0]]
        best = [agent for agent in able if able[agent] == standing]
        best.sort(key=lambda agent: self._preference(ask, agent))
        match self.policy.queues[contact.queue].strategy:
            case Strategy.RING_ALL:
                return [tuple(best)]
            case Strategy.RING_PROGRESSIVELY:
                asks = self.asks(name, now)
                order = sorted(able, key=lambda agent: (able[agent], self._preference(asks[able[agent][0]], agent)))
                return [tuple(order[: contact.kept + 1])]
            case Strategy.WEIGHTED_RANDOM:
                return [(agent,) for agent in best]
            case Strategy.BEST_SKILL:
                wanted = {*self.policy.queues[contact.queue].requires, *contact.requires}
                return [(max(best, key=lambda agent: self._skill(agent, wanted)),)]
            case _:
                return [(best[0],)]

    def _skill(self, agent: str, wanted: set[str]) -> int:
        return sum(self.policy.agents[agent].skills.get(skill, 0) for skill in wanted)

    def _preference(self, ask: Ask, agent: str) -> tuple[Any, ...]:
        """The strategy of those asked, then longest idle, then the fewest other queues, then the name."""
        person = self.people[agent]
        strategy = self.policy.queues[ask.name].strategy if ask.kind == "queue" else Strategy.LONGEST_IDLE
        by_strategy = {
            Strategy.LEAST_OCCUPIED: person.occupancy,
            Strategy.FEWEST_CONTACTS: person.contacts,
            Strategy.ROUND_ROBIN: person.asked,
            Strategy.LINEAR: list(self.policy.agents).index(agent),
        }.get(strategy, person.idle_since)
        return (by_strategy, person.idle_since, len(self.policy.agents[agent].queues), agent)
