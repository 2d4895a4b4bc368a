"""What in a valid configuration contradicts itself or will disappoint its operator? PURE: settings in, findings out.

An error is what cannot work; a warning is what works otherwise than its author most likely meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from cti.config import campaigns, gaps, nodes, plumbing, reach
from cti.config.finding import Finding
from cti.model.policy import Blending, Center, Exit, Queue, Strategy
from cti.suggest import did_you_mean

if TYPE_CHECKING:
    from cti.config.settings import Settings


CONTEXTS = ("cti-inbound", "cti-agent", "cti-fallback", "cti-outbound")  # asterisk/etc/extensions_cti.conf


def find(settings: Settings) -> list[Finding]:
    """Return everything found, in no particular order."""
    return [*find_in_policy(settings), *plumbing.find(settings)]


def find_in_policy(center: Center) -> list[Finding]:
    """Return what is found in the policy alone."""
    return [finding for check in POLICY_CHECKS for finding in check(center)]


def _gaps(center: Center) -> Iterator[Finding]:
    return gaps.gaps(reach.Map(center))


def _times(center: Center) -> Iterator[Finding]:
    for name, queue in center.queues.items():
        here, longest = ("queues", name), queue.max_wait_s
        if longest is None:
            if queue.on_max_wait != Exit():
                yield Finding((*here, "on_max_wait"), "never happens: there is no max_wait_s")
        else:
            if longest < queue.ring_timeout_s:
                text = f"shorter than ring_timeout_s {queue.ring_timeout_s:g}: a caller leaves while a phone rings"
                yield Finding((*here, "max_wait_s"), text)
            if queue.target_s > longest:
                text = f"longer than max_wait_s {longest:g}: every caller who is served at all is served in time"
                yield Finding((*here, "target_s"), text)
        if queue.max_waiting is None and queue.on_full != Exit():
            yield Finding((*here, "on_full"), "never happens: there is no max_waiting")
        if queue.hours is None and queue.on_closed != Exit():
            yield Finding((*here, "on_closed"), "never happens: the queue names no hours, so it is always open")
        if queue.strategy is Strategy.RING_PROGRESSIVELY and queue.ring_more_every_s >= queue.ring_timeout_s:
            text = f"never happens: the ring is over after {queue.ring_timeout_s:g} s"
            yield Finding((*here, "ring_more_every_s"), text)
        if queue.blending is not None:
            yield from _blending(center, name, queue.blending)
        yield from _announcements(queue, here)


def _announcements(queue: Queue, here: tuple[str, ...]) -> Iterator[Finding]:
    told = queue.announce
    if told is None:
        return
    if not (told.position or told.wait or told.play):
        yield Finding((*here, "announce"), "says nothing: set position, wait or play")
    if "longer_than_min" in told.model_fields_set and not told.wait:
        yield Finding((*here, "announce", "longer_than_min"), "never said: the wait is told only with wait: true")
    if queue.max_wait_s is not None and told.first_after_s >= queue.max_wait_s:
        text = f"never heard: max_wait_s is {queue.max_wait_s:g}"
        yield Finding((*here, "announce", "first_after_s"), text)


def _blending(center: Center, name: str, blending: Blending) -> Iterator[Finding]:
    here = ("queues", name, "blending")
    members = sum(name in agent.queues for agent in center.agents.values())
    if blending.begins.free_at_least > members:
        text = f"never happens: {blending.begins.free_at_least} must be free, and {members} serve {name}"
        yield Finding((*here, "begins", "free_at_least"), text)
    for number, other in enumerate(blending.behind):
        if other == name or (other in center.queues and center.queues[other].blending is not None):
            text = f"{other} is blended itself: only callers of other queues can go before"
            yield Finding((*here, "behind", str(number)), text)


def exits(queue: Queue) -> Iterator[tuple[tuple[str, ...], Exit]]:
    """Yield every way out of `queue` with its place in it."""
    yield ("on_max_wait",), queue.on_max_wait
    yield ("on_full",), queue.on_full
    if queue.on_nobody is not None:
        yield ("on_nobody",), queue.on_nobody
    if queue.on_long_wait is not None:
        yield ("on_long_wait", "to"), queue.on_long_wait.to
    if queue.hours is not None:
        yield ("on_closed",), queue.on_closed
    for digit, leave in queue.keys.items():
        yield ("keys", digit), leave


def flows_of(queue: Queue) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each flow that a way out of `queue` leads to, or that begins by itself in its line, with its place."""
    yield from (((*where, "flow"), leave.flow) for where, leave in exits(queue) if leave.flow is not None)
    if queue.while_waiting is not None:
        yield ("while_waiting", "flow"), queue.while_waiting.flow


def _exits_lead_somewhere(center: Center) -> Iterator[Finding]:
    for name, queue in center.queues.items():
        for where, leave in exits(queue):
            here = ("queues", name, *where)
            if leave.queue is not None and leave.goto is not None:
                yield Finding(here, "leads to a queue and to a goto; keep one of them", is_error=True)
            if leave.queue == name and where[0] == "keys":
                yield Finding((*here, "queue"), f"key {where[1]} leads to {name} itself")


