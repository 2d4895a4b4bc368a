"""How does a flow look? One SVG text: cards from left to right, a line for each way a caller may go.

A way back is no line but a link, so that what goes forward can be followed with the eye; what holds for the whole flow
stands once, at the top. Plain SVG by hand: it opens in every browser, and words in it can be searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from cti.flows.card import Card, Row, card, cut, width_ems
from cti.ivr.graph import By
from cti.ivr.layout import Edge, Layout, Place, arrange
from cti.model.flow import Flow
from cti.model.flow_nodes import RESERVED

WIDTH, BETWEEN, GAP, MARGIN = 256, 84, 24, 28
FAR = 3  # a line over so many layers in between is a link instead
HEAD, LINE, ROW, PAD = 28, 17, 22, 8
FONT = "'Noto Sans','Noto Sans CJK SC','Segoe UI','PingFang SC','Microsoft YaHei',Helvetica,Arial,sans-serif"
GROUPS = {
    "play": "speak", "say": "speak", "hangup": "speak", "menu": "ask", "collect": "ask", "survey": "ask",
    "offer_callback": "people", "voicemail": "people", "queue": "people", "transfer": "people", "lookup": "do",
    "record": "do", "subflow": "do", "hours": "decide", "set": "decide", "branch": "decide", "language": "decide",
    "split": "decide",
    "do_not_call": "decide",
}  # fmt: skip
DASHES = {By.CALLER: "", By.ITSELF: "", By.SILENCE: ' stroke-dasharray="5 4"'}
WORDS = {"hangup": "hang up", "return": "return", "back": "back", "repeat": "again", "": "nowhere"}


class Palette(NamedTuple):
    """Colours; `groups`: ground and ink of what a card is about (speaking, asking, deciding, doing, people)."""

    ink: str
    soft: str
    paper: str
    card: str
    rule: str
    pill: str
    on_key: str  # a key that the caller presses stands on `ink`
    groups: Mapping[str, tuple[str, str]]
    lines: Mapping[By, str]


LIGHT = Palette(
    "#1f2933", "#64707d", "#fbfbf9", "white", "#e6e8eb", "#eef0f3", "white",
    {
        "speak": ("#dcebf7", "#2b6ca3"), "ask": ("#e9e2f6", "#6b4aa0"), "decide": ("#f8edd2", "#8a6208"),
        "do": ("#dcf0e5", "#2a744e"), "people": ("#fbe3e1", "#b0413a"),
    },
    {By.CALLER: "#6b4aa0", By.ITSELF: "#7b8794", By.SILENCE: "#b7791f"},
)  # fmt: skip
DARK = Palette(
    "#e6ebf0", "#a3b0bc", "#18212a", "#212c37", "#33404c", "#33404c", "#16202b",
    {
        "speak": ("#163850", "#8cc4f2"), "ask": ("#372a50", "#cdb8f2"), "decide": ("#463710", "#ecc76c"),
        "do": ("#143d2b", "#80d9a9"), "people": ("#552620", "#f7b0a7"),
    },
    {By.CALLER: "#b99fee", By.ITSELF: "#93a1ae", By.SILENCE: "#e0a94a"},
)  # fmt: skip


class Drawn(NamedTuple):
    """A card with where its ways begin, from its top."""

    card: Card
    height: float
    ports: tuple[float, ...]


def draw(flow: Flow, language: str, *, dark: bool = False) -> str:
    """Return the picture of `flow` with its texts in `language`, as the text of an SVG file. `dark`: on dark paper."""
    palette = DARK if dark else LIGHT
    cards = {name: card(flow, name, language) for name in flow.nodes}
    linked = _links(flow, cards)
    drawn = {name: _measure(each, linked) for name, each in cards.items()}
    layout = _arranged(flow, drawn, linked)
    legend = _legend(flow)
    top = MARGIN + 34 + LINE * 1.25 * len(legend) + 18
    layers = max(place.layer for place in layout.places.values()) + 1
    width = max(2 * MARGIN + 70 + layers * WIDTH + (layers - 1) * BETWEEN, 640)
    height = top + layout.height + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="{FONT}" font-size="13" fill="{palette.ink}" role="img">',
        f"<title>{escape(flow.name)}: a flow</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="{palette.paper}"/>',
        f'<text x="{MARGIN}" y="{MARGIN + 14}" font-size="20" font-weight="bold">{escape(flow.name)}</text>',
    ]
    for number, line in enumerate(legend):
        y = MARGIN + 40 + number * LINE * 1.25
        parts.append(f'<text x="{MARGIN}" y="{y:.1f}" fill="{palette.soft}">{escape(line)}</text>')
    canvas = Canvas(flow, drawn, layout, linked, top, palette)
    parts += [*canvas.lines(), *canvas.start(), *canvas.cards()]
    return "\n".join([*parts, "</svg>", ""])


def _links(flow: Flow, cards: Mapping[str, Card]) -> frozenset[tuple[str, str]]:
    """Return which ways (node, target) are links rather than lines: those that lead back, and those that lead far."""
    drawn = {name: _measure(each, frozenset()) for name, each in cards.items()}
    layout = _arranged(flow, drawn, frozenset())
    far = {(edge.source, edge.target) for edge, points in layout.lines.items() if len(points) >= FAR}
    return frozenset(far | {(edge.source, edge.target) for edge in layout.backward})


def _arranged(flow: Flow, drawn: Mapping[str, Drawn], linked: frozenset[tuple[str, str]]) -> Layout:
    edges = [
        Edge(name, port, row.target)
        for name, each in drawn.items()
        for row, port in zip(each.card.rows, each.ports, strict=True)
        if row.target in flow.nodes and (name, row.target) not in linked
    ]
    return arrange({name: each.height for name, each in drawn.items()}, edges, flow.start, GAP)


def _measure(each: Card, linked: frozenset[tuple[str, str]]) -> Drawn:
    """A card whose only way is a plain line has its port beside the head; others have a row for each way."""
    body = PAD + LINE * len(each.lines) + PAD if each.lines else 0.0
    only = each.rows[0] if len(each.rows) == 1 and not each.rows[0].label else None
    if only is not None and only.target not in RESERVED and (each.name, only.target) not in linked:
        return Drawn(each, HEAD + body, (HEAD / 2,))
    ports = tuple(HEAD + body + ROW * number + ROW / 2 for number in range(len(each.rows)))
    return Drawn(each, HEAD + body + ROW * len(each.rows) + (PAD / 2 if each.rows else 0.0), ports)


def _legend(flow: Flow) -> list[str]:
    found = [f"speaks {', '.join(flow.languages)}"]
    if flow.everywhere:
        found.append(
            "everywhere:\u2002" + "\u2003".join(f"{key} → {target}" for key, target in flow.everywhere.items())
        )
    if flow.on:
        found.append("otherwise:\u2002" + "\u2003".join(f"{outcome} → {target}" for outcome, target in flow.on.items()))
    return found


class Canvas:
    """Turns places into SVG elements."""

    def __init__(
        self,
        flow: Flow,
        drawn: dict[str, Drawn],
        layout: Layout,
        linked: frozenset[tuple[str, str]],
        top: float,
        palette: Palette,
    ) -> None:
        self._flow, self._drawn, self._layout, self._linked, self._top = flow, drawn, layout, linked, top
        self._palette = palette

    def start(self) -> Iterator[str]:
        """Draw where the caller comes in."""
        x, y = self._corner(self._layout.places[self._flow.start])
        y += HEAD / 2
        yield f'<circle cx="{x - 52:.1f}" cy="{y:.1f}" r="9" fill="{self._palette.ink}"/>'
        yield _curve([(x - 43, y), (x, y)], self._palette.ink, "")

    def lines(self) -> Iterator[str]:
        """Draw every way that leads forward."""
        for name, each in self._drawn.items():
            for row, port in zip(each.card.rows, each.ports, strict=True):
                edge = Edge(name, port, row.target)
                if edge not in self._layout.lines:
                    continue
                place = self._layout.places[name]
                x, y = self._corner(place)
                points = [(x + WIDTH, y + port)]
                for number, height in enumerate(self._layout.lines[edge], start=1):
                    left = self._x(place.layer + number)
                    points += [(left, self._top + height), (left + WIDTH, self._top + height)]
                there = self._corner(self._layout.places[row.target])
                points.append((there[0], there[1] + HEAD / 2))
                yield _curve(points, self._palette.lines[row.by], DASHES[row.by])

    def cards(self) -> Iterator[str]:
        """Draw every card."""
        for name, each in self._drawn.items():
            x, y = self._corner(self._layout.places[name])
            yield f'<g id="n-{escape(name)}" transform="translate({x:.1f} {y:.1f})">'
            yield from self._card(each)
            yield "</g>"

    def _card(self, each: Drawn) -> Iterator[str]:
        ground, ink = self._palette.groups[GROUPS[each.card.kind]]
        outline = f'fill="{self._palette.card}" stroke="{ink}" stroke-opacity=".55"'
        yield f'<rect width="{WIDTH}" height="{each.height:.1f}" rx="7" {outline}/>'
        yield f'<path d="M0 {HEAD}V7a7 7 0 0 1 7-7H{WIDTH - 7}a7 7 0 0 1 7 7V{HEAD}Z" fill="{ground}"/>'
        kind = each.card.kind.replace("_", " ")
        name = cut(each.card.name, 15.6 - width_ems(kind))
        yield f'<text x="10" y="19" font-weight="bold">{escape(name)}</text>'
        yield f'<text x="{WIDTH - 10}" y="19" text-anchor="end" fill="{ink}" font-size="12">{kind}</text>'
        y = HEAD + PAD
        for line in each.card.lines:
            y += LINE
            yield f'<text x="10" y="{y - 4:.1f}">{escape(line)}</text>'
        for row, port in zip(each.card.rows, each.ports, strict=True):
            yield from self._row(each.card.name, row, port, ink)

    def _row(self, name: str, row: Row, y: float, ink: str) -> Iterator[str]:
        palette = self._palette
        if y > HEAD:
            at = f'y1="{y - ROW / 2:.1f}" y2="{y - ROW / 2:.1f}"'
            yield f'<line x1="0" x2="{WIDTH}" {at} stroke="{palette.rule}"/>'
        is_link = (name, row.target) in self._linked
        goes_back = is_link and self._layer(row.target) <= self._layer(name)
        pill = f"{'↶' if goes_back else '→'} {row.target}" if is_link else WORDS.get(row.target, "")
        if len(row.label) == 1:
            yield f'<rect x="10" y="{y - 8.5:.1f}" width="20" height="17" rx="4" fill="{palette.ink}"/>'
            key = f'text-anchor="middle" fill="{palette.on_key}" font-weight="bold"'
            yield f'<text x="20" y="{y + 4.5:.1f}" {key}>{row.label}</text>'
        elif y > HEAD:
            label = cut(row.label or "then", 18.0 - (width_ems(pill) if pill else 0.0))
            yield f'<text x="10" y="{y + 4.5:.1f}" fill="{palette.soft}" font-style="italic">{escape(label)}</text>'
        if not pill:
            yield f'<circle cx="{WIDTH}" cy="{y:.1f}" r="3.5" fill="{ink}"/>'
            return
        wide = width_ems(pill) * 12 + 16
        box = f'x="{WIDTH - 8 - wide:.1f}" y="{y - 8.5:.1f}" width="{wide:.1f}" height="17" rx="8"'
        middle = f'x="{WIDTH - 8 - wide / 2:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="12"'
        text = f'<rect {box} fill="{palette.pill}"/><text {middle} fill="{palette.ink}">{escape(pill)}</text>'
        yield f'<a href="#n-{escape(row.target)}">{text}</a>' if is_link else text

    def _layer(self, name: str) -> int:
        return self._layout.places[name].layer

    def _x(self, layer: int) -> float:
        return MARGIN + 70 + layer * (WIDTH + BETWEEN)

    def _corner(self, place: Place) -> tuple[float, float]:
        return self._x(place.layer), self._top + place.top


def _curve(points: list[tuple[float, float]], colour: str, dashes: str) -> str:
    """A smooth line through `points`, level at each of them, with an arrow head at its end."""
    x, y = points[0]
    path = [f"M{x:.1f} {y:.1f}"]
    for number, (to_x, to_y) in enumerate(points[1:], start=1):
        end = to_x - 7 if number == len(points) - 1 else to_x
        bend = (end - x) / 2
        path.append(f"C{x + bend:.1f} {y:.1f} {end - bend:.1f} {to_y:.1f} {end:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return (
        f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.6"{dashes}/>'
        f'<path d="M{x - 8:.1f} {y - 4:.1f}L{x:.1f} {y:.1f}L{x - 8:.1f} {y + 4:.1f}Z" fill="{colour}"/>'
    )
