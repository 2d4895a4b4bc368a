"""Among several free agents, who is rung first, and how many at once?

A strategy is one function and its name in one table. To add one (least occupied, fewest contacts, round robin, linear,
weighted random, best skill, ring progressively, predicted ...), write the function and put it into STRATEGIES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from cti.acd.agent import Agent
from cti.model.policy import Membership, Strategy
from cti.model.words import AgentId

MAX_RUNG_AT_ONCE = 32  # phones in one Dial: keeps the command far below AGI's 8 kB a line

Place = tuple[int, int, float, int, AgentId]


def place(agent: Agent, member: Membership) -> Place:
    """Where a free agent stands in his queue: level, penalty, longest idle, then the least flexible, then identity."""
    return (member.level, member.penalty, agent.idle_since, len(agent.policy.queues), agent.id)


def longest_idle(free: Iterable[Agent]) -> list[Agent]:
    """The first in the order of `place`."""
    return list(islice(free, 1))


def ring_all(free: Iterable[Agent]) -> list[Agent]:
    """Everyone who is free and may take it; the first who answers gets it."""
    return list(islice(free, MAX_RUNG_AT_ONCE))


STRATEGIES: dict[Strategy, Callable[[Iterable[Agent]], list[Agent]]] = {
    Strategy.LONGEST_IDLE: longest_idle,
    Strategy.RING_ALL: ring_all,
}
