"""Which nodes does nobody reach, and where does a caller go round for ever? PURE: flows in, findings out.

What counts are the ways that a caller goes without doing anything: a circle of them that has no way out never ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cti.ivr.graph import By, reachable, ways, writes
from cti.model import flow_nodes as nodes
from cti.model.finding import Finding
from cti.model.flow import Flow
from cti.model.flow_nodes import BACK, ERROR, REPEAT

Edges = Mapping[str, tuple[tuple[str, str], ...]]  # node: (way, target), "" where the caller leaves the flow


def find(flow: Flow, flows: Mapping[str, Flow]) -> Iterator[Finding]:
    """Yield unreachable nodes and endless circles of `flow`, and circles of flows that call each other."""
    reached = reachable(flow)
    for name in flow.nodes:
        if name not in reached:
            yield Finding(("nodes", name), "nobody ever comes here: no other node leads to it")
    edges = {name: tuple(_quiet_ways(flow, name)) for name in flow.nodes if name in reached}
    for circle in circles(edges):
        yield from _judge(flow, circle, edges)
    yield from _calls(flow, flows)


def _quiet_ways(flow: Flow, name: str) -> Iterator[tuple[str, str]]:
    """Yield the ways out of a node that a caller goes who does nothing."""
    for way in ways(flow, flow.nodes[name]):
        if way.by is not By.CALLER:
            target = way.target or flow.on.get(ERROR, "")
            yield way.name, name if target in (REPEAT, BACK) else target if target in flow.nodes else ""


def circles(edges: Edges) -> list[tuple[str, ...]]:
    """Return the strongly connected parts that hold a circle, each in the order of the file (Tarjan, no recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in edges:
        work = [(root, iter(edges[root]))] if root not in index else []
        if work:
            index[root] = low[root] = len(index)
            stack.append(root)
            on_stack.add(root)
        while work:
            name, rest = work[-1]
            _, target = next(rest, ("", None))
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    part = set(stack[stack.index(name) :])
                    del stack[stack.index(name) :]
                    on_stack -= part
                    if len(part) > 1 or any(there == name for _, there in edges[name]):
                        found.append(tuple(other for other in edges if other in part))
            elif target in edges and target not in index:
                index[target] = low[target] = len(index)
                stack.append(target)
                on_stack.add(target)
                work.append((target, iter(edges[target])))
            elif target in on_stack:
                low[name] = min(low[name], index[target])
    return found


def _judge(flow: Flow, circle: tuple[str, ...], edges: Edges) -> Iterator[Finding]:
    exits = [(name, way) for name in circle for way, target in edges[name] if target not in circle]
    names = " -> ".join([*circle, circle[0]]) if len(circle) > 1 else circle[0]
    by_count = any(isinstance(flow.nodes[name], nodes.Branch) and _counts(flow, circle) for name, _ in exits)
    if by_count:
        return
    path = ("nodes", circle[0])
    if not exits:
        text = f"a caller who does nothing goes round for ever: {names}; lead out of it (then: hangup, or an agent)"
        yield Finding(path, text, is_error=True)
        return
    way_out = " or ".join(dict.fromkeys(f"{name} ({way})" for name, way in exits[:3]))
    text = f"a caller may go round until {way_out} leads out: {names}; count the rounds with set and branch"
    yield Finding(path, text)


def _counts(flow: Flow, circle: tuple[str, ...]) -> bool:
    return any(isinstance(flow.nodes[name], nodes.Set) and writes(flow.nodes[name]) for name in circle)


def _calls(flow: Flow, flows: Mapping[str, Flow]) -> Iterator[Finding]:
    """Flows that call each other in a circle end at the greatest depth, in the way out of errors."""
    for name, node in flow.nodes.items():
        if isinstance(node, nodes.Subflow) and flow.name in _called(node.subflow, flows):
            text = f"{node.subflow} calls {flow.name} again: flows must not call each other in a circle"
            yield Finding(("nodes", name, "subflow"), text, is_error=True)


def _called(name: str, flows: Mapping[str, Flow]) -> set[str]:
    found, open_ = set[str](), [name]
    while open_:
        there = open_.pop()
        if there in flows and there not in found:
            found.add(there)
            open_ += [node.subflow for node in flows[there].nodes.values() if isinstance(node, nodes.Subflow)]
    return found
