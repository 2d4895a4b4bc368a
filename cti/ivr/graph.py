"""Where does each way out of a node lead, and what does a node read and write? The one answer for the session that
walks, the check that complains and the picture that shows.

Pure: flows in, edges out. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from cti.ivr import expressions
from cti.model import flow_nodes as nodes
from cti.model.flow import Flow
from cti.model.flow_nodes import BACK, ERROR, REPEAT, RESERVED, THEN, Node
from cti.model.spoken import Prompt, Slot


class By(StrEnum):
    """What makes a caller go this way."""

    ITSELF = "itself"  # nothing he does
    SILENCE = "silence"  # he does nothing
    CALLER = "caller"  # a key, a word, a talk


class Way(NamedTuple):
    """A way out of a node. `target`: a node, one of RESERVED, or "" (apologise and hang up)."""

    name: str
    target: str
    by: By


def outcome_target(flow: Flow, node: Node, outcome: str) -> str:
    """Return where `outcome` leads: as the node says, else the flow, else as the kind of node has it; "" = nowhere."""
    for _ in range(len(node.OUTCOMES) + 2):
        if outcome == THEN:
            return str(getattr(node, "then", ""))
        if outcome in node.on:
            return node.on[outcome]
        otherwise = node.OUTCOMES.get(outcome, "" if outcome == ERROR else ERROR)
        if otherwise != THEN and outcome in flow.on:
            return flow.on[outcome]
        if not otherwise:
            return ""
        outcome = otherwise
    return ""


def ways(flow: Flow, node: Node) -> tuple[Way, ...]:
    """Return the ways out of `node` that it has by itself, in the order of the file; not those of `everywhere`."""
    found: list[Way] = []
    if isinstance(node, nodes.Menu):
        found += [Way(key, target, By.CALLER) for key, target in node.keys.items()]
    elif isinstance(node, nodes.Branch):
        found += [Way(case.condition, case.then, By.ITSELF) for case in node.branch]
        found.append(Way("otherwise", node.otherwise, By.ITSELF))
    elif isinstance(node, nodes.Split):
        found += [Way(share, node.on.get(share, ""), By.ITSELF) for share in node.shares]
    elif hasattr(node, THEN):
        found.append(Way(THEN, outcome_target(flow, node, THEN), _then_by(node)))
    for outcome in node.OUTCOMES:
        if outcome in ("silent", "wrong", "failed", "declined") and _asks_nothing(node):
            continue
        found.append(Way(outcome, outcome_target(flow, node, outcome), _outcome_by(node, outcome)))
    return tuple(found)


def _asks_nothing(node: Node) -> bool:
    return isinstance(node, nodes.OfferCallback) and node.ask is None


def _then_by(node: Node) -> By:
    by_caller = (nodes.Collect, nodes.Queue, nodes.Voicemail, nodes.Record, nodes.Transfer)
    if isinstance(node, by_caller) or (isinstance(node, nodes.OfferCallback) and node.ask is not None):
        return By.CALLER
    return By.ITSELF


def _outcome_by(node: Node, outcome: str) -> By:
    if outcome == "silent":
        return By.SILENCE
    if isinstance(node, nodes.Asking) and outcome in ("wrong", "failed", "declined", "refused", "low"):
        return By.ITSELF if _asks_nothing(node) else By.CALLER
    return By.CALLER if isinstance(node, nodes.Queue) and outcome == "left" else By.ITSELF


def everywhere(flow: Flow, node: Node) -> tuple[Way, ...]:
    """Return the ways that the flow's own keys open at `node`: while it speaks, and where it asks for a key."""
    if isinstance(node, nodes.Play) and not node.barge_in:
        return ()
    if not isinstance(node, nodes.Play | nodes.Say | nodes.Asking) or _asks_nothing(node):
        return ()
    taken = set(node.keys) if isinstance(node, nodes.Menu) else set()
    if isinstance(node, nodes.Collect):
        taken = set("0123456789") | {node.end_key or ""}
    return tuple(Way(key, target, By.CALLER) for key, target in flow.everywhere.items() if key not in taken)


def goes_back_to(node: Node) -> bool:
    """Whether `back` may lead to this node: places where the caller has a choice."""
    return isinstance(node, nodes.Menu | nodes.Collect)


