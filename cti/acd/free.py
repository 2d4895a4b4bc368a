"""Which agents are free, in the order in which each pool would ring them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sortedcontainers import SortedList

from cti.acd.agent import Agent
from cti.acd.chance import Chance
from cti.acd.line import WaitingClass
from cti.acd.reach import Reach
from cti.acd.shortlist import Lots, Notes, Shortlist, Skilled
from cti.acd.strategy import Candidate, Place
from cti.model.pools import PoolName
from cti.model.words import AgentId

MOST_SHORTLISTS = 4_096  # of each sort: as many sets of requirements as may come; then they are made anew


class FreeAgents:
    """The free agents of every pool, kept in the order of its strategy.

    Who has just become free enters the pools only when somebody looks into them: most often he is given a contact in
    the same moment, and then he never stood there.
    """

    def __init__(self, agents: Mapping[AgentId, Agent]) -> None:
        self._agents = agents
        self._by_pool: dict[PoolName, SortedList] = {}
        self._places: dict[AgentId, list[tuple[PoolName, Place]]] = {}
        self._entering: dict[AgentId, float] = {}  # since when he is free
        self._notes: dict[PoolName, Notes] = {}  # of the pools that have shortlists
        self._skilled: dict[tuple[Reach, PoolName, tuple[str, ...]], Skilled] = {}
        self._lots: dict[tuple[Reach, PoolName, str], Lots] = {}

    def __contains__(self, agent: AgentId) -> bool:
        return agent in self._places or agent in self._entering

    def add(self, agent: Agent, now: float) -> None:
        self._entering[agent.id] = now

    def remove(self, agent: AgentId) -> None:
        if self._entering.pop(agent, None) is None:
            for pool, key in self._places.pop(agent, ()):
                self._by_pool[pool].remove(key)
                if pool in self._notes:
                    self._notes[pool].add(agent, len(self._by_pool[pool]))

    def enter(self) -> None:
        """Let those who have become free enter the pools now: of thousands at once, a caller would wait for that."""
        came: dict[PoolName, list[Place]] = {}
        for agent_id, since in self._entering.items():
            agent = self._agents[agent_id]
            self._places[agent_id] = places = [(each.pool, each.place(agent, since)) for each in agent.seats]
            for pool, key in places:
                came.setdefault(pool, []).append(key)
        self._entering.clear()
        for pool, keys in came.items():
            free = self._by_pool.get(pool)
            if free is None:
                free = self._by_pool[pool] = SortedList()
            if len(keys) == 1:
                free.add(keys[0])
            else:
                free.update(keys)  # sorts once
            notes = self._notes.get(pool)
            if notes is not None:
                for key in keys:
                    notes.add(key[-1], len(free))

    def before(self, agent: AgentId, pool: PoolName) -> int | None:
        """How many free agents `pool` would ring before `agent`; None where he is not free, or not in it."""
        self.enter()
        place = self._place(agent, pool)
        return None if place is None else self._by_pool[pool].index(place)

    def count(self, pool: PoolName) -> int:
        self.enter()
        return len(self._by_pool.get(pool, ()))

    def for_class(self, waiting: WaitingClass) -> Iterator[Candidate]:
        """The free agents who may take a contact of `waiting`: pool after pool, each in its strategy's order."""
        self.enter()
        seen: set[AgentId] = set()
        for number, pool in enumerate(waiting.reach.pools):
            for key in self._by_pool.get(pool, ()):
                agent = self._agents[key[-1]]
                if agent.id not in seen and waiting.open_to(agent, pool):
                    seen.add(agent.id)
                    yield Candidate((number, key[0], key[1]), agent, key)

    def most_skilled(self, waiting: WaitingClass, pool: PoolName, asked: tuple[str, ...]) -> Agent | None:
        """Who of `pool` has the highest levels in `asked`, of those of the best level and penalty who may take it."""
        key = (waiting.reach._replace(excluded=frozenset()), pool, asked)
        shortlist = self._skilled.get(key)
        if shortlist is None:
            self._forget_too_many(self._skilled)
            shortlist = self._skilled[key] = Skilled(waiting, pool, asked)
        self._catch_up(shortlist, pool)
        found = shortlist.first(waiting.reach.excluded)
        return None if found is None else self._agents[found]

    def drawn(self, waiting: WaitingClass, pool: PoolName, queue: str, chance: Chance) -> Agent | None:
        """On whom of `pool` the lot falls, of those of the best level and penalty who may take it."""
        key = (waiting.reach._replace(excluded=frozenset()), pool, queue)
        lots = self._lots.get(key)
        if lots is None:
            self._forget_too_many(self._lots)
            lots = self._lots[key] = Lots(waiting, pool, queue)
        self._catch_up(lots, pool)
        found = lots.draw(waiting.reach.excluded, chance)
        return None if found is None else self._agents[found]

    @staticmethod
    def _forget_too_many(shortlists: dict[Any, Any]) -> None:
        if len(shortlists) >= MOST_SHORTLISTS:
            shortlists.clear()

    def _catch_up(self, shortlist: Shortlist, pool: PoolName) -> None:
        self.enter()
        notes = self._notes.setdefault(pool, Notes())
        free = self._by_pool.get(pool, ())
        shortlist.catch_up(notes, free, self._agents, lambda agent: self._place(agent, pool))

    def _place(self, agent: AgentId, pool: PoolName) -> Place | None:
        return next((place for each, place in self._places.get(agent, ()) if each == pool), None)

    def alone(self, agent: Agent, waiting: WaitingClass, now: float) -> Candidate | None:
        """The free `agent` as a candidate for `waiting`, where it is known that nobody else is one."""
        for number, pool in enumerate(waiting.reach.pools):
            if pool in agent.pools and waiting.open_to(agent, pool):
                seat = agent.seats[agent.pools.index(pool)]
                place = seat.place(agent, self._entering.get(agent.id, now))
                return Candidate((number, place[0], place[1]), agent, place)
        return None