def _gotos(center: Center) -> Iterator[Finding]:
    for name, queue in center.queues.items():
        for where, leave in exits(queue):
            context = (leave.goto or CONTEXTS[0]).partition(",")[0]
            if context not in CONTEXTS:
                near = did_you_mean(context, CONTEXTS)
                text = f"{context} is not one of our contexts{near}; callers are lost there unless you have it yourself"
                yield Finding(("queues", name, *where, "goto"), text)


AT_ONCE, IN_TIME, BY_HAND = 0, 1, 2


def _circles(center: Center) -> Iterator[Finding]:
    """Overflow by itself must end: at once it has no end of its own, with waits and keys it goes round and round.

    A circle of keys alone is the caller's own choice.
    """
    ways: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}  # the soonest way from queue to queue, and its place
    for name, queue in center.queues.items():
        for where, leave in exits(queue):
            speed = _speed(queue, where[0])
            if leave.queue is not None and speed is not None:
                ways.setdefault((name, leave.queue), (speed, where))
                ways[name, leave.queue] = min(ways[name, leave.queue], (speed, where), key=lambda way: way[0])
    seen = set()
    for slowest in (AT_ONCE, IN_TIME, BY_HAND):
        edges: dict[str, list[str]] = {name: [] for name in center.queues}
        for (start, end), (speed, _) in ways.items():
            if speed <= slowest:
                edges[start].append(end)
        for circle in circles(edges):
            steps = [ways[step] for step in pairwise(circle)]
            if frozenset(circle) in seen or all(speed == BY_HAND for speed, _ in steps):
                continue
            seen.add(frozenset(circle))
            speed, where = steps[0]
            text = f"overflow in a circle: {' -> '.join(circle)}; " + (
                "at the worst none of them takes a caller, who then ends in cti-fallback; lead out of the circle"
                if slowest == AT_ONCE
                else "a caller may go round until he hangs up"
            )
            yield Finding(("queues", circle[0], *where, "queue"), text, is_error=slowest == AT_ONCE)


def _speed(queue: Queue, way: str) -> int | None:
    """How soon a way out may be taken; None: never."""
    if way == "keys":
        return BY_HAND
    if way == "on_max_wait":
        return IN_TIME if queue.max_wait_s is not None else None
    return AT_ONCE if way != "on_full" or queue.max_waiting is not None else None


def circles(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Return circles in the graph, at least one for each strongly connected part that has any: [a, b, a]."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        trail, choices = {start: 0}, [iter(edges[start])]
        while choices:  # depth first without recursion: an operator may chain thousands of queues
            name = next(choices[-1], None)
            if name is None:
                choices.pop()
                done.add(trail.popitem()[0])
            elif name in trail:
                found.append([*list(trail)[trail[name] :], name])
            elif name not in done and name in edges:
                trail[name] = len(trail)
                choices.append(iter(edges[name]))
    return found


def _phones(center: Center) -> Iterator[Finding]:
    owner: dict[tuple[str, str], str] = {}
    nodes = {node for agent in center.agents.values() for node in agent.phones}
    for name, agent in center.agents.items():
        for node in ("", *sorted(nodes)):
            phone = agent.phones.get(node, agent.phone)
            first = owner.setdefault((node, phone.lower().removesuffix("/n")), name)
            if first != name:
                path = ("agents", name, "phones", node) if node in agent.phones else ("agents", name, "phone")
                yield Finding(path, f"{first} has the same phone: nobody could tell who talks", is_error=True)
                break


def _old_phones(center: Center) -> Iterator[Finding]:
    for name, agent in center.agents.items():
        for path, phone in (("phone",), agent.phone), *((("phones", node), p) for node, p in agent.phones.items()):
            if phone.upper().startswith("SIP/"):
                text = "SIP/ was chan_sip, which Asterisk has not had since version 21: write PJSIP/"
                yield Finding(("agents", name, *path), text, is_error=True)
            elif phone.lower().startswith("local/") and not phone.endswith("/n"):
                # Measured with Asterisk 22.10: the Local channel leaves the call at once (core_local.c), and the agent
                # counts as free while he talks.
                text = (
                    f"Asterisk takes this channel out of the call: the agent looks free while he talks; write {phone}/n"
                )
                yield Finding(("agents", name, *path), text, is_error=True)


def _breaks(center: Center) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, rest in center.breaks.items():
        if rest.digit is None:
            continue
        first = owner.setdefault(rest.digit, name)
        if first != name:
            text = f"the digit {rest.digit} already means {first}; give each break a digit of its own"
            yield Finding(("breaks", name, "digit"), text, is_error=True)


POLICY_CHECKS: tuple[Callable[[Center], Iterator[Finding]], ...] = (
    reach.staffing,
    reach.unreachable_agents,
    reach.rings,
    _gaps,
    reach.entries,
    _times,
    _exits_lead_somewhere,
    _gotos,
    _circles,
    _phones,
    _old_phones,
    _breaks,
    campaigns.campaigns,
    nodes.nodes,
)
