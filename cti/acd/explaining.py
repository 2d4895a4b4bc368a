"""Why this agent and not that one? Each agent's standing towards a contact, in words and numbers. PURE.

Holds no rule of its own: who may take a contact, who is free and who goes first is asked of the functions that decide
(line.WaitingClass.open_to, Agent.free, strategy.seat); here it is only found out *which* part of the rule said no. The
same functions explain a live contact and a stored decision (with agents put together from their facts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from cti.acd.agent import Agent
from cti.acd.line import WaitingClass
from cti.model import policy
from cti.model.changes import Contender, Why
from cti.model.explanation import LostBy, Reason, Standing
from cti.model.policy import Strategy
from cti.model.pools import PoolKind, PoolName, group_pool, pool_parts, queue_pool
from cti.model.words import Activity, AgentId, AgentStatus

MAX_LISTED = 50

BUSY = {
    Activity.PREVIEW: Reason.PREVIEW,
    Activity.RINGING: Reason.RINGING,
    Activity.DIALLING: Reason.DIALLING,
    Activity.TALKING: Reason.TALKING,
    Activity.HOLD: Reason.HOLD,
    Activity.WRAPUP: Reason.WRAPUP,
}
RANK = {reason: number for number, reason in enumerate(Reason)}
NOT_HIS = frozenset((Reason.HELD, Reason.EXCLUDED, Reason.SKILL, Reason.PENALTY, Reason.LATER, Reason.ELSEWHERE))


class Place(NamedTuple):
    """Where a contact stands: its class, when it entered the queue, and until when whom it is not offered to again."""

    waiting: WaitingClass
    rules: policy.Queue
    entered_at: float
    tried: Mapping[AgentId, float]
    held: bool = False  # behind the shut gate of a blended queue (acd/blending.py)
    own_until: float = 0.0  # it waits for its own agents alone until then


def availability(agent: Agent, now: float) -> Standing:
    """How he stands whatever the contact: free, or the first thing that keeps him from being so."""
    if agent.free(now):
        return Standing(agent.id, Reason.FREE, idle_s=now - agent.idle_since)
    if agent.status is AgentStatus.LOGGED_OUT:
        return Standing(agent.id, Reason.LOGGED_OUT, for_s=now - agent.status_since)
    if agent.status is AgentStatus.ON_BREAK:
        return Standing(agent.id, Reason.ON_BREAK, detail=agent.reason, for_s=now - agent.status_since)
    if agent.activity in BUSY:
        left_s = None if agent.activity_until is None else max(0.0, agent.activity_until - now)
        return Standing(agent.id, BUSY[agent.activity], for_s=now - agent.activity_since, left_s=left_s)
    if agent.legs:
        return Standing(agent.id, Reason.ENGAGED)
    return Standing(agent.id, Reason.RESTING, left_s=agent.rest_until - now)


def standing(agent: Agent, place: Place, now: float) -> Standing:
    """How `agent` stands towards the contact at `place`."""
    waiting = place.waiting
    mine = [pool for pool in waiting.reach.pools if pool in agent.pools]
    if any(waiting.open_to(agent, pool) for pool in mine):
        found = availability(agent, now)
        return Standing(agent.id, Reason.HELD) if place.held and found.reason is Reason.FREE else found
    if not mine:
        begins = [at for pool, at in later_pools(place, now).items() if pool in agent.pools]
        if begins:
            return Standing(agent.id, Reason.LATER, left_s=min(begins) - now)
        return Standing(agent.id, Reason.ELSEWHERE)
    return _closed(agent, place, now)


def _closed(agent: Agent, place: Place, now: float) -> Standing:
    """Which part of WaitingClass.open_to said no."""
    reach = place.waiting.reach
    if agent.id in reach.excluded:
        until = place.tried.get(agent.id)
        return Standing(agent.id, Reason.EXCLUDED, left_s=None if until is None else max(0.0, until - now))
    for skill, need in reach.requires:
        have = agent.policy.skills.get(skill, 0)
        if have < need:
            enough = (ring.after_s for ring in place.rules.rings if ring.accept.get(skill, need) <= have)
            left = [at - now for at in (place.entered_at + after_s for after_s in enough) if at > now]
            left_s = min(left, default=None)
            return Standing(agent.id, Reason.SKILL, detail=skill, have=have, need=need, left_s=left_s)
    have = agent.policy.queues[reach.queue].penalty
    return Standing(agent.id, Reason.PENALTY, have=have, need=reach.min_penalty, most=reach.max_penalty)


def later_pools(place: Place, now: float) -> dict[PoolName, float]:
    """The pools that are not asked yet, and when they will be (epoch seconds)."""
    reach = place.waiting.reach
    own = queue_pool(reach.queue)
    found: dict[PoolName, float] = {}
    if own not in reach.pools:  # it waits for its own agents alone
        found[own] = max(place.entered_at + place.rules.preferred_for_s, place.own_until)
    for ring in place.rules.rings:
        for pool in (*map(group_pool, ring.groups), *map(queue_pool, ring.queues)):
            if pool not in reach.pools:
                found.setdefault(pool, place.entered_at + ring.after_s)
    return {pool: at for pool, at in found.items() if at > now}


def standings(
    center: policy.Center,
    place: Place,
    agents: Iterable[Agent],
    now: float,
    why: Why | None = None,
    chosen: Collection[AgentId] = (),
) -> tuple[tuple[Standing, ...], dict[str, int]]:
    """Everybody's standing: the chosen, the other free ones in order, who is busy, who may not; and all, counted.

    `why` of the decision, if one was made: then whom it compared is taken from it. Agents elsewhere are only counted.
    """
    compared = contenders(center, place, why, now, chosen) if why is not None else []
    known = {each.agent for each in compared}
    others = [standing(agent, place, now) for agent in agents if agent.id not in known]
    counts = Counter(each.reason.value for each in (*compared, *others))
    listed = [each for each in others if each.reason is not Reason.ELSEWHERE]
    listed.sort(key=lambda each: (RANK[each.reason] if each.reason in NOT_HIS else 0, *_soonest(each), each.agent))
    return tuple([*compared, *listed][:MAX_LISTED]), dict(counts)


def _soonest(each: Standing) -> tuple[bool, float, int]:
    left_s = 0.0 if each.reason is Reason.FREE else each.left_s
    return (left_s is None, left_s or 0.0, RANK[each.reason])


def contenders(
    center: policy.Center, place: Place, why: Why, now: float, chosen: Collection[AgentId]
) -> list[Standing]:
    """Those whom a decision compared: the chosen first, the others in order, each with what put him behind."""
    strategy = Strategy(why.rule)
    pools = place.waiting.reach.pools
    asked = [skill for skill, _ in place.waiting.reach.requires]
    found = []
    best = next((each for each in why.contenders if each.agent in chosen), None)
    for each in why.contenders:
        rule, figure = _figure(center, pools[each.pool], strategy, each, now, asked)
        found.append(
            Standing(
                each.agent,
                Reason.FREE,
                chosen=each.agent in chosen,
                lost_by=None if best is None or each.agent in chosen else lost_by(center, strategy, best, each, asked),
                rule=rule,
                figure=figure,
                idle_s=now - each.idle_since,
                pool=pools[each.pool],
                level=each.level,
                penalty=each.penalty,
            )
        )
    return sorted(found, key=lambda each: not each.chosen)


def _figure(
    center: policy.Center, pool: PoolName, strategy: Strategy, each: Contender, now: float, asked: Collection[str]
) -> tuple[str, float]:
    """What was compared of him, in the unit of the rule by which it was."""
    kind, name = pool_parts(pool)
    queue = center.queues.get(name) if kind is PoolKind.QUEUE else None
    agent = center.agents.get(each.agent)
    if strategy is Strategy.WEIGHTED_RANDOM and agent is not None and name in agent.queues:
        return strategy.value, agent.queues[name].weight
    if strategy is Strategy.BEST_SKILL and agent is not None:
        return strategy.value, float(sum(agent.skills.get(skill, 0) for skill in asked))
    rule = queue.strategy if queue is not None else Strategy.LONGEST_IDLE
    if rule in (Strategy.LEAST_OCCUPIED, Strategy.FEWEST_CONTACTS, Strategy.ROUND_ROBIN):
        return rule.value, each.figure
    if rule is Strategy.LINEAR:
        return rule.value, each.figure + 1
    return Strategy.LONGEST_IDLE.value, now - each.idle_since


def lost_by(
    center: policy.Center, strategy: Strategy, best: Contender, other: Contender, asked: Collection[str] = ()
) -> LostBy:
    """The first thing in which `other` was behind `best`, in the order of Seat.place; `asked`: the required skills."""
    for what, mine, his in (
        (LostBy.RING, other.pool, best.pool),
        (LostBy.LEVEL, other.level, best.level),
        (LostBy.PENALTY, other.penalty, best.penalty),
    ):
        if mine != his:
            return what
    if strategy is Strategy.WEIGHTED_RANDOM:
        return LostBy.LOT
    if strategy is Strategy.RING_ALL:
        return LostBy.MAXIMUM
    if strategy is Strategy.BEST_SKILL:
        skills = {each: center.agents[each].skills for each in (best.agent, other.agent) if each in center.agents}
        if len({sum(known.get(skill, 0) for skill in asked) for known in skills.values()}) > 1:
            return LostBy.FIGURE
    elif other.figure != best.figure:
        return LostBy.FIGURE
    if other.idle_since != best.idle_since:
        return LostBy.IDLE
    queues = {each: len(center.agents[each].queues) for each in (best.agent, other.agent) if each in center.agents}
    return LostBy.FLEXIBLE if len(set(queues.values())) > 1 else LostBy.NAME
