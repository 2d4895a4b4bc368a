"""What is different between two policies, in lines for people and as data? PURE.

A person's name or number never stands in a line: it goes into logs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from cti.model.campaign import Outbound
from cti.model.node_rules import NodeRules
from cti.model.policy import Agent, Center, Membership

MAX_SHOWN_CHARS = 120
NOUNS = {
    "queues": "queue",
    "agents": "agent",
    "entries": "entry",
    "breaks": "break",
    "hours": "hours",
    "campaigns": "campaign",
    "nodes": "node",
}
PERSONAL = ((Agent, "name"), (Outbound, "do_not_call"))  # and why a node is drained: anybody's words


class Difference(NamedTuple):
    """One thing that is different. `old` and `new` are JSON values, None where there is nothing (or a name)."""

    line: str
    what: str  # queue, agent, entry, break, or the section
    name: str  # "" for a section without names
    change: str  # added, removed, changed, joins, leaves
    key: str = ""
    old: Any = None
    new: Any = None


def difference(old: Center, new: Center) -> list[Difference]:
    """Return what a change from `old` to `new` means, section by section."""
    found: list[Difference] = []
    for section in Center.model_fields:
        before, after = getattr(old, section), getattr(new, section)
        if before is after:
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found += _named(NOUNS.get(section, section), before, after)
        else:
            found += _fields(section, "", before, after, section)
    kept = [name for name in old.agents if name in new.agents]
    if kept != [name for name in new.agents if name in old.agents]:
        found.append(Difference("agents: another order", "agents", "", "changed", "order"))
    return found


def plumbing(running: Center, new: Center, follow: Collection[str] = ()) -> list[str]:
    """Return which keys outside the policy differ, without their values: they may be secret.

    Both are the whole settings of a file; what differs needs a restart, but for the sections that `follow`.
    """
    found: list[str] = []
    for section in type(new).model_fields.keys() - Center.model_fields.keys() - set(follow):
        found += _keys_apart(section, getattr(running, section), getattr(new, section))
    return sorted(found)


def moved(old: Mapping[str, BaseModel], new: Mapping[str, BaseModel]) -> list[Difference]:
    """Return which nodes of a file are elsewhere now, or let us in by another secret; values are not repeated."""
    keys = [key for node in new.values() for key in type(node).model_fields if key not in NodeRules.model_fields]
    return [
        Difference(f"node {name}: another {key}", "node", name, "changed", key)
        for name in old.keys() & new.keys()
        for key in dict.fromkeys(keys)
        if getattr(old[name], key) != getattr(new[name], key)
    ]


def _keys_apart(path: str, old: Any, new: Any) -> list[str]:
    if old == new:
        return []
    before, after = (dict(value) if isinstance(value, BaseModel | Mapping) else None for value in (old, new))
    if before is None or after is None:
        return [path]
    keys = before.keys() | after.keys()
    return [line for key in keys for line in _keys_apart(f"{path}.{key}", before.get(key), after.get(key))]


def _named(noun: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in new:
        if name not in old:
            yield Difference(f"+ {noun} {name}", noun, name, "added", new=brief(new[name]))
    for name in old:
        if name not in new:
            yield Difference(f"- {noun} {name}", noun, name, "removed", old=brief(old[name]))
    for name, before in old.items():
        after = new.get(name)
        if after is None or after is before:
            continue
        if isinstance(before, Agent) and isinstance(after, Agent):
            yield from _memberships(name, before, after)
        if isinstance(before, NodeRules) and isinstance(after, NodeRules):
            yield from _drained(name, before.drained, after.drained)
        yield from _fields(noun, name, before, after, "")


def _drained(name: str, old: str | None, new: str | None) -> Iterator[Difference]:
    if old != new:
        words = "in use again" if new is None else "drained" if old is None else "drained, for another reason"
        yield Difference(f"node {name}: {words}", "node", name, "changed", "drained", old, new)


def _memberships(name: str, old: Agent, new: Agent) -> Iterator[Difference]:
    for queue, member in new.queues.items():
        before = old.queues.get(queue)
        if before is None:
            given = ", ".join(f"{key} {in_words(value)}" for key, value in brief(member).items())
            line = f"agent {name} joins {queue}{f' ({given})' if given else ''}"
            yield Difference(line, "agent", name, "joins", queue, new=member.model_dump(mode="json"))
        elif before != member:
            for key in Membership.model_fields:
                was, is_now = getattr(before, key), getattr(member, key)
                if was != is_now:
                    line = f"agent {name} in {queue}: {key} {in_words(was)} -> {in_words(is_now)}"
                    yield Difference(line, "agent", name, "changed", f"queues.{queue}.{key}", was, is_now)
    for queue in old.queues:
        if queue not in new.queues:
            yield Difference(f"agent {name} leaves {queue}", "agent", name, "leaves", queue)
    if dict(old.queues) == dict(new.queues) and list(old.queues) != list(new.queues):
        yield Difference(f"agent {name}: queues in another order", "agent", name, "changed", "queues")


def _fields(noun: str, name: str, old: Any, new: Any, path: str) -> Iterator[Difference]:
    """The keys of one thing; where it has no name (missed_offers), by the keys within it."""
    if old == new:
        return
    if isinstance(old, BaseModel) and isinstance(new, BaseModel) and (not path or not name):
        for key in type(old).model_fields:
            if (isinstance(old, Agent) and key == "queues") or (isinstance(old, NodeRules) and key == "drained"):
                continue
            deeper = f"{path}.{key}" if path else key
            if (type(old), key) in PERSONAL and getattr(old, key) != getattr(new, key):
                who = f"{noun} {name}: " if name else ""
                yield Difference(f"{who}another {deeper}", noun, name, "changed", deeper)
            else:
                yield from _fields(noun, name, getattr(old, key), getattr(new, key), deeper)
        return
    who, was, is_now = f"{noun} {name}: " if name else "", brief(old), brief(new)
    yield Difference(f"{who}{path} {in_words(was)} -> {in_words(is_now)}", noun, name, "changed", path, was, is_now)


def brief(value: Any) -> Any:
    """Return a part of a policy as JSON, without what is as it always is."""
    if isinstance(value, BaseModel):
        dumped = value.model_dump(mode="json", exclude_defaults=True)
        return {key: item for key, item in dumped.items() if (type(value), key) not in PERSONAL}
    if isinstance(value, Mapping):
        return {str(key): brief(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [brief(item) for item in value]
    return value


def in_words(value: Any) -> str:
    """Return a JSON value as a person writes it in the file, in one line, cut where it is long."""
    text = _flow(value)
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[: MAX_SHOWN_CHARS - 3]}..."


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value) or '""'
