"""Which policy holds where people have changed something while the engine runs? The file's policy, and changes over it.

A live change is a path and a value: `queues.sales.target_s` = 30, `campaigns.visits.lines` = 5 (any key of a queue or a
campaign), `nodes.node2.drained` = "new kernel" (a rule of a node), `agents.anna.queues.support` = {level: 1} (joins) or
None (leaves). PURE: judged by the schema and the same checks as the file; knows no file, no store and no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from cti.config import check, explain
from cti.config.yaml_file import Mapping as Tree
from cti.config.yaml_file import Node, Place, Scalar, Sequence
from cti.model.campaign import Campaign
from cti.model.node_rules import NodeRules
from cti.model.policy import Agent, Center, Membership, Queue
from cti.suggest import did_you_mean

NOWHERE = Place(0, 0)  # a live change has no line
MAX_DEPTH = 10

Changed = TypeVar("Changed", Queue, Campaign, NodeRules)

Changes = Mapping[str, Any]
"""Values as JSON has them, by path."""


class Judged(NamedTuple):
    """What came of laying changes over a policy: `center` is None where there are `problems`, one line each."""

    center: Center | None
    problems: list[str]
    warnings: list[str]


class Dropped(NamedTuple):
    """A change that does not fit any more, and why."""

    path: str
    why: str


class Fitted(NamedTuple):
    """A policy with those changes that fit it."""

    center: Center
    dropped: list[Dropped]
    warnings: list[str]


def apply(center: Center, changes: Changes) -> Judged:
    """Lay `changes` over `center`. A problem names the path, what is wrong with it, and the near word."""
    problems: list[str] = []
    found_in: dict[str, dict[str, dict[str, Any]]] = {section: {} for section in ("queues", "campaigns", "nodes")}
    memberships: dict[str, dict[str, Any]] = {}
    for path, value in changes.items():
        problem = _sort(center, path, value, found_in, memberships)
        if problem:
            problems.append(f"{path}: {problem}")
    joined = {name: {"queues": _joined(queues)} for name, queues in memberships.items()}
    tree = _tree({**found_in, "agents": joined})
    assert isinstance(tree, Tree)
    changed: dict[str, dict[str, Any]] = {}
    for section, named in found_in.items():
        old = getattr(center, section)
        changed[section] = dict(old) | {
            name: _changed(old[name], (section, name), values, tree, problems) for name, values in named.items()
        }
    staffed = {
        name: _changed_agent(center.agents[name], name, values, tree, problems) for name, values in memberships.items()
    }
    problems += [f"{_dotted(found.path)}: {found.text}" for found in explain.unknown_among(tree, _defined(center))]
    if problems:
        return Judged(None, problems, [])
    new = center.model_copy(update={**changed, "agents": center.agents | staffed})
    found = [(finding.is_error, f"{_dotted(finding.path)}: {finding.text}") for finding in check.find_in_policy(new)]
    problems = [line for is_error, line in found if is_error]
    return Judged(None if problems else new, problems, [line for is_error, line in found if not is_error])


def fitting(center: Center, changes: Changes, more: Callable[[Center], list[str]] = lambda _center: []) -> Fitted:
    """Lay over `center` whatever of `changes` fits it, the oldest first where they contradict one another.

    `more`: what else is wrong with a policy, one line each (flows that it leads to, and that there are not).
    """

    def judged(some: Changes) -> Judged:
        found = apply(center, some)
        wrong = more(found.center) if found.center is not None else []
        return Judged(None, wrong, found.warnings) if wrong else found

    whole = judged(changes)
    if whole.center is not None:
        return Fitted(whole.center, [], whole.warnings)
    kept: dict[str, Any] = {}
    found = Fitted(center, [], apply(center, {}).warnings)
    for path, value in changes.items():
        one = judged(kept | {path: value})
        if one.center is None:
            found.dropped.append(Dropped(path, one.problems[0].removeprefix(f"{path}: ")))
        else:
            kept[path] = value
            found = Fitted(one.center, found.dropped, one.warnings)
    return found


def reusing(old: Center, new: Center) -> Center:
    """Return `new` with the very queues and agents of `old` where they are equal: comparing them then costs nothing."""
    parts = {
        section: {name: _same(getattr(old, section).get(name), value) for name, value in getattr(new, section).items()}
        for section in ("queues", "agents", "campaigns", "nodes")
    }
    return new.model_copy(update=parts)


def _same(old: Any, new: Any) -> Any:
    return old if old == new else new


def value_at(center: Center, path: str) -> Any:
    """Return what holds at `path`, as JSON; None where there is nothing. The path must fit."""
    kind, name, *rest = path.split(".")
    if kind in ("queues", "campaigns", "nodes"):
        whole: BaseModel = getattr(center, kind)[name]
        dumped = whole.model_dump(mode="json", include={rest[0]})[rest[0]]
        brief = whole.model_dump(mode="json", include={rest[0]}, exclude_unset=True)
        return brief.get(rest[0], dumped)
    member = center.agents[name].queues.get(rest[1])
    return None if member is None else member.model_dump(mode="json")


def value_if_any(center: Center, path: str) -> Any:
    """As `value_at`, of a path that may not fit: None where that is so."""
    try:
        return value_at(center, path)
    except LookupError:
        return None


def brought_by(line: str, live: Collection[str]) -> str | None:
    """Return which of the paths in `live` brings an error that is told with its place in the file."""
    return next((path for path in live if any(f": {path}{end}" in line for end in ".:")), None)


def where_it_is(line: str, live: Collection[str]) -> str:
    """Say of an error that a live change brings that it is in no line of the file."""
    path = brought_by(line, live)
    return line if path is None else f"{line[line.index(path) :]} (a live change: take it back, or drop all of them)"


def _sort(
    center: Center,
    path: str,
    value: Any,
    found_in: dict[str, dict[str, dict[str, Any]]],
    memberships: dict[str, dict[str, Any]],
) -> str | None:
    """Put a change where it belongs; what is wrong with its path, or None."""
    if _is_deep(value, MAX_DEPTH):
        return f"nested deeper than {MAX_DEPTH} levels"
    match path.split("."):
        case ["queues" | "campaigns" | "nodes" as section, name, field]:
            known = getattr(center, section)
            if name not in known:
                return f'there is no {section[:-1]} "{name[:60]}"{did_you_mean(name, known)}'
            found_in[section].setdefault(name, {})[field] = _as_text(value)
        case ["agents", agent, "queues", queue]:
            if agent not in center.agents:
                return f'there is no agent "{agent[:60]}"{did_you_mean(agent, center.agents)}'
            if queue not in center.queues:
                return f'there is no queue "{queue[:60]}"{did_you_mean(queue, center.queues)}'
            memberships.setdefault(agent, {})[queue] = _as_text(value)
        case _:
            return (
                "can be changed in the file only; live are queues.NAME.KEY, campaigns.NAME.KEY, "
                "nodes.NAME.weight, nodes.NAME.drained and agents.NAME.queues.QUEUE"
            )
    return None


def _changed(old: Changed, here: tuple[str, str], values: dict[str, Any], tree: Tree, problems: list[str]) -> Changed:
    # dumped as little as possible: a check asks which keys somebody wrote
    plain = old.model_dump(mode="json", exclude_unset=True) | values
    try:
        return type(old).model_validate(plain)
    except ValidationError as error:
        problems += _in_words(error, here, tree, type(old))
        return old


def _changed_agent(agent: Agent, name: str, values: dict[str, Any], tree: Tree, problems: list[str]) -> Agent:
    queues = dict(agent.queues)
    for queue, value in values.items():
        if value is None:
            queues.pop(queue, None)
            continue
        try:
            queues[queue] = Membership.model_validate(value)
        except ValidationError as error:
            problems += _in_words(error, ("agents", name, "queues", queue), tree, Membership)
    return agent.model_copy(update={"queues": queues})


def _in_words(error: ValidationError, here: tuple[str, ...], tree: Tree, schema: Any) -> list[str]:
    node: Node = tree
    for step in here:
        assert isinstance(node, Tree)
        node = node.items[step][1]
    if not isinstance(node, Tree):
        return [f"{_dotted(here)}: must be keys with values"]
    return [f"{_dotted((*here, *found.path))}: {found.text}" for found in explain.in_words(error, node, schema)]


def _defined(center: Center) -> dict[str, set[str]]:
    agents = center.agents.values()
    return {
        "queue": set(center.queues),
        "node": set(center.nodes),
        "agent": set(center.agents),
        "hours": set(center.hours),
        "skill": {skill for agent in agents for skill in agent.skills},
        "group": {group for agent in agents for group in agent.groups},
        "pool": set(center.outbound.caller_ids),
    }


def _joined(queues: dict[str, Any]) -> dict[str, Any]:
    return {queue: value for queue, value in queues.items() if value is not None}


def _as_text(value: Any) -> Any:
    """Scalars as the file would hold them: there the schema decides what a number is, and `true` is none."""
    if isinstance(value, Mapping):
        return {str(key): _as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)


def _is_deep(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return levels <= 0 or any(_is_deep(item, levels - 1) for item in inner)


def _tree(value: Any) -> Node:
    if isinstance(value, dict):
        return Tree(NOWHERE, {key: (NOWHERE, _tree(item)) for key, item in value.items()})
    if isinstance(value, list):
        return Sequence(NOWHERE, [_tree(item) for item in value])
    return Scalar(value, NOWHERE)


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))
