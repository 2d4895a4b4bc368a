"""When is nobody asked for a contact that somebody could take earlier or later? PURE: the policy in, findings out.

Looks at each stretch of the wait between two rings. Who is asked in a step is config/reach.py's; whether anybody ever
is, too: a queue without anybody is told there, not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import inf
from typing import NamedTuple

from cti.config.finding import Finding, in_words, strictest
from cti.config.reach import Map, steps
from cti.model.policy import Queue


class Gap(NamedTuple):
    """From `begins_s` to `ends_s` of the wait (inf: for ever) nobody is asked; `step` is the one it begins with."""

    begins_s: float
    ends_s: float
    step: int


def gaps(seen: Map) -> Iterator[Finding]:
    """Find stretches of the wait in which nobody may take a contact, where somebody may before or after."""
    for name, queue in seen.center.queues.items():
        if any(step.least > step.most for step in steps(queue)):
            continue  # an error by itself, with its place
        own = [entry for entry in seen.center.entries.values() if entry.queue == name]
        if not own or not all(_has_own_agents(queue, entry.preferred) for entry in own):
            for gap in _gaps(seen, name, queue.requires):
                place = ("rings", gap.step - 1) if gap.step else ("requires",) if queue.requires else ()
                yield Finding(("queues", name, *place), _text(seen, name, queue.requires, gap))
        known = set(_gaps(seen, name, queue.requires))
        for number, entry in seen.center.entries.items():
            if entry.queue != name or not entry.requires or _has_own_agents(queue, entry.preferred):
                continue
            needs = strictest(queue.requires, entry.requires)
            for gap in _gaps(seen, name, needs):
                if gap not in known:
                    yield Finding(("entries", number, "requires"), _text(seen, name, needs, gap))


def _has_own_agents(queue: Queue, preferred: tuple[str, ...]) -> bool:
    """Own agents are asked first and ever after, whatever the rings say (acd/reach.py)."""
    return bool(preferred) and queue.preferred_for_s > 0


def _gaps(seen: Map, name: str, requires: Mapping[str, int]) -> list[Gap]:
    queue = seen.center.queues[name]
    served = seen.served_by(name, requires)
    if not any(served):
        return []
    most_s = inf if queue.max_wait_s is None else queue.max_wait_s
    begins_s = [0.0, *(min(ring.after_s, most_s) for ring in queue.rings), most_s]
    found: list[Gap] = []
    for step, (begin_s, end_s) in enumerate(pairwise(begins_s)):
        if served[step] or begin_s >= end_s:
            continue
        if found and found[-1].ends_s == begin_s:
            found[-1] = found[-1]._replace(ends_s=end_s)
        else:
            found.append(Gap(begin_s, end_s, step))
    return found


def _text(seen: Map, name: str, requires: Mapping[str, int], gap: Gap) -> str:
    queue = seen.center.queues[name]
    step = steps(queue)[gap.step]
    until = f"to {gap.ends_s:g} s" if gap.ends_s < inf else "on"
    text = f"from {gap.begins_s:g} s {until} nobody is asked: "
    if seen.asked(name, step):
        needs = {skill: min(level, step.accept.get(skill, level)) for skill, level in requires.items()}
        needs = {skill: level for skill, level in needs.items() if level > 0}
        return f"{text}none of {name}'s agents meets {in_words(needs)} then; accept less or train somebody"
    if not seen.members[name]:
        return f"{text}{name} has no members of its own, and no ring has added others yet"
    text += f"no member's penalty is within {step.least} to {step.most}"
    return f"{text}; a ring's range replaces the one before it" if gap.step else text
