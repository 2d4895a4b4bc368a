"""Which agents are free, in the order in which each pool would ring them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sortedcontainers import SortedList

from cti.acd.agent import Agent
from cti.acd.line import WaitingClass
from cti.acd.strategy import Candidate, Place
from cti.model.words import AgentId


class FreeAgents:
    """The free agents of every pool, kept in the order of its strategy.

    Who has just become free enters the pools only when somebody looks into them: most often he is given a contact in
    the same moment, and then he never stood there.
    """

    def __init__(self, agents: Mapping[AgentId, Agent]) -> None:
        self._agents = agents
        self._by_pool: dict[str, SortedList] = {}
        self._places: dict[AgentId, list[tuple[str, Place]]] = {}
        self._entering: dict[AgentId, float] = {}  # since when he is free

    def __contains__(self, agent: AgentId) -> bool:
        return agent in self._places or agent in self._entering

    def add(self, agent: Agent, now: float) -> None:
        self._entering[agent.id] = now

    def remove(self, agent: AgentId) -> None:
        if self._entering.pop(agent, None) is None:
            for pool, key in self._places.pop(agent, ()):
                self._by_pool[pool].remove(key)

    def _enter(self) -> None:
        for agent_id, since in self._entering.items():
            agent = self._agents[agent_id]
            self._places[agent_id] = places = [(each.pool, each.place(agent, since)) for each in agent.seats]
            for pool, key in places:
                free = self._by_pool.get(pool)
                if free is None:
                    free = self._by_pool[pool] = SortedList()
                free.add(key)
        self._entering.clear()

    def before(self, agent: AgentId, pool: str) -> int | None:
        """How many free agents `pool` would ring before `agent`; None where he is not free, or not in it."""
        self._enter()
        place = dict(self._places.get(agent, ())).get(pool)
        return None if place is None else self._by_pool[pool].index(place)

    def count(self, pool: str) -> int:
        self._enter()
        return len(self._by_pool.get(pool, ()))

    def for_class(self, waiting: WaitingClass) -> Iterator[Candidate]:
        """The free agents who may take a contact of `waiting`: pool after pool, each in its strategy's order."""
        self._enter()
        seen: set[AgentId] = set()
        for number, pool in enumerate(waiting.reach.pools):
            for key in self._by_pool.get(pool, ()):
                agent = self._agents[key[-1]]
                if agent.id not in seen and waiting.open_to(agent, pool):
                    seen.add(agent.id)
                    yield Candidate((number, key[0], key[1]), agent, key)

    def alone(self, agent: Agent, waiting: WaitingClass, now: float) -> Candidate | None:
        """The free `agent` as a candidate for `waiting`, where it is known that nobody else is one."""
        for number, pool in enumerate(waiting.reach.pools):
            if pool in agent.pools and waiting.open_to(agent, pool):
                seat = agent.seats[agent.pools.index(pool)]
                place = seat.place(agent, self._entering.get(agent.id, now))
                return Candidate((number, place[0], place[1]), agent, place)
        return None
