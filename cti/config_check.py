"""What in a valid configuration contradicts itself or will disappoint its operator? PURE: settings in, findings out.

An error is what cannot work; a warning is what works otherwise than its author most likely meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from cti.model.policy import Agent, Center, Exit, Queue
from cti.suggest import did_you_mean

if TYPE_CHECKING:
    from cti.config import Settings


CONTEXTS = ("cti-inbound", "cti-agent", "cti-fallback", "cti-outbound")  # asterisk/etc/extensions_cti.conf


class Finding(NamedTuple):
    """One contradiction: where (keys from the top) and what, with the remedy."""

    path: tuple[str, ...]
    text: str
    is_error: bool = False


def find(settings: Settings) -> list[Finding]:
    """Return everything found, in no particular order."""
    return [*find_in_policy(settings), *_fastagi(settings)]


def find_in_policy(center: Center) -> list[Finding]:
    """Return what is found in the policy alone."""
    return [finding for check in POLICY_CHECKS for finding in check(center)]


def members(center: Center, queue: str) -> dict[str, Agent]:
    """Return the agents who belong to `queue`."""
    return {name: agent for name, agent in center.agents.items() if queue in agent.queues}


def meets(agent: Agent, requires: Mapping[str, int]) -> bool:
    """Say whether `agent` has every required skill at its level."""
    return all(agent.skills.get(skill, 0) >= level for skill, level in requires.items())


def _staffing(center: Center) -> Iterator[Finding]:
    for name, queue in center.queues.items():
        here, staff = ("queues", name), members(center, name)
        if not staff:
            wait = "for ever" if queue.max_wait_s is None else f"{queue.max_wait_s:g} s in vain"
            yield Finding(
                here, f"nobody is a member of this queue: its callers wait {wait}; add it to an agent's queues"
            )
            continue
        unfit = {agent for agent, policy in staff.items() if not meets(policy, queue.requires)}
        if unfit == set(staff):
            text = f"no member of {name} meets {_in_words(queue.requires)}: nobody is ever served"
            yield Finding((*here, "requires"), text)
            continue
        for lacking in sorted(unfit):
            skills = center.agents[lacking].skills
            lack = _in_words({skill: level for skill, level in queue.requires.items() if skills.get(skill, 0) < level})
            text = f"{lacking} gets no call of {name}: lacks {lack}"
            yield Finding(("agents", lacking, "queues", name), text)
    for name, agent in center.agents.items():
        if not agent.queues:
            yield Finding(("agents", name), f"{name} is in no queue and gets no calls; add queues: [...]")


def _entries(center: Center) -> Iterator[Finding]:
    if not center.entries:
        yield Finding((), "no entries: a caller reaches a queue only if your dialplan sets CTI_QUEUE")
    for number, entry in center.entries.items():
        queue = center.queues.get(entry.queue)
        staff = members(center, entry.queue)
        if queue is None or not entry.requires or not staff:
            continue
        needed = {**queue.requires, **{s: max(lv, queue.requires.get(s, 0)) for s, lv in entry.requires.items()}}
        if not any(meets(agent, needed) for agent in staff.values()):
            text = f"no member of {entry.queue} meets {_in_words(needed)}: nobody serves callers of this number"
            yield Finding(("entries", number, "requires"), text)


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
        yield from _announcements(queue, here)


def _announcements(queue: Queue, here: tuple[str, ...]) -> Iterator[Finding]:
    told = queue.announce
    if told is None:
        return
    if not (told.position or told.wait or told.play):
        yield Finding((*here, "announce"), "says nothing: set position, wait or play")
    if queue.max_wait_s is not None and told.first_after_s >= queue.max_wait_s:
        text = f"never heard: max_wait_s is {queue.max_wait_s:g}"
        yield Finding((*here, "announce", "first_after_s"), text)


def _exits(queue: Queue) -> Iterator[tuple[tuple[str, ...], Exit]]:
    yield ("on_max_wait",), queue.on_max_wait
    yield ("on_full",), queue.on_full
    for digit, leave in queue.keys.items():
        yield ("keys", digit), leave


def _exits_lead_somewhere(center: Center) -> Iterator[Finding]:
    for name, queue in center.queues.items():
        for where, leave in _exits(queue):
            here = ("queues", name, *where)
            if leave.queue is not None and leave.goto is not None:
                yield Finding(here, "leads to a queue and to a goto; keep one of them", is_error=True)
            if leave.queue == name and where[0] == "keys":
                yield Finding((*here, "queue"), f"key {where[1]} leads to {name} itself")


def _gotos(center: Center) -> Iterator[Finding]:
    for name, queue in center.queues.items():
        for where, leave in _exits(queue):
            context = (leave.goto or CONTEXTS[0]).partition(",")[0]
            if context not in CONTEXTS:
                near = did_you_mean(context, CONTEXTS)
                text = f"{context} is not one of our contexts{near}; callers are lost there unless you have it yourself"
                yield Finding(("queues", name, *where, "goto"), text)


def _circles(center: Center) -> Iterator[Finding]:
    """Overflow by itself must end. A circle of full queues has no end at all; one with waits goes round and round."""
    at_once = {n: [q.on_full.queue] if q.max_waiting and q.on_full.queue else [] for n, q in center.queues.items()}
    in_time = {
        n: [q.on_max_wait.queue] if q.max_wait_s and q.on_max_wait.queue else [] for n, q in center.queues.items()
    }
    seen = set()
    for circle in circles(at_once):
        seen.add(frozenset(circle))
        text = f"overflow in a circle: {' -> '.join(circle)}; when all are full a caller is sent round for ever"
        yield Finding(("queues", circle[0], "on_full", "queue"), text, is_error=True)
    for circle in circles({name: at_once[name] + in_time[name] for name in center.queues}):
        if frozenset(circle) in seen:
            continue
        key = "on_max_wait" if circle[1] in in_time[circle[0]] else "on_full"
        text = f"overflow in a circle: {' -> '.join(circle)}; a caller may go round until he hangs up"
        yield Finding(("queues", circle[0], key, "queue"), text)


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
            first = owner.setdefault((node, phone.lower()), name)
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


def _breaks(center: Center) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, rest in center.breaks.items():
        if rest.digit is None:
            continue
        first = owner.setdefault(rest.digit, name)
        if first != name:
            text = f"the digit {rest.digit} already means {first}; give each break a digit of its own"
            yield Finding(("breaks", name, "digit"), text, is_error=True)


def _fastagi(settings: Settings) -> Iterator[Finding]:
    fastagi = settings.fastagi
    listens_outside = not _is_loopback(fastagi.listen.host)
    if fastagi.token is None:
        text = "no token: whoever reaches this port can act as a call; set token_env"
        yield Finding(("fastagi",), text, is_error=listens_outside)
    if fastagi.advertise.host in ("0.0.0.0", "::"):
        text = "Asterisk cannot connect to a wildcard; set fastagi.advertise to an address it can reach"
        yield Finding(("fastagi", "advertise"), text)
    for name, node in settings.nodes.items():
        try:
            address = ip_address(node.host)
        except ValueError:
            continue
        if not any(address in network for network in fastagi.allow):
            text = f"the calls of {name} come from a host outside fastagi.allow and will be refused; add its network"
            yield Finding(("nodes", name, "host"), text)
        if not address.is_loopback and _is_loopback(fastagi.advertise.host):
            text = f"{name} is another machine and cannot reach fastagi.advertise on this one's loopback"
            yield Finding(("nodes", name, "host"), text)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_words(requires: Mapping[str, int]) -> str:
    return " and ".join(f"{skill} {level}" for skill, level in requires.items())


POLICY_CHECKS: tuple[Callable[[Center], Iterator[Finding]], ...] = (
    _staffing,
    _entries,
    _times,
    _exits_lead_somewhere,
    _gotos,
    _circles,
    _phones,
    _old_phones,
    _breaks,
)
