"""Among several free agents, who is rung first, and how many at once?

A strategy is two entries: what orders the free agents of a pool (ORDERS), and which of them are rung (CHOICES). To add
one (predicted matching, say), write its function and put its name into a table. Agents of an earlier ring, then level
and penalty always come before the strategy, as app_queue's users expect; ties go to the agent with the fewest other
queues (keep the flexible one back), then to identity, so that the answer is the same every time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import groupby, islice
from typing import NamedTuple

from cti.acd.agent import Agent
from cti.acd.chance import Chance
from cti.acd.contact import Contact
from cti.model.policy import Center, Membership, Strategy
from cti.model.words import AgentId

MAX_RUNG_AT_ONCE = 32  # phones in one Dial: keeps the command far below AGI's 8 kB a line

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
    Strategy.WEIGHTED_RANDOM: _idle,  # who is drawn is a matter of CHOICES
    Strategy.BEST_SKILL: _idle,
    Strategy.RING_ALL: _idle,
    Strategy.RING_PROGRESSIVELY: _idle,
}


class Seat(NamedTuple):
    """What never changes of an agent's place in a pool."""

    pool: str
    level: int
    penalty: int
    order: Callable[[Agent, float], float]
    queues: int

    def place(self, agent: Agent, now: float) -> Place:
        """Where he stands when he is free: level, penalty, strategy, longest idle, least flexible, identity."""
        return (self.level, self.penalty, self.order(agent, now), agent.idle_since, self.queues, agent.id)


def seat(center: Center, pool: str, agent: Agent) -> Seat:
    """The seat of `agent` in one of his pools; a queue's own strategy holds there."""
    kind, _, name = pool.partition(":")
    member = agent.policy.queues[name] if kind == "queue" else NO_MEMBER
    strategy = center.queues[name].strategy if kind == "queue" else Strategy.LONGEST_IDLE
    return Seat(pool, member.level, member.penalty, ORDERS[strategy], len(agent.policy.queues))


def _first(free: Iterable[Candidate], contact: Contact, chance: Chance) -> list[Agent]:
    return [candidate.agent for candidate in islice(free, 1)]


def _best_standing(free: Iterable[Candidate]) -> list[Agent]:
    """Those of the earliest ring, and of these those of the best level and penalty."""
    _, best = next(groupby(free, key=lambda candidate: candidate.standing))
    return [candidate.agent for candidate in best]


def _all_at_once(free: Iterable[Candidate], contact: Contact, chance: Chance) -> list[Agent]:
    """The first who answers gets it."""
    return _best_standing(free)[:MAX_RUNG_AT_ONCE]


def _one_more_each_time(free: Iterable[Candidate], contact: Contact, chance: Chance) -> list[Agent]:
    """The first alone, after a while he and the next, and so on: who comes later is asked in addition."""
    return [candidate.agent for candidate in islice(free, min(contact.rung_at_once, MAX_RUNG_AT_ONCE))]


def _most_skilled(free: Iterable[Candidate], contact: Contact, chance: Chance) -> list[Agent]:
    """The highest sum of levels in what the contact asks for; among equals the order of the queue."""
    asked = [skill for skill, _ in contact.requires]
    best = max(_best_standing(free), key=lambda agent: sum(agent.policy.skills.get(skill, 0) for skill in asked))
    return [best]


def _drawn(free: Iterable[Candidate], contact: Contact, chance: Chance) -> list[Agent]:
    """By lot, each with the chance of his weight: the smallest -ln(u)/w wins (Efraimidis and Spirakis 2006).

    Drawn anew for every decision: a lot that was kept until its holder wins would favour the heavy beyond their weight.
    """

    def lot(agent: Agent) -> float:
        return -math.log(chance.draw()) / agent.policy.queues.get(contact.queue, NO_MEMBER).weight

    return [min(_best_standing(free), key=lot)]


CHOICES: dict[Strategy, Callable[[Iterable[Candidate], Contact, Chance], list[Agent]]] = {
    **dict.fromkeys(Strategy, _first),
    Strategy.WEIGHTED_RANDOM: _drawn,
    Strategy.BEST_SKILL: _most_skilled,
    Strategy.RING_ALL: _all_at_once,
    Strategy.RING_PROGRESSIVELY: _one_more_each_time,
}
