"""Which pictures do the tables in cti/acd and cti/outbound give? Draws docs/state/: Mermaid in README.md, and *.svg.

    python tools/draw_states.py            writes the files
    python tools/draw_states.py --check    exit code 1 if they are not up to date

It knows the tables and nothing else; the layout is a circle of states, so that no drawing program is needed.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "state"
sys.path.insert(0, str(ROOT))

from cti.acd import transitions as of_acd  # noqa: E402
from cti.outbound import transitions as of_outbound  # noqa: E402

TABLES = {**of_acd.TABLES, **of_outbound.TABLES}

WIDTH, HEIGHT = 760, 560
BOX_WIDTH, BOX_HEIGHT = 116, 34
BEND = 0.12  # how far an arrow bows out, so that there and back are two lines

Table = Mapping[Any, frozenset[Any]]

HEAD = """# Which state may follow which

Drawn by `python tools/draw_states.py` from the tables in `cti/acd/transitions.py` and `cti/outbound/transitions.py`:
change them, not the pictures. What each state means is said in `cti/model/words.py` and `cti/model/dialling.py`.
"""


def plain(table: Table) -> dict[str, list[str]]:
    """The table in plain words, in the order in which its states are defined (sets have another one every time)."""
    states = [str(state) for state in type(next(iter(table)))]
    following = {str(old): {str(new) for new in news} for old, news in table.items()}
    return {old: [new for new in states if new in following[old]] for old in states}


def mermaid(table: Mapping[str, list[str]]) -> str:
    """A state diagram as Mermaid text: the first state of the table is where everything begins."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(table))}"]
    for old, following in table.items():
        lines += [f"    {old} --> {new}" for new in following]
        if not following:
            lines.append(f"    {old} --> [*]")
    return "\n".join(lines) + "\n"


def svg(name: str, table: Mapping[str, list[str]]) -> str:
    """The same as a picture: states on a circle, the first at the top, final ones with a double line."""
    places = _places(list(table))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="14">',
        f"<title>{escape(name)}: which state may follow which</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for old, following in table.items():
        parts += [_arrow(places[old], places[new], same=old == new) for new in following]
    parts += [_box(state, places[state], final=not following) for state, following in table.items()]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _places(states: list[str]) -> dict[str, tuple[float, float]]:
    places = {}
    for number, state in enumerate(states):
        angle = 2 * math.pi * number / len(states) - math.pi / 2
        x = WIDTH / 2 + (WIDTH / 2 - BOX_WIDTH * 0.75) * math.cos(angle)
        y = HEIGHT / 2 + (HEIGHT / 2 - BOX_HEIGHT * 1.5) * math.sin(angle)
        places[state] = (x, y)
    return places


def _box(state: str, place: tuple[float, float], *, final: bool) -> str:
    x, y = place
    left, top = x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2
    stroke = 'stroke-width="3"' if final else 'stroke-width="1.2"'
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" fill="#eef4fb" '
        f'stroke="#2b5c8a" {stroke}/><text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">{escape(state)}</text>'
    )


def _arrow(start: tuple[float, float], end: tuple[float, float], *, same: bool) -> str:
    style = 'fill="none" stroke="#555" stroke-width="1.1" marker-end="url(#tip)"'
    if same:
        x, y = start
        top = y - BOX_HEIGHT / 2
        loop = f"C{x - 30:.1f} {top - 34:.1f} {x + 30:.1f} {top - 34:.1f} {x + 20:.1f} {top:.1f}"
        return f'<path d="M{x - 20:.1f} {top:.1f} {loop}" {style}/>'
    bend_x = (start[0] + end[0]) / 2 - BEND * (end[1] - start[1])
    bend_y = (start[1] + end[1]) / 2 + BEND * (end[0] - start[0])
    from_x, from_y = _edge(start, (bend_x, bend_y))
    to_x, to_y = _edge(end, (bend_x, bend_y))
    return f'<path d="M{from_x:.1f} {from_y:.1f} Q{bend_x:.1f} {bend_y:.1f} {to_x:.1f} {to_y:.1f}" {style}/>'


def _edge(center: tuple[float, float], toward: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of a box to a point leaves the box."""
    dx, dy = toward[0] - center[0], toward[1] - center[1]
    scale = 1 / max(abs(dx) / (BOX_WIDTH / 2), abs(dy) / (BOX_HEIGHT / 2), 1e-9)
    return center[0] + dx * scale, center[1] + dy * scale


def files() -> dict[str, str]:
    """Every file by name, and what must stand in it."""
    drawn, page = {}, [HEAD]
    for name, table in TABLES.items():
        words = plain(table)
        page.append(f"## {name.capitalize()}\n\n```mermaid\n{mermaid(words)}```\n\n![{name}]({name}.svg)\n")
        drawn[f"{name}.svg"] = svg(name, words)
    return drawn | {"README.md": "\n".join(page)}


def outdated(folder: Path = FOLDER) -> list[str]:
    """The names of files that are missing, wrong or too many."""
    drawn = files()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.*")}
    return sorted(name for name in drawn.keys() | there.keys() if drawn.get(name) != there.get(name))


def main() -> int:
    parser = argparse.ArgumentParser(description="Draw docs/state/ from the transition tables.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if something is old")
    if parser.parse_args().check:
        for name in outdated():
            print(f"docs/state/{name} is not up to date: run python tools/draw_states.py")
        return 1 if outdated() else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in outdated():
        (FOLDER / name).unlink(missing_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
