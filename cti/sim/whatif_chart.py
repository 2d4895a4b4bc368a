"""How does a simulated day look? Rows in, one SVG text out: a panel per queue, service level above callers and wait.

Plain SVG by hand: two bars and a band per panel need no plotting library, and the file opens in every browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from cti.sim.whatif import Row
from cti.sim.whatif_day import ALL
from cti.sim.whatif_input import HALF_HOUR_S
from cti.sim.whatif_stats import Interval

WIDTH, PLOT_H, PANEL_H, LEFT, RIGHT, TOP = 900, 110, 176, 64, 64, 64
COLOURS = ("#0072b2", "#d55e00")  # Okabe and Ito: told apart by colour-blind eyes; the second line is dashed as well
DASHES = ("", ' stroke-dasharray="6 3"')
GREY, INK = "#dfe3e7", "#222"


def chart(rows: Sequence[Sequence[Row]], names: Sequence[str], title: str) -> str:
    """The chart of one or two configurations `names`, as the text of an SVG file."""
    queues = list(dict.fromkeys(row.queue for row in rows[0] if row.start_s is not None))
    height = TOP + PANEL_H * len(queues) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(title)}: '
        "service level within its 95 % interval</text>",
    ]
    for number, name in enumerate(names):
        x = LEFT + 260 * number
        parts.append(
            f'<line x1="{x}" y1="38" x2="{x + 24}" y2="38" stroke="{COLOURS[number]}" stroke-width="2.5"'
            f'{DASHES[number]}/><text x="{x + 30}" y="42">{escape(name[:34])}</text>'
        )
    x = LEFT + 260 * len(names)
    parts.append(
        f'<rect x="{x}" y="31" width="14" height="12" fill="{GREY}"/><text x="{x + 20}" y="42">callers offered</text>'
    )
    starts = [row.start_s for each in rows for row in each if row.start_s is not None]
    span = (min(starts), max(starts)) if starts else (0.0, 0.0)
    parts += [_panel(rows, queue, TOP + PANEL_H * number, span) for number, queue in enumerate(queues)]
    return "\n".join([*parts, "</svg>", ""])


def _panel(rows: Sequence[Sequence[Row]], queue: str, top: float, span: tuple[float, float]) -> str:
    """One queue: bars of callers (right scale), service level with its limits (left scale); all share the time axis."""
    mine = [[row for row in each if row.queue == queue and row.start_s is not None] for each in rows]
    first, slots = span[0], int((span[1] - span[0]) / HALF_HOUR_S) + 1
    step = (WIDTH - LEFT - RIGHT) / slots
    most = max((row.figures["offered"].value or 0.0 for each in mine for row in each), default=0.0) or 1.0
    base = top + 22 + PLOT_H

    def x_of(start_s: float | None) -> float:
        return LEFT + ((start_s or 0.0) - first) / HALF_HOUR_S * step

    def y_of(share: float) -> float:
        return base - PLOT_H * min(1.0, max(0.0, share))

    parts = [f'<text x="{LEFT}" y="{top + 14}" font-weight="bold">{escape(queue or "all queues")}</text>']
    for row in mine[0]:
        tall = PLOT_H * (row.figures["offered"].value or 0.0) / most
        parts.append(
            f'<rect x="{x_of(row.start_s) + 0.15 * step:.1f}" y="{base - tall:.1f}" width="{0.7 * step:.1f}" '
            f'height="{tall:.1f}" fill="{GREY}"/>'
        )
    parts += [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y_of(share):.1f}" y2="{y_of(share):.1f}" stroke="#e3e5e8"/>'
        f'<text x="{LEFT - 8}" y="{y_of(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.5, 0.8, 1.0)
    ]
    parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{base - PLOT_H + 4:.1f}">{most:.3g}</text>')
    for number, each in enumerate(mine):
        points = [(x_of(row.start_s) + step / 2, row.figures["service_level"]) for row in each]
        parts.append(_line([point for point in points if point[1].value is not None], y_of, number))
    every = max(1, slots // 12)
    parts += [
        f'<text x="{LEFT + slot * step:.1f}" y="{base + 15:.1f}" text-anchor="middle">'
        f"{clock(first + slot * HALF_HOUR_S)}</text>"
        for slot in range(0, slots, every)
    ]
    return "\n".join(parts)


def _line(points: Sequence[tuple[float, Interval]], y_of: Callable[[float], float], number: int) -> str:
    line = " ".join(f"{x:.1f},{y_of(each.value or 0.0):.1f}" for x, each in points)
    colour = COLOURS[number]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y_of(each.value or 0.0):.1f}" r="2.5" fill="{colour}"/>' for x, each in points
    )
    shift = 4 * number  # so that two configurations do not hide each other
    limits = "".join(
        f'<line x1="{x + shift:.1f}" y1="{y_of(each.low):.1f}" x2="{x + shift:.1f}" y2="{y_of(each.high):.1f}" '
        f'stroke="{colour}" stroke-width="3" stroke-opacity="0.45"/>'
        for x, each in points
        if each.low is not None and each.high is not None
    )
    course = f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"{DASHES[number]}/>'
    return limits + course + dots


def clock(start_s: float) -> str:
    """A second of the day as HH:MM; after midnight the hours go on."""
    return f"{int(start_s // 3600):02d}:{int(start_s % 3600 // 60):02d}"


def label(queue: str) -> str:
    """A queue's name for people."""
    return "all queues" if queue == ALL else queue
