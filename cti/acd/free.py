"""Which agents are free, in the order in which each queue would ring them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sortedcontainers import SortedList

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.strategy import Place, place
from cti.model.words import AgentId, QueueName


class FreeAgents:
    """The free agents of every queue, kept in strategy order."""

    def __init__(self, agents: Mapping[AgentId, Agent]) -> None:
        self._agents = agents
        self._by_queue: dict[QueueName, SortedList] = {}
        self._places: dict[AgentId, list[tuple[QueueName, Place]]] = {}

    def __contains__(self, agent: AgentId) -> bool:
        return agent in self._places

    def add(self, agent: Agent) -> None:
        places = [(QueueName(queue), place(agent, member)) for queue, member in agent.policy.queues.items()]
        self._places[agent.id] = places
        for queue, key in places:
            self._by_queue.setdefault(queue, SortedList()).add(key)

    def remove(self, agent: AgentId) -> None:
        for queue, key in self._places.pop(agent, ()):
            self._by_queue[queue].remove(key)

    def for_contact(self, contact: Contact) -> Iterator[Agent]:
        """The free agents who may take `contact`, best first."""
        assert contact.class_key is not None
        _, _, requires, excluded = contact.class_key
        for key in self._by_queue.get(contact.queue, ()):
            agent = self._agents[key[-1]]
            if agent.id not in excluded and agent.meets(requires):
                yield agent
