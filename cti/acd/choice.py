"""Of the free agents who may take a contact, who is rung, and how many at once?

Costs the same however many are free: the first of them in order, a shortlist (shortlist.py), or as many as one Dial can
ring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from cti.acd.agent import Agent
from cti.acd.chance import Chance
from cti.acd.contact import Contact
from cti.acd.free import FreeAgents
from cti.acd.line import WaitingClass
from cti.acd.reach import own_agents
from cti.acd.strategy import Candidate
from cti.model.policy import Strategy
from cti.model.pools import PoolName

MAX_RUNG_AT_ONCE = 32  # phones in one Dial: keeps the command far below AGI's 8 kB a line


class Choice(NamedTuple):
    """What there is to choose from: `first` and then `others`, in order. `alone`: there are no others."""

    first: Candidate
    others: Iterator[Candidate]
    alone: bool
    contact: Contact
    waiting: WaitingClass
    free: FreeAgents
    chance: Chance

    @property
    def pool(self) -> PoolName | None:
        """By which pool the first comes, and those beside whom he is chosen; None where there are no such."""
        number = self.first.standing[0]
        return None if self.alone or number < len(own_agents(self.waiting.reach)) else self.waiting.reach.pools[number]

    def in_order(self) -> Iterator[Candidate]:
        yield self.first
        yield from self.others


def _first(choice: Choice) -> list[Agent]:
    return [choice.first.agent]


def _all_at_once(choice: Choice) -> list[Agent]:
    """Those of the earliest ring, and of these those of the best level and penalty. The first who answers gets it."""
    best = takewhile(lambda candidate: candidate.standing == choice.first.standing, choice.in_order())
    return [candidate.agent for candidate in islice(best, MAX_RUNG_AT_ONCE)]


def _one_more_each_time(choice: Choice) -> list[Agent]:
    """The first alone, after a while he and the next, and so on: who comes later is asked in addition."""
    at_once = min(choice.contact.rung_at_once, MAX_RUNG_AT_ONCE)
    return [candidate.agent for candidate in islice(choice.in_order(), at_once)]


def _most_skilled(choice: Choice) -> list[Agent]:
    """The highest sum of levels in what the contact asks for; among equals the order of the queue."""
    pool = choice.pool
    if pool is None:
        return _first(choice)
    asked = tuple(skill for skill, _ in choice.contact.requires)
    found = choice.free.most_skilled(choice.waiting, pool, asked)
    return [found or choice.first.agent]


def _drawn(choice: Choice) -> list[Agent]:
    """By lot, each with the chance of his weight.

    Drawn anew for every decision: a lot that was kept until its holder wins would favour the heavy beyond their weight.
    """
    pool = choice.pool
    if pool is None:
        return _first(choice)
    found = choice.free.drawn(choice.waiting, pool, choice.contact.queue, choice.chance)
    return [found or choice.first.agent]


CHOICES: dict[Strategy, Callable[[Choice], list[Agent]]] = {
    **dict.fromkeys(Strategy, _first),
    Strategy.WEIGHTED_RANDOM: _drawn,
    Strategy.BEST_SKILL: _most_skilled,
    Strategy.RING_ALL: _all_at_once,
    Strategy.RING_PROGRESSIVELY: _one_more_each_time,
}
