"""Who works here, and whose is this phone?"""

from __future__ import annotations

from cti.acd.agent import Agent
from cti.acd.reach import pools_of
from cti.acd.strategy import seat
from cti.model import policy
from cti.model.pools import PoolName
from cti.model.words import AgentId, AgentStatus


class Staff:
    """Everyone who works here, by name and by phone (technology/endpoint)."""

    def __init__(self, center: policy.Center) -> None:
        self.agents: dict[AgentId, Agent] = {}
        self.by_phone: dict[str, Agent] = {}
        self.by_pool: dict[PoolName, dict[AgentId, Agent]] = {}  # who looks for contacts there, at work or not
        for number, (name, rules) in enumerate(center.agents.items()):
            self.hire(AgentId(name), number, rules, center)

    def hire(self, name: AgentId, number: int, rules: policy.Agent, center: policy.Center) -> Agent:
        """A new agent, `number` in the order of the configuration."""
        agent = self.agents[name] = Agent(name, rules, AgentStatus(rules.starts))
        self.instruct(agent, number, rules, center)
        return agent

    def instruct(self, agent: Agent, number: int, rules: policy.Agent, center: policy.Center) -> None:
        """What holds for him from now on. He must stand in no list of free agents: his places there change."""
        self._forget(agent)
        agent.policy, agent.number, agent.pools = rules, number, pools_of(agent.id, rules)
        agent.seats = tuple(seat(center, pool, agent) for pool in agent.pools)
        self.by_phone.update(dict.fromkeys(rules.channels, agent))
        for pool in agent.pools:
            self.by_pool.setdefault(pool, {})[agent.id] = agent

    def dismiss(self, agent: Agent) -> None:
        """He works here no longer."""
        self._forget(agent)
        del self.agents[agent.id]

    def _forget(self, agent: Agent) -> None:
        for pool in agent.pools:
            self.by_pool[pool].pop(agent.id)
        for phone in agent.policy.channels:
            if self.by_phone.get(phone) is agent:
                del self.by_phone[phone]
