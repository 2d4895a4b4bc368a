"""Among several free agents, who is rung first?

A strategy is two entries: what orders the free agents of a pool (ORDERS), and which of them are rung (choice.py). To
add one (predicted matching, say), write its function and put its name into a table. Agents of an earlier ring, then
level and penalty always come before the strategy, as app_queue's users expect; ties go to the agent with the fewest
other queues (keep the flexible one back), then to identity, so that the answer is the same every time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cti.acd.agent import Agent
from cti.model.policy import Center, Membership, Strategy
from cti.model.pools import PoolKind, PoolName, pool_parts
from cti.model.words import AgentId

Place = tuple[int, int, float, float, int, AgentId]
NO_MEMBER = Membership()  # of those who come by a group: the same level for all


class Candidate(NamedTuple):
    """A free agent who may take the contact. `standing`: number of the pool he comes by, level and penalty there."""

    standing: tuple[int, int, int]
    agent: Agent
    place: Place  # in that pool


def _idle(agent: Agent, now: float) -> float:
    return agent.idle_since


def _occupancy(agent: Agent, now: float) -> float:
    """Busy share of the time since he logged in, as it stands when he becomes free."""
    return agent.busy_s / max(1.0, now - agent.logged_in_at)


def _contacts(agent: Agent, now: float) -> float:
    return agent.contacts


def _asked_longest_ago(agent: Agent, now: float) -> float:
    return agent.offered


ORDERS: dict[Strategy, Callable[[Agent, float], float]] = {
    Strategy.LONGEST_IDLE: _idle,
    Strategy.LEAST_OCCUPIED: _occupancy,
    Strategy.FEWEST_CONTACTS: _contacts,
    Strategy.ROUND_ROBIN: _asked_longest_ago,
    Strategy.LINEAR: lambda agent, now: agent.number,  # the order of the configuration
    Strategy.WEIGHTED_RANDOM: _idle,  # who is drawn is a matter of choice.py
    Strategy.BEST_SKILL: _idle,
    Strategy.RING_ALL: _idle,
    Strategy.RING_PROGRESSIVELY: _idle,
}


class Seat(NamedTuple):
    """What never changes of an agent's place in a pool."""

    pool: PoolName
    level: int
    penalty: int
    order: Callable[[Agent, float], float]
    queues: int

    def place(self, agent: Agent, now: float) -> Place:
        """Where he stands when he is free: level, penalty, strategy, longest idle, least flexible, identity."""
        return (self.level, self.penalty, self.order(agent, now), agent.idle_since, self.queues, agent.id)


def seat(center: Center, pool: PoolName, agent: Agent) -> Seat:
    """The seat of `agent` in one of his pools; a queue's own strategy holds there."""
    kind, name = pool_parts(pool)
    member = agent.policy.queues[name] if kind is PoolKind.QUEUE else NO_MEMBER
    strategy = center.queues[name].strategy if kind is PoolKind.QUEUE else Strategy.LONGEST_IDLE
    return Seat(pool, member.level, member.penalty, ORDERS[strategy], len(agent.policy.queues))
