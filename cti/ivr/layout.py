"""Where does each node of a flow stand in its picture? Layers from left to right, few crossings, short straight lines.

Pure geometry after Sugiyama, Tagawa and Toda (1981): break circles, layer, order by barycentres, place. The last step
is exact for each layer: isotonic regression (pool adjacent violators) keeps the order and the least distance while
moving every node as little as possible from where its neighbours want it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

SWEEPS = 24
FEW = 150  # above it, exchanging one by one takes seconds
LINE_HEIGHT = 16.0  # what a passing line is given


class Edge(NamedTuple):
    """From a point of a node's right side (`offset` from its top) to another node."""

    source: str
    offset: float
    target: str


class Place(NamedTuple):
    """The layer (0 is left) and the top of a node."""

    layer: int
    top: float


class Layout(NamedTuple):
    """`lines` has for each edge that goes forward the heights at which it passes the layers in between; edges that
    close a circle are in `backward`."""

    places: dict[str, Place]
    lines: dict[Edge, tuple[float, ...]]
    backward: tuple[Edge, ...]
    height: float


def arrange(heights: Mapping[str, float], edges: Sequence[Edge], start: str, gap: float) -> Layout:
    """Return where nodes of these `heights` stand, at least `gap` apart. All units are pixels."""
    backward = _closing(heights, edges, start)
    forward = [edge for edge in edges if edge not in backward]
    layer_of = _layers(heights, forward)
    sizes: dict[str, float] = dict(heights)
    chains: dict[Edge, list[str]] = {}
    layers: list[list[str]] = [[] for _ in range(max(layer_of.values(), default=0) + 1)]
    for name in heights:
        layers[layer_of[name]].append(name)
    links: list[tuple[str, float, str, float]] = []  # source, offset there, target, offset there
    for number, edge in enumerate(dict.fromkeys(forward)):
        before, offset = edge.source, edge.offset
        chains[edge] = []
        for layer in range(layer_of[edge.source] + 1, layer_of[edge.target]):
            point = f"\0{number}/{layer}"
            sizes[point] = LINE_HEIGHT
            layers[layer].append(point)
            chains[edge].append(point)
            links.append((before, offset, point, LINE_HEIGHT / 2))
            before, offset = point, LINE_HEIGHT / 2
        links.append((before, offset, edge.target, LINE_HEIGHT))
    layers = _order(layers, links, sizes)
    tops = _place(layers, links, sizes, gap)
    highest = min(tops.values(), default=0.0)
    places = {name: Place(layer_of[name], tops[name] - highest) for name in heights}
    lines = {
        edge: tuple(tops[point] - highest + LINE_HEIGHT / 2 for point in points) for edge, points in chains.items()
    }
    height = max((place.top + heights[name] for name, place in places.items()), default=0.0)
    return Layout(places, lines, tuple(backward), height)


def _closing(heights: Mapping[str, float], edges: Sequence[Edge], start: str) -> list[Edge]:
    """Return the edges that lead back to where one came from (depth first from the start, in the order of the file)."""
    out: dict[str, list[Edge]] = {name: [] for name in heights}
    for edge in edges:
        out[edge.source].append(edge)
    state: dict[str, int] = {}
    found: list[Edge] = []
    for root in (start, *heights):
        if root in state or root not in out:
            continue
        state[root] = 1
        work = [(root, iter(out[root]))]
        while work:
            name, rest = work[-1]
            way = next(rest, None)
            if way is None:
                state[name] = 2
                work.pop()
            elif state.get(way.target) == 1:
                found.append(way)
            elif way.target not in state:
                state[way.target] = 1
                work.append((way.target, iter(out[way.target])))
    return found


def _layers(heights: Mapping[str, float], forward: Sequence[Edge]) -> dict[str, int]:
    """Each node stands right of all that lead to it: the longest way from the left."""
    waiting = dict.fromkeys(heights, 0)
    for edge in forward:
        waiting[edge.target] += 1
    layer = dict.fromkeys(heights, 0)
    free = [name for name, count in waiting.items() if not count]
    out: dict[str, list[Edge]] = {name: [] for name in heights}
    for edge in forward:
        out[edge.source].append(edge)
    while free:
        name = free.pop()
        for edge in out[name]:
            layer[edge.target] = max(layer[edge.target], layer[name] + 1)
            waiting[edge.target] -= 1
            if not waiting[edge.target]:
                free.append(edge.target)
    return layer


Links = Sequence[tuple[str, float, str, float]]


