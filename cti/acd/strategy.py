"""Among several free agents, who is rung first, and how many at once?

A strategy is one function and its name in one table. To add one (least occupied, fewest contacts, round robin, linear,
weighted random, best skill, ring progressively, predicted ...), write the function and put it into STRATEGIES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby, islice

from cti.acd.agent import Agent
from cti.model.policy import Membership, Strategy
from cti.model.words import AgentId, QueueName

MAX_RUNG_AT_ONCE = 32  # phones in one Dial: keeps the command far below AGI's 8 kB a line

Place = tuple[int, int, float, int, AgentId]


def place(agent: Agent, member: Membership) -> Place:
    """Where a free agent stands in his queue: level, penalty, longest idle, then the least flexible, then identity."""
    return (member.level, member.penalty, agent.idle_since, len(agent.policy.queues), agent.id)


def longest_idle(free: Iterable[Agent], queue: QueueName) -> list[Agent]:
    """The first in the order of `place`."""
    return list(islice(free, 1))


def ring_all(free: Iterable[Agent], queue: QueueName) -> list[Agent]:
    """Everyone of the best level and penalty who is free and may take it; the first who answers gets it."""
    _, best = next(groupby(free, key=lambda agent: _standing(agent, queue)))
    return list(islice(best, MAX_RUNG_AT_ONCE))


def _standing(agent: Agent, queue: QueueName) -> tuple[int, int]:
    member = agent.policy.queues[queue]
    return (member.level, member.penalty)


STRATEGIES: dict[Strategy, Callable[[Iterable[Agent], QueueName], list[Agent]]] = {
    Strategy.LONGEST_IDLE: longest_idle,
    Strategy.RING_ALL: ring_all,
}
