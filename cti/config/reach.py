"""Who can ever get a contact of a queue, ring after ring? PURE: the policy in, sets of agents and findings out.

The same rules as acd/reach.py, without time: each ring adds groups and queues, lowers requirements, replaces the
penalty range (which holds for the queue's own members).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from cti.config.finding import Finding, in_words, meets, strictest
from cti.model.policy import Agent, Center, Queue


class Step(NamedTuple):
    """What holds from a ring on; the first step is the queue without its rings."""

    groups: tuple[str, ...]
    queues: tuple[str, ...]
    accept: Mapping[str, int]
    least: int
    most: int


class Map:
    """The centre, seen from its queues: who belongs where."""

    def __init__(self, center: Center) -> None:
        self.center = center
        self.members: dict[str, dict[str, Agent]] = {name: {} for name in center.queues}
        self.groups: dict[str, dict[str, Agent]] = {}
        for name, agent in center.agents.items():
            for queue in agent.queues:
                self.members.setdefault(queue, {})[name] = agent
            for group in agent.groups:
                self.groups.setdefault(group, {})[name] = agent

    def asked(self, queue: str, step: Step) -> dict[str, Agent]:
        """Return who is asked in a step, whatever skills it takes."""
        found = {
            name: agent
            for name, agent in self.members[queue].items()
            if step.least <= agent.queues[queue].penalty <= step.most
        }
        for group in step.groups:
            found |= self.groups.get(group, {})
        for other in step.queues:
            if other != queue:
                found |= self.members.get(other, {})
        return found

    def served_by(self, queue: str, requires: Mapping[str, int]) -> list[set[str]]:
        """Return who may take a contact of `queue` that needs `requires`, for each of its steps."""
        found = []
        for step in steps(self.center.queues[queue]):
            needs = {skill: min(level, step.accept.get(skill, level)) for skill, level in requires.items()}
            found.append({name for name, agent in self.asked(queue, step).items() if meets(agent, needs)})
        return found

    def ever_asked(self, queue: str) -> set[str]:
        """Return who is asked in any step, whatever skills it takes."""
        return {name for step in steps(self.center.queues[queue]) for name in self.asked(queue, step)}

    @cached_property
    def served(self) -> dict[str, set[str]]:
        """Of each queue: who may take a contact of it in any step, without what an entry asks for besides."""
        return {
            name: set[str]().union(*self.served_by(name, queue.requires)) for name, queue in self.center.queues.items()
        }


def steps(queue: Queue) -> list[Step]:
    """Return the queue's reach before its first ring and after each."""
    step = Step((), (), {}, queue.min_penalty, queue.max_penalty)
    found = [step]
    for ring in queue.rings:
        accept = dict(step.accept)
        for skill, level in ring.accept.items():
            accept[skill] = min(level, accept.get(skill, level))
        step = Step(
            step.groups + ring.groups,
            step.queues + ring.queues,
            accept,
            step.least if ring.min_penalty is None else ring.min_penalty,
            step.most if ring.max_penalty is None else ring.max_penalty,
        )
        found.append(step)
    return found


def staffing(center: Center) -> Iterator[Finding]:
    """Find queues nobody serves, and agents who are asked by a queue and can never take its calls."""
    seen = Map(center)
    for name, queue in center.queues.items():
        here, asked = ("queues", name), seen.ever_asked(name)
        if not asked:
            wait = "for ever" if queue.max_wait_s is None else f"{queue.max_wait_s:g} s in vain"
            text = f"nobody is a member of this queue: its callers wait {wait}; add it to an agent's queues"
            if seen.members[name]:
                text = f"every member's penalty is outside this queue's range: its callers wait {wait}"
            yield Finding(here, text)
            continue
        able = seen.served[name]
        if not able:
            where = " even in the widest ring" if queue.rings else ""
            text = f"no member of {name} meets {in_words(queue.requires)}{where}: nobody is ever served"
            yield Finding((*here, "requires"), text)
            continue
        yield from _useless_members(seen, name, queue, asked)


def _useless_members(seen: Map, name: str, queue: Queue, asked: set[str]) -> Iterator[Finding]:
    lowest = dict(queue.requires)
    for skill, level in steps(queue)[-1].accept.items():
        if skill in lowest:
            lowest[skill] = min(level, lowest[skill])
    ranges = {(step.least, step.most) for step in steps(queue)}
    elsewhere = set[str]()
    for ring in queue.rings:
        elsewhere |= {agent for group in ring.groups for agent in seen.groups.get(group, ())}
    for lacking, agent in seen.members[name].items():
        if lacking in asked and lacking not in seen.served[name]:
            lack = {skill: level for skill, level in lowest.items() if agent.skills.get(skill, 0) < level}
            if lack:
                text = f"{lacking} gets no call of {name}: lacks {in_words(lack)}"
                yield Finding(("agents", lacking, "queues", name), text)
        elif lacking not in asked and lacking not in elsewhere:
            penalty = agent.queues[name].penalty
            known = " or ".join(f"{least} to {most}" for least, most in sorted(ranges))
            text = f"{lacking} gets no call of {name}: penalty {penalty} is never within {known}"
            yield Finding(("agents", lacking, "queues", name, "penalty"), text)