def _order(layers: list[list[str]], links: Links, sizes: Mapping[str, float]) -> list[list[str]]:
    """Sort each layer by where its neighbours stand, to and fro; keep the order with the fewest crossings."""
    before: dict[str, list[tuple[str, float]]] = {}
    after: dict[str, list[tuple[str, float]]] = {}
    for source, offset, target, _ in links:
        before.setdefault(target, []).append((source, offset / sizes[source]))
        after.setdefault(source, []).append((target, offset / sizes[source]))
    best, fewest = [list(layer) for layer in layers], _crossings(layers, links)
    for sweep in range(SWEEPS):
        order = {name: place for layer in layers for place, name in enumerate(layer)}
        numbers = range(1, len(layers)) if sweep % 2 == 0 else range(len(layers) - 2, -1, -1)
        neighbours = before if sweep % 2 == 0 else after
        for number in numbers:
            wish: dict[str, float] = {}
            for name in layers[number]:
                near = neighbours.get(name, [])
                points = [order[other] + (part if sweep % 2 == 0 else 0.0) for other, part in near]
                wish[name] = sum(points) / len(points) if points else float(order[name])
            layers[number].sort(key=lambda name: wish[name])
            order |= {name: place for place, name in enumerate(layers[number])}
        crossings = _crossings(layers, links)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    if sum(map(len, best)) <= FEW:
        _swap_neighbours(best, links, fewest)
    return best


def _swap_neighbours(layers: list[list[str]], links: Links, crossings: int) -> None:
    """Exchange two that stand side by side wherever that undoes a crossing: what averages cannot see."""
    better = True
    while better:
        better = False
        for layer in layers:
            for at in range(len(layer) - 1):
                layer[at], layer[at + 1] = layer[at + 1], layer[at]
                now = _crossings(layers, links)
                if now < crossings:
                    crossings, better = now, True
                else:
                    layer[at], layer[at + 1] = layer[at + 1], layer[at]


def _crossings(layers: Sequence[Sequence[str]], links: Links) -> int:
    order = {name: (number, place) for number, layer in enumerate(layers) for place, name in enumerate(layer)}
    by_layer: dict[int, list[tuple[int, float, int]]] = {}
    for source, offset, target, _ in links:
        number, place = order[source]
        by_layer.setdefault(number, []).append((place, offset, order[target][1]))
    found = 0
    for group in by_layer.values():
        group.sort()
        found += sum(one[2] > other[2] for at, one in enumerate(group) for other in group[at + 1 :])
    return found


def _place(layers: Sequence[Sequence[str]], links: Links, sizes: Mapping[str, float], gap: float) -> dict[str, float]:
    """Return the top of everything: moved towards its neighbours, to and fro."""
    tops: dict[str, float] = {}
    for layer in layers:
        top = 0.0
        for name in layer:
            tops[name] = top
            top += sizes[name] + gap
    pulls: dict[str, list[tuple[str, float, float]]] = {name: [] for name in sizes}
    for source, offset, target, there in links:
        weight = 4.0 if source.startswith("\0") or target.startswith("\0") else 1.0
        pulls[target].append((source, offset - there, weight))
        pulls[source].append((target, there - offset, weight))
    position = {name: number for number, layer in enumerate(layers) for name in layer}
    for sweep in range(2 * SWEEPS):
        numbers = range(len(layers)) if sweep % 2 == 0 else range(len(layers) - 1, -1, -1)
        for number in numbers:
            wishes: list[tuple[float, float]] = []
            for name in layers[number]:
                side = [pull for pull in pulls[name] if (position[pull[0]] < number) == (sweep % 2 == 0)]
                total = sum(weight for _, _, weight in side)
                wish = sum((tops[other] + shift) * weight for other, shift, weight in side) / total if side else 0.0
                wishes.append((wish, total) if side else (tops[name], 0.1))
            tops |= dict(zip(layers[number], _apart(layers[number], wishes, sizes, gap), strict=True))
    return tops


def _apart(
    names: Sequence[str], wishes: Sequence[tuple[float, float]], sizes: Mapping[str, float], gap: float
) -> list[float]:
    """Return tops in this order, at least `gap` apart, with the least weighted sum of squared moves."""
    ahead: list[float] = []
    total = 0.0
    for name in names:
        ahead.append(total)
        total += sizes[name] + gap
    blocks: list[list[float]] = []  # mean, weight, count
    for (wish, weight), shift in zip(wishes, ahead, strict=True):
        blocks.append([wish - shift, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, heavy, count = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * heavy) / (last[1] + heavy)
            last[1] += heavy
            last[2] += count
    levels = [mean for mean, _, count in blocks for _ in range(int(count))]
    return [level + shift for level, shift in zip(levels, ahead, strict=True)]
