"""How does a report look as a picture? One SVG text: bars of how many, a line of how well; no plotting library."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from cti.reports.report import Report, Value

WIDTH, PLOT_H, LEFT, RIGHT, TOP, FOOT = 900, 260, 64, 64, 56, 48
BARS = ("offered", "handled", "placed", "came", "calls", "reached_wait")
LINES = ("sl_offered", "occupancy", "reach_rate", "patience", "self_service_rate")
COLOUR, GREY, INK, RULE = "#0072b2", "#dfe3e7", "#222", "#e3e5e8"
MOST_LABELS = 12


def chart(report: Report) -> str:
    """The text of an SVG file; totals are left out."""
    rows = [row for row in report.rows if row[0] != ""]
    bars = _figure(report, BARS, rows)
    lines = _figure(report, LINES, rows)
    most = max((value for value in bars[1] if value is not None), default=0.0) or 1.0
    step = (WIDTH - LEFT - RIGHT) / max(1, len(rows))
    base = TOP + PLOT_H
    span = f"{report.query.shown(report.query.span.begin)} to {report.query.shown(report.query.span.end)}"
    height = base + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}" role="img">',
        f"<title>{escape(report.name)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(report.name)}, {escape(span)}</text>',
        f'<rect x="{LEFT}" y="31" width="14" height="12" fill="{GREY}"/><text x="{LEFT + 20}" y="42">{bars[0]}</text>',
        f'<line x1="{LEFT + 200}" y1="38" x2="{LEFT + 224}" y2="38" stroke="{COLOUR}" stroke-width="2.5"/>'
        f'<text x="{LEFT + 230}" y="42">{lines[0]}</text>',
        f'<text x="{WIDTH - RIGHT + 8}" y="{TOP + 4}">{most:.4g}</text>',
    ]
    parts += [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base - PLOT_H * share:.1f}" y2="{base - PLOT_H * share:.1f}" '
        f'stroke="{RULE}"/>'
        f'<text x="{LEFT - 8}" y="{base - PLOT_H * share + 4:.1f}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.5, 0.8, 1.0)
    ]
    parts += [
        f'<rect x="{LEFT + (n + 0.15) * step:.1f}" y="{base - PLOT_H * (value or 0) / most:.1f}" '
        f'width="{0.7 * step:.1f}" height="{PLOT_H * (value or 0) / most:.1f}" fill="{GREY}"/>'
        for n, value in enumerate(bars[1])
    ]
    points = [
        (LEFT + (n + 0.5) * step, base - PLOT_H * min(1.0, value))
        for n, value in enumerate(lines[1])
        if value is not None
    ]
    course = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f'<polyline points="{course}" fill="none" stroke="{COLOUR}" stroke-width="2"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{COLOUR}"/>' for x, y in points]
    every = max(1, -(-len(rows) // MOST_LABELS))
    parts += [
        f'<text x="{LEFT + (n + 0.5) * step:.1f}" y="{base + 16}" text-anchor="middle">'
        f"{escape(_label(report, row))}</text>"
        for n, row in enumerate(rows)
        if n % every == 0
    ]
    return "\n".join([*parts, "</svg>", ""])


def _figure(report: Report, wanted: tuple[str, ...], rows: list[tuple[Value, ...]]) -> tuple[str, list[float | None]]:
    """The first of `wanted` that the report has, and its values."""
    name = next(name for name in wanted if name in report.columns)
    place = report.columns.index(name)
    return name, [value if isinstance(value := row[place], int | float) else None for row in rows]


def _label(report: Report, row: tuple[Value, ...]) -> str:
    first = row[0]
    if report.columns[0] != "start" or not isinstance(first, int | float):
        return f"{first:g}" if isinstance(first, float) else str(first)[:14]
    at = datetime.fromtimestamp(first, ZoneInfo(report.query.zone))
    return at.strftime(
        "%H:%M" if report.query.step_s and report.query.span.end - report.query.span.begin < 90_000 else "%m-%d"
    )
