"""What is wrong with these flows before anybody calls? PURE: flows in, findings out, each with its place and remedy.

An error is what would cost callers; a warning is what works otherwise than its author most likely meant. Names and
ways stand here, loops in check_loops.py, variables and texts in check_values.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cti.ivr import check_loops, check_values
from cti.ivr.graph import ways
from cti.ivr.known import Known
from cti.model import flow_nodes as nodes
from cti.model.finding import Finding
from cti.model.flow import Flow
from cti.model.flow_nodes import ERROR, MUST, RESERVED, Node
from cti.suggest import did_you_mean

ALL_OUTCOMES = frozenset({ERROR}.union(*(node.OUTCOMES for node in nodes.NODE_TYPES.values())))


def find(flows: Mapping[str, Flow], known: Known = Known()) -> dict[str, list[Finding]]:  # noqa: B008  a plain tuple
    """Return what is found in each flow, by its name, in no particular order."""
    return {name: list(_in_flow(flow, flows, known)) for name, flow in flows.items()}


def _in_flow(flow: Flow, flows: Mapping[str, Flow], known: Known) -> Iterator[Finding]:
    wrong = [*_targets(flow), *_outcomes(flow)]
    yield from wrong
    yield from _names(flow, flows, known)
    for name, node in flow.nodes.items():
        yield from _node(("nodes", name), node, flow)
    yield from check_values.find(flow, flows, known)
    if not wrong:  # ways that lead nowhere would show up a second time as loops and unreachable nodes
        yield from check_loops.find(flow, flows)


# --- ways -------------------------------------------------------------------------------------------------------------


def _targets(flow: Flow) -> Iterator[Finding]:
    for path, target in _all_targets(flow):
        if target not in flow.nodes and (target not in RESERVED or path == ("start",)):
            near = did_you_mean(target, (*flow.nodes, *RESERVED))
            yield Finding(path, f'there is no node "{target}"{near}', is_error=True)
    if flow.on.get(ERROR) in (nodes.BACK, nodes.REPEAT):
        yield Finding(("on", ERROR), "would meet the same error again; name a node", is_error=True)


def _all_targets(flow: Flow) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield ("start",), flow.start
    yield from ((("everywhere", key), target) for key, target in flow.everywhere.items())
    yield from ((("on", name), target) for name, target in flow.on.items())
    for name, node in flow.nodes.items():
        here = ("nodes", name)
        for field in ("then", "otherwise"):
            target = getattr(node, field, None)
            if isinstance(target, str):
                yield (*here, field), target
        yield from (((*here, "on", way), target) for way, target in node.on.items())
        if isinstance(node, nodes.Menu):
            yield from (((*here, "keys", key), target) for key, target in node.keys.items())
        if isinstance(node, nodes.Branch):
            yield from (((*here, "branch", number, "then"), case.then) for number, case in enumerate(node.branch))


def _outcomes(flow: Flow) -> Iterator[Finding]:
    for outcome in flow.on:
        if outcome not in ALL_OUTCOMES:
            text = f'no node has the way out "{outcome}"{did_you_mean(outcome, ALL_OUTCOMES)}'
            yield Finding(("on", outcome), text, is_error=True)
    for name, node in flow.nodes.items():
        here = ("nodes", name)
        if isinstance(node, nodes.Split):
            yield from _shares(here, node)
            continue
        for outcome in node.on:
            if outcome not in node.OUTCOMES:
                near = did_you_mean(outcome, node.OUTCOMES) if node.OUTCOMES else "; it has none but then"
                text = f"{nodes.node_type(node)} has no such way out{near}"
                yield Finding((*here, "on", outcome), text, is_error=True)
        for outcome, otherwise in node.OUTCOMES.items():
            needless = isinstance(node, nodes.OfferCallback) and node.ask is None
            if otherwise == MUST and outcome not in node.on and outcome not in flow.on and not needless:
                yield Finding((*here, "on"), f"does not say what happens when {outcome}: add {outcome}: NODE", True)
    if ERROR not in flow.on and any(not way.target for node in flow.nodes.values() for way in ways(flow, node)):
        text = "no way out of errors: callers hear an apology and are hung up; add on: {error: NODE}"
        yield Finding(("nodes",), text)


def _shares(here: tuple[str, ...], node: nodes.Split) -> Iterator[Finding]:
    for share in node.shares:
        if share not in node.on:
            yield Finding((*here, "shares", share), f"leads nowhere: add {share}: NODE under on", is_error=True)
    for share in node.on:
        if share not in node.shares:
            near = did_you_mean(share, node.shares)
            yield Finding((*here, "on", share), f"is no share{near}", is_error=True)
    if not any(node.shares.values()):
        yield Finding((*here, "shares"), "nobody gets any of them: at least one must be more than 0", is_error=True)


# --- names that something else defines --------------------------------------------------------------------------------


def _names(flow: Flow, flows: Mapping[str, Flow], known: Known) -> Iterator[Finding]:
    for name, node in flow.nodes.items():
        here = ("nodes", name)
        match node:
            case nodes.Queue():
                yield from _one((*here, "queue"), "queue", node.queue, known.queues)
                for skill in node.requires:
                    yield from _one((*here, "requires", skill), "skill", skill, known.skills)
                for number, agent in enumerate(node.preferred):
                    yield from _one((*here, "preferred", number), "agent", agent, known.agents)
            case nodes.OfferCallback():
                yield from _one((*here, "offer_callback"), "queue", node.offer_callback, known.queues)
            case nodes.Voicemail():
                yield from _one((*here, "voicemail"), "queue", node.voicemail, known.queues)
            case nodes.Hours():
                yield from _one((*here, "hours"), "hours", node.hours, known.hours)
            case nodes.Lookup():
                yield from _one((*here, "lookup"), "lookup", node.lookup, known.lookups)
            case nodes.Survey():
                for number, queue in enumerate(node.queues):
                    yield from _one((*here, "queues", number), "queue", queue, known.queues)
            case nodes.Transfer():
                yield from _one((*here, "transfer"), "allowed transfer", node.transfer, known.transfers)
            case nodes.Subflow():
                yield from _one((*here, "subflow"), "flow", node.subflow, flows)
            case _:
                continue


def _one(path: tuple[str | int, ...], kind: str, name: str, there: Collection[str] | None) -> Iterator[Finding]:
    if there is not None and name not in there:
        yield Finding(path, f'there is no {kind} "{name}"{did_you_mean(name, there)}', is_error=True)


# --- one node by itself -----------------------------------------------------------------------------------------------


def _node(here: tuple[str, ...], node: Node, flow: Flow) -> Iterator[Finding]:
    match node:
        case nodes.Lookup():
            if (node.get is None) == (node.post is None):
                yield Finding((*here, "lookup"), "needs one of get and post: get: /orders/{order_id}", is_error=True)
            if node.send and node.post is None:
                yield Finding((*here, "send"), "only a post sends something", is_error=True)
        case nodes.Collect():
            if not node.end_key and "-" in node.length:
                text = "without an end_key the caller must wait next_digit_s after the last digit"
                yield Finding((*here, "end_key"), text)
            if node.end_key is not None and node.end_key.isdecimal():
                yield Finding((*here, "end_key"), "a digit cannot end digits: use # or *", is_error=True)
        case nodes.SetLanguage() if node.language not in flow.languages:
            near = did_you_mean(node.language, flow.languages)
            yield Finding((*here, "language"), f"is none of the flow's languages{near}", is_error=True)
        case nodes.Survey():
            names = [question.name for question in node.questions]
            for number, name in enumerate(names):
                if name in names[:number]:
                    text = f'the name "{name}" is taken; answers could not be told apart'
                    yield Finding((*here, "questions", number, "name"), text, is_error=True)
        case _:
            return
