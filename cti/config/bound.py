"""How long can others go first? The starvation bound of each queue, from the policy alone. PURE.

Urgency is (head start + time waited) / target. A contact of queue k that has waited w stands at (h_k + w) / t_k; one
that begins to wait in queue j at that moment stands at H_j / t_j at the most. So from
    w_k = max(0, t_k * max_j(H_j / t_j) - h_k)
on, a contact of k goes before whoever begins to wait then, in any queue j of the same tier that shares agents with k.
That is the bound. It does not say how long a contact waits: that depends on load.

Who began earlier, or waits in a queue whose urgency grows faster (t_j < t_k), may still pass it later: at the moment
when it has waited w, only those who began within the first
    a_j(w) = H_j - h_k * t_j / t_k + w * (1 - t_j / t_k)
seconds of its wait. So the share 1 - t_j / t_k of its wait tells how many can pass: none where targets are equal.

(Accumulating priority: Kleinrock 1964; Stanford, Taylor and Ziedins 2014.) A queue of a more urgent tier always goes
first: where one shares agents with k, there is no bound.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from cti.config.check import exits
from cti.config.reach import Map
from cti.model.policy import Center, Queue


class Bound(NamedTuple):
    """The starvation bound of one queue; `bound_s` is None where there is none."""

    queue: str
    tier: int
    bound_s: float | None
    before: tuple[str, ...]  # queues of a more urgent tier that share agents: why there is no bound
    passing_share: float  # of a contact's wait: who began later than that can never pass it
    passing_s: float  # and so many seconds of it besides


def bounds(center: Center) -> list[Bound]:
    """Return the bound of every queue, in the order of the configuration."""
    rivals = _rivals(center)
    from_entry_s = _from_entries_s(center)
    most_s = {name: _most_head_start_s(queue) + from_entry_s[name] for name, queue in center.queues.items()}
    return [_bound(center, name, rivals[name], most_s) for name in center.queues]


def in_words(bound: Bound) -> str:
    """Return one line for an operator."""
    if bound.bound_s is None:
        shown = ", ".join(bound.before[:3]) + (f" and {len(bound.before) - 3} more" if len(bound.before) > 3 else "")
        verbs = ("always goes", "shares") if len(bound.before) == 1 else ("always go", "share")
        return f"{bound.queue}: no starvation bound: {shown} {verbs[0]} first (tier) and {verbs[1]} its agents"
    text = f"{bound.queue}: starvation bound {bound.bound_s:g} s: "
    if bound.bound_s:
        text += "who has waited so long here goes before everybody who begins to wait then"
    else:
        text += "who waits here goes before everybody who comes later"
    if not bound.passing_share:
        return text
    first = f"the first {bound.passing_share:.0%} of its wait"
    more = f" + {bound.passing_s:g} s" if bound.passing_s > 0 else ""
    return f"{text}; only who began in {first}{more} can pass it later"


def _bound(center: Center, name: str, rivals: set[str], most_s: dict[str, float]) -> Bound:
    queue = center.queues[name]
    before = tuple(each for each in center.queues if each in rivals and center.queues[each].tier < queue.tier)
    equal = [each for each in center.queues if each in rivals | {name} and center.queues[each].tier == queue.tier]
    target_s, least_s = _slope_s(queue), queue.head_start_s
    ratios = {each: _slope_s(center.queues[each]) / target_s for each in equal}
    bound_s = max(0.0, max(most_s[each] / ratios[each] for each in equal) - least_s)
    faster = [each for each in equal if ratios[each] < 1]
    share = max((1 - ratios[each] for each in faster), default=0.0)
    besides_s = max((most_s[each] - least_s * ratios[each] for each in faster), default=0.0)
    shown_s = None if before else math.ceil(bound_s * 10) / 10
    return Bound(name, queue.tier, shown_s, before, round(share, 4), round(max(0.0, besides_s), 1))


def _slope_s(queue: Queue) -> float:
    return queue.urgency_target_s or queue.target_s


def _most_head_start_s(queue: Queue) -> float:
    return queue.head_start_s + max((start.seconds for start in queue.head_starts), default=0.0)


def _from_entries_s(center: Center) -> dict[str, float]:
    """The most that callers of a queue may have brought along: it stays with them through every exit."""
    most_s = dict.fromkeys(center.queues, 0.0)
    for entry in sorted(center.entries.values(), key=lambda entry: -entry.head_start_s):
        ahead = [entry.queue] if entry.queue is not None else []
        while ahead:
            name = ahead.pop()
            if most_s[name] < entry.head_start_s:
                most_s[name] = entry.head_start_s
                ahead += [leave.queue for _, leave in exits(center.queues[name]) if leave.queue is not None]
    return most_s


def _rivals(center: Center) -> dict[str, set[str]]:
    """Of each queue: the others that ask some of its agents, in any of their rings."""
    seen = Map(center)
    asking: dict[str, set[str]] = {}
    for name in center.queues:
        for agent in seen.ever_asked(name):
            asking.setdefault(agent, set()).add(name)
    rivals: dict[str, set[str]] = {name: set() for name in center.queues}
    for queues in {frozenset(each) for each in asking.values()}:  # most agents are like others
        for name in queues:
            rivals[name] |= queues
    return {name: others - {name} for name, others in rivals.items()}