def steps(flow: Flow, name: str) -> Iterator[str]:
    """Yield every node that may follow `name`, whatever makes the caller go there."""
    node = flow.nodes[name]
    for way in (*ways(flow, node), *everywhere(flow, node)):
        if way.target in (BACK, REPEAT):
            yield name
            if way.target == BACK:
                yield from (other for other, there in flow.nodes.items() if goes_back_to(there))
        elif way.target not in RESERVED and way.target in flow.nodes:
            yield way.target
    error = flow.on.get(ERROR)
    if error in flow.nodes:
        yield error


def prompts(node: Node) -> Iterator[tuple[str, Prompt]]:
    """Yield each prompt of `node` with its part of the sound file's name ("" for the main one)."""
    main = nodes.node_type(node)
    for field in type(node).model_fields:
        value = getattr(node, field)
        if isinstance(value, Prompt):
            yield ("" if field == main or (field == "ask" and main != "collect") else field), value
    if isinstance(node, nodes.Say):
        for word, said in node.words.items():
            yield f"word/{word_slug(node, word)}", said
    if isinstance(node, nodes.Survey):
        for question in node.questions:
            yield f"question/{question.name}", question.ask


def word_slug(node: nodes.Say, word: str) -> str:
    """Return the part of the file's name for a word of a say node: the word itself, or its number if it is no name."""
    slug = word.lower().replace(" ", "_")
    plain = slug.isascii() and slug.replace("_", "").isalnum()
    return slug if plain else f"word{list(node.words).index(word) + 1}"


def reads(node: Node) -> frozenset[str]:
    """Return the variables whose values matter when `node` is entered. Formulas that cannot be read give none."""
    found: set[str] = {part.variable for _, said in prompts(node) for part in said.parts() if isinstance(part, Slot)}
    match node:
        case nodes.Say():
            found.add(node.say)
        case nodes.Lookup():
            found |= set(path_variables(node)) | set(node.send.values())
        case nodes.Queue():
            found |= {*node.customer.values(), *([node.preferred_from] if node.preferred_from else [])}
        case nodes.OfferCallback() | nodes.Voicemail():
            found.add(node.number)
        case _:
            pass
    for _, text in formulas(node):
        try:
            found |= expressions.names(expressions.parse(text))
        except expressions.BadExpression:
            continue
    return frozenset(found)


def path_variables(node: nodes.Lookup) -> list[str]:
    """Return the variables that stand in the path of a lookup."""
    return [piece.partition("}")[0] for piece in (node.get or node.post or "").split("{")[1:]]


def formulas(node: Node) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each formula of `node` with its place in it."""
    match node:
        case nodes.Branch():
            yield from ((("branch", number, "if"), case.condition) for number, case in enumerate(node.branch))
        case nodes.Set():
            yield from ((("set", name), text) for name, text in node.set.items())
        case nodes.Subflow():
            yield from ((("give", name), text) for name, text in node.give.items())
        case _:
            return


def writes(node: Node) -> dict[str, tuple[str | int, ...]]:
    """Return the variables that `node` sets, each with its place in the node."""
    match node:
        case nodes.Collect():
            return {node.collect: ("collect",)}
        case nodes.Record():
            return {node.record: ("record",)}
        case nodes.Lookup():
            return {name: ("into", name) for name in node.into}
        case nodes.Set():
            return {name: ("set", name) for name in node.set}
        case nodes.Subflow():
            return {name: ("take", name) for name in node.take}
        case _:
            return {}


def live(flow: Flow, among: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return for each node which variables of `among` are still read from there on (backward liveness)."""
    wanted = frozenset(among)
    if not wanted:
        return {}
    needs = {name: reads(node) & wanted for name, node in flow.nodes.items()}
    sets = {name: frozenset(writes(node)) for name, node in flow.nodes.items()}
    after = {name: tuple(dict.fromkeys(steps(flow, name))) for name in flow.nodes}
    changed = True
    while changed:
        changed = False
        for name in reversed(flow.nodes):
            later = frozenset[str]().union(*(needs[other] for other in after[name]))
            all_of_it = needs[name] | (later - sets[name])
            if all_of_it != needs[name]:
                needs[name], changed = all_of_it, True
    return needs


def reachable(flow: Flow) -> frozenset[str]:
    """Return the nodes that a caller may come to."""
    found, open_ = set[str](), [flow.start]
    while open_:
        name = open_.pop()
        if name in flow.nodes and name not in found:
            found.add(name)
            open_ += steps(flow, name)
    return frozenset(found)
