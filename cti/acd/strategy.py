"""Among several free agents, who is rung first, and how many at once?

A strategy is two entries: what orders the free agents of a queue (ORDERS), and how many of them are rung (CHOICES).
To add one (predicted matching, say), write its function and put its name into a table. Level and penalty always come
before the strategy, as app_queue's users expect; ties go to the agent with the fewest other queues (keep the flexible
one back), then to identity, so that the answer is the same every time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import groupby, islice

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.model.policy import Center, Membership, Strategy
from cti.model.words import AgentId

MAX_RUNG_AT_ONCE = 32  # phones in one Dial: keeps the command far below AGI's 8 kB a line

Place = tuple[int, int, float, float, int, AgentId]
NO_MEMBER = Membership()  # of those who come by a group: the same level for all


def _idle(agent: Agent, member: Membership, now: float, chance: float) -> float:
    return agent.idle_since


def _occupancy(agent: Agent, member: Membership, now: float, chance: float) -> float:
    """Busy share of the time since he logged in, as it stands when he becomes free."""
    return agent.busy_s / max(1.0, now - agent.status_since)


def _contacts(agent: Agent, member: Membership, now: float, chance: float) -> float:
    return agent.contacts


def _asked_longest_ago(agent: Agent, member: Membership, now: float, chance: float) -> float:
    return agent.offered


def _same(agent: Agent, member: Membership, now: float, chance: float) -> float:
    return 0.0


def _drawn(agent: Agent, member: Membership, now: float, chance: float) -> float:
    """Weighted sampling without replacement (Efraimidis and Spirakis 2006): the smallest -ln(u)/w comes first."""
    return -math.log(chance) / member.weight


ORDERS: dict[Strategy, Callable[[Agent, Membership, float, float], float]] = {
    Strategy.LONGEST_IDLE: _idle,
    Strategy.LEAST_OCCUPIED: _occupancy,
    Strategy.FEWEST_CONTACTS: _contacts,
    Strategy.ROUND_ROBIN: _asked_longest_ago,
    Strategy.LINEAR: _same,  # the order of the configuration: see place
    Strategy.WEIGHTED_RANDOM: _drawn,
    Strategy.BEST_SKILL: _idle,
    Strategy.RING_ALL: _idle,
}


def place(center: Center, pool: str, agent: Agent, now: float, chance: float) -> Place:
    """Where a free agent stands in a pool: level, penalty, strategy, longest idle, least flexible, identity."""
    kind, _, name = pool.partition(":")
    member = agent.policy.queues[name] if kind == "queue" else NO_MEMBER
    strategy = center.queues[name].strategy if kind == "queue" else Strategy.LONGEST_IDLE
    by_strategy = ORDERS[strategy](agent, member, now, chance)
    if strategy is Strategy.LINEAR:
        return (member.level, member.penalty, agent.number, 0.0, 0, agent.id)
    return (member.level, member.penalty, by_strategy, agent.idle_since, len(agent.policy.queues), agent.id)


def _first(free: Iterable[Agent], contact: Contact) -> list[Agent]:
    return list(islice(free, 1))


def _best_level(free: Iterable[Agent], contact: Contact) -> list[Agent]:
    """Those of the best level and penalty."""
    groups = groupby(free, key=lambda agent: _standing(agent, contact))
    return list(next(groups)[1])


def _all_at_once(free: Iterable[Agent], contact: Contact) -> list[Agent]:
    """The first who answers gets it."""
    return _best_level(free, contact)[:MAX_RUNG_AT_ONCE]


def _most_skilled(free: Iterable[Agent], contact: Contact) -> list[Agent]:
    """The highest sum of levels in what the contact asks for; among equals the order of the queue."""
    asked = [skill for skill, _ in contact.requires]
    best = max(
        _best_level(free, contact),
        key=lambda agent: sum(agent.policy.skills.get(skill, 0) for skill in asked),
    )
    return [best]


def _standing(agent: Agent, contact: Contact) -> tuple[int, int]:
    member = agent.policy.queues.get(contact.queue, NO_MEMBER)
    return (member.level, member.penalty)


CHOICES: dict[Strategy, Callable[[Iterable[Agent], Contact], list[Agent]]] = {
    **dict.fromkeys(Strategy, _first),
    Strategy.BEST_SKILL: _most_skilled,
    Strategy.RING_ALL: _all_at_once,
}