def unreachable_agents(center: Center) -> Iterator[Finding]:
    """Find agents whom no queue ever asks, by any of its rings, and groups that no ring adds."""
    added = {group for queue in center.queues.values() for ring in queue.rings for group in ring.groups}
    preferred = {agent for entry in center.entries.values() for agent in entry.preferred}
    idle_groups = set[str]()
    for name, agent in center.agents.items():
        if not agent.queues and name not in preferred and not added.intersection(agent.groups):
            text = f"{name} is in no queue and gets no calls; add queues: [...]"
            if agent.groups:
                text = f"{name} is in no queue, and no ring adds {' or '.join(agent.groups)}: gets no calls"
            yield Finding(("agents", name), text)
        for group in agent.groups:
            if group not in added and group not in idle_groups:
                idle_groups.add(group)
                yield Finding(("agents", name, "groups"), f"no queue's ring adds the group {group}: it does nothing")


def rings(center: Center) -> Iterator[Finding]:
    """Find rings that add nobody, never begin, stand in the wrong order, or ask an empty range of penalties."""
    seen = Map(center)
    for name, queue in center.queues.items():
        here = ("queues", name)
        if queue.min_penalty > queue.max_penalty:
            text = f"more than max_penalty {queue.max_penalty}: no member is asked"
            yield Finding((*here, "min_penalty"), text, is_error=True)
        if not queue.rings:
            continue
        asks = [strictest(queue.requires, entry.requires) for entry in center.entries.values() if entry.queue == name]
        served = [seen.served_by(name, requires) for requires in (queue.requires, *asks)]
        before, after_s = steps(queue)[0], 0.0
        for number, (ring, step) in enumerate(zip(queue.rings, steps(queue)[1:], strict=True)):
            place = (*here, "rings", number)
            if ring.after_s < after_s:
                text = f"begins before the ring above it ({after_s:g} s); put rings in the order of time"
                yield Finding((*place, "after_s"), text, is_error=True)
            after_s = max(after_s, ring.after_s)
            if queue.max_wait_s is not None and ring.after_s >= queue.max_wait_s:
                yield Finding((*place, "after_s"), f"never begins: max_wait_s is {queue.max_wait_s:g}")
            if step.least > step.most and (step.least, step.most) != (before.least, before.most):
                text = f"the penalties asked from here on are {step.least} to {step.most}: no member is asked"
                yield Finding(place, text, is_error=True)
            elif all(now[number] == now[number + 1] for now in served):
                yield Finding(place, f"adds nobody to those before it{_why_nobody(ring.accept, asks, queue)}")
            before = step


def _why_nobody(accept: Mapping[str, int], asks: list[dict[str, int]], queue: Queue) -> str:
    unasked = sorted(skill for skill in accept if all(skill not in needs for needs in (queue.requires, *asks)))
    return f"; nothing here requires {' or '.join(unasked)}" if unasked else ""


def entries(center: Center) -> Iterator[Finding]:
    """Find numbers whose callers nobody can serve, and preferred agents who are asked for nothing."""
    seen = Map(center)
    if not center.entries:
        yield Finding((), "no entries: a caller reaches a queue only if your dialplan sets CTI_QUEUE")
    for number, entry in center.entries.items():
        queue = center.queues.get(entry.queue or "")
        if entry.queue is None or queue is None or not seen.served[entry.queue]:
            continue
        needed = strictest(queue.requires, entry.requires)
        if entry.requires and not any(seen.served_by(entry.queue, needed)):
            where = " even in the widest ring" if queue.rings else ""
            text = f"no member of {entry.queue} meets {in_words(needed)}{where}: nobody serves callers of this number"
            yield Finding(("entries", number, "requires"), text)
        if entry.preferred and queue.preferred_for_s == 0:
            text = f"asked for 0 s: preferred_for_s of {entry.queue} is 0"
            yield Finding(("entries", number, "preferred"), text)
        if entry.preferred and queue.max_wait_s is not None and queue.preferred_for_s > queue.max_wait_s:
            text = f"asked alone for {queue.preferred_for_s:g} s, longer than max_wait_s {queue.max_wait_s:g}"
            yield Finding(("entries", number, "preferred"), f"{text}: nobody else is ever asked")
    for name, queue in center.queues.items():
        longest_s = queue.max_wait_s
        if "preferred_for_s" in queue.model_fields_set and longest_s is not None and queue.preferred_for_s > longest_s:
            text = f"longer than max_wait_s {longest_s:g}: where a preferred agent is there, nobody else is ever asked"
            yield Finding(("queues", name, "preferred_for_s"), text)
