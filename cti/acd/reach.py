"""Who may take a contact now, and when will that change?

Agents look for contacts in *pools*: one for each of their queues, for each of their groups, and one of their own. The
reach of a contact says in which pools it can be found, with which requirements. It widens with time: that is data in
the queue's YAML.
"""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from cti.acd.contact import Contact, Requirements
from cti.model import policy
from cti.model.changes import Sought
from cti.model.pools import PoolKind, PoolName, group_pool, own_pool, pool_parts, queue_pool
from cti.model.words import AgentId, QueueName


class Reach(NamedTuple):
    """Contacts with the same reach are interchangeable but for their order."""

    queue: QueueName
    tier: int
    target_s: float
    pools: tuple[PoolName, ...]  # in the order in which they are asked
    requires: Requirements
    min_penalty: int
    max_penalty: int
    excluded: frozenset[AgentId]


def sought(reach: Reach) -> Sought:
    """`reach` for the stream of facts."""
    excluded = tuple(sorted(reach.excluded))  # a set has no order that would be the same every time
    least, most = reach.min_penalty, reach.max_penalty
    return Sought(reach.tier, reach.target_s, reach.pools, reach.requires, least, most, excluded)


def reach_of(queue: QueueName, told: Sought) -> Reach:
    """The reach that was told so."""
    least, most = told.min_penalty, told.max_penalty
    return Reach(queue, told.tier, told.target_s, told.pools, told.requires, least, most, frozenset(told.excluded))


def own_agents(reach: Reach) -> tuple[PoolName, ...]:
    """The pools of the contact's own agents: they come first."""
    return tuple(takewhile(lambda pool: pool_parts(pool)[0] is PoolKind.AGENT, reach.pools))


def pools_of(name: AgentId, agent: policy.Agent) -> tuple[PoolName, ...]:
    """Every pool in which `agent` looks for contacts."""
    return (*map(queue_pool, agent.queues), *map(group_pool, agent.groups), own_pool(name))


def ring_at(rules: policy.Queue, entered_at: float, now: float) -> tuple[int, float | None]:
    """How many rings have begun for who entered at `entered_at`, and when the next one does (epoch seconds)."""
    for number, step in enumerate(rules.rings):
        begins = entered_at + step.after_s
        if now < begins:
            return number, begins
    return len(rules.rings), None


def widen(
    rules: policy.Queue, contact: Contact, now: float, preferred: tuple[AgentId, ...]
) -> tuple[Reach, int, float | None]:
    """The reach of `contact` at `now`, the number of its ring, and when the next ring begins (epoch seconds).

    `preferred`: those of its own agents who are there. They are asked alone at first and before others ever after,
    and need no skill (at `preferred_for_s` 0 they are nobody special). A call-out may be theirs alone for longer.
    """
    excluded = frozenset(agent for agent, until in contact.tried.items() if until > now)
    own_until = contact.callout.own_until if contact.callout is not None and contact.preferred else 0.0
    if now < own_until:
        theirs = tuple(map(own_pool, contact.preferred))
        return Reach(contact.queue, contact.tier, contact.target_s, theirs, (), 0, 1000, excluded), 0, own_until
    begins = contact.entered_at + rules.preferred_for_s
    if preferred and now < begins and not excluded.issuperset(preferred):
        pools = tuple(map(own_pool, preferred))
        return Reach(contact.queue, contact.tier, contact.target_s, pools, (), 0, 1000, excluded), 0, begins
    requires = dict(contact.requires)
    asked = [*(map(own_pool, preferred) if rules.preferred_for_s > 0 else ()), queue_pool(contact.queue)]
    least, most = rules.min_penalty, rules.max_penalty
    ring, next_at = ring_at(rules, contact.entered_at, now)
    for step in rules.rings[:ring]:
        for skill, level in step.accept.items():
            if skill in requires:
                requires[skill] = min(level, requires[skill])
        asked += [group_pool(group) for group in step.groups]
        asked += [queue_pool(queue) for queue in step.queues]
        least = step.min_penalty if step.min_penalty is not None else least
        most = step.max_penalty if step.max_penalty is not None else most
    needs = tuple(sorted((skill, level) for skill, level in requires.items() if level > 0))
    pools = tuple(dict.fromkeys(asked))
    return Reach(contact.queue, contact.tier, contact.target_s, pools, needs, least, most, excluded), ring, next_at
