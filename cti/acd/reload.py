"""The operator has another policy: what of it is refused, and what does it change for those who are here?

It holds for those who wait already too. Nothing that a live call uses is taken away under it.
"""

from __future__ import annotations

from collections import Counter

from cti.acd import agents, new_rules, nodes, presence
from cti.acd.agent import Agent
from cti.acd.floor import Floor
from cti.model.changes import Changed, Kind, Refused
from cti.model.events import PolicyChanged
from cti.model.policy import Center
from cti.model.words import Activity, AgentId, AgentStatus, QueueName, RefusedReason

_WORKS = (Activity.PREVIEW, Activity.RINGING, Activity.DIALLING, Activity.TALKING, Activity.HOLD)


def request(floor: Floor, asked: PolicyChanged) -> Refused | None:
    """Take over the policy, or say what live calls still use of the old one. That it holds is told as CONFIG."""
    used = in_use(floor, asked.policy)
    if used:
        return Refused(RefusedReason.IN_USE, "; ".join(used))
    old, before = floor.policy, floor.policy_version
    try:
        _hold(floor, asked.policy, asked.version)
    except Exception:  # a bug of ours: half of it would hold, and nobody would be told
        _hold(floor, old, before)
        raise
    floor.tell(Changed(Kind.CONFIG, "policy", before, asked.version, floor.now, floor.cause, by=asked.by))
    presence.nobody_left(floor)
    return None


def _hold(floor: Floor, policy: Center, version: str) -> None:
    old = floor.policy
    floor.govern(policy, version)
    _change_agents(floor, old)
    nodes.follow_policy(floor, old)
    new_rules.apply(floor, old, staff_changed=frozenset(map(AgentId, old.agents.keys() ^ policy.agents.keys())))


def in_use(floor: Floor, new: Center) -> list[str]:
    """What `new` no longer has although live calls use it, each as one clause."""
    wanted = [contact.queue for contact in floor.contacts.values()]
    wanted += [
        QueueName(contact.leaving.to.queue)
        for contact in floor.contacts.values()
        if contact.leaving is not None and contact.leaving.to.queue is not None
    ]
    callers = Counter(queue for queue in wanted if queue and queue not in new.queues)
    used = [f"queue {queue}: {count} callers" for queue, count in sorted(callers.items())]
    gone = (agent for agent in floor.agents.values() if agent.id not in new.agents)
    used += nodes.in_use(floor, new)
    return used + [f"agent {agent.id}: {agent.activity}" for agent in gone if agent.activity in _WORKS]


def _change_agents(floor: Floor, old: Center) -> None:
    new = floor.policy
    for agent_id in [agent_id for agent_id in floor.agents if agent_id not in new.agents]:
        _dismiss(floor, floor.agents[agent_id])
    reordered = list(old.agents) != list(new.agents)
    reseated = {
        name
        for name, rules in new.queues.items()
        if name not in old.queues or old.queues[name].strategy is not rules.strategy
    }
    for number, (name, rules) in enumerate(new.agents.items()):
        agent = floor.agents.get(AgentId(name))
        if agent is None:
            agent = floor.staff.hire(AgentId(name), number, rules, new)
            agent.idle_since = agent.status_since = agent.activity_since = agent.logged_in_at = floor.now
            agent.status = AgentStatus.LOGGED_OUT
            if AgentStatus(rules.starts) is AgentStatus.AVAILABLE:
                floor.move_status(agent, AgentStatus.AVAILABLE, by="policy")
        elif (
            reordered or not reseated.isdisjoint(rules.queues) or (agent.policy is not rules and agent.policy != rules)
        ):
            _leave_pools(floor, agent)
            floor.staff.instruct(agent, number, rules, new)
        floor.limit_break(agent)
        floor.refresh(agent)
        if agent.id in floor.free:
            floor.freed.add(agent.id)
    floor.staffed = Counter(
        queue
        for agent in floor.agents.values()
        if agent.status is AgentStatus.AVAILABLE
        for queue in agent.policy.queues
    )


def _dismiss(floor: Floor, agent: Agent) -> None:
    """He is no agent of ours any more. His phone may do what it likes."""
    if agent.status is not AgentStatus.LOGGED_OUT:
        floor.move_status(agent, AgentStatus.LOGGED_OUT, by="policy")
    if agent.activity is Activity.WRAPUP:
        agents.end_wrapup(floor, agent)
    _leave_pools(floor, agent)
    for leg in list(agent.legs):
        floor.leg_went(agent, leg)
    for what in ("wrapup", "break", "rest"):
        floor.deadlines.cancel(what, agent.id)
    floor.staff.dismiss(agent)


def _leave_pools(floor: Floor, agent: Agent) -> None:
    """He stands in no list of free agents until `refresh` finds him free again."""
    floor.free.remove(agent.id)
    floor.freed.discard(agent.id)
