"""How do queues, agents and calls look in a terminal? Rows in, rich tables out; knows no engine and no socket.

A terminal too narrow folds long cells, then loses the least important columns, never the meaning of a row. Unknown is a
dash, never 0.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from cti.doctor.rules import Finding

DASH = "–"
PIPE_WIDTH = 200  # columns where nobody looks: wide enough that no name is cut
COLOURS = {
    "idle": "green",
    "available": "green",
    "ringing": "yellow",
    "offered": "yellow",
    "talking": "cyan",
    "hold": "cyan",
    "wrapup": "magenta",
    "on_break": "magenta",
    "logged_out": "dim",
    "ok": "green",
    "warn": "yellow",
    "fail": "red",
}

Row = Mapping[str, Any]


class Column(NamedTuple):
    """One column: its title, how its text is made, and how dear it is (the highest number goes first).

    `folds_at`: its words may go on in a next line, down to so many cells; 0: they never do.
    """

    title: str
    text: Callable[[Row], str]
    rank: int = 0
    right: bool = False
    folds_at: int = 0


def console(*, stderr: bool = False) -> Console:
    """Return a console that colours only a terminal and cuts only where a terminal ends."""
    found = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not found.is_terminal:
        found = Console(stderr=stderr, highlight=False, width=PIPE_WIDTH, no_color=True)
    return found


def clean(value: object) -> str:
    """Return `value` as one printable line: a caller's name must not steer the terminal."""
    if value is None or value == "":
        return DASH
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return "".join(char if char.isprintable() else "?" for char in text)


def duration(seconds: object) -> str:
    """Return seconds as 7 s, 1:05 or 2:03:04."""
    if not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return DASH
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def clock(at: object) -> str:
    """Return epoch seconds as local time of day; with its date where it is not today's."""
    if not isinstance(at, int | float):
        return DASH
    then = time.localtime(at)
    today = then[:3] == time.localtime()[:3]
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S", then)


def percent(share: object) -> str:
    return f"{share * 100:.1f} %" if isinstance(share, int | float) else DASH


def _of(key: str) -> Callable[[Row], str]:
    return lambda row: clean(row.get(key))


def _time(key: str) -> Callable[[Row], str]:
    return lambda row: duration(row.get(key))


def _names(row: Row) -> str:
    queues = row.get("queues") or ()
    return ", ".join(clean(name) for name in queues) or DASH


def _status(row: Row) -> str:
    """What the agent chose, and what he has asked for as soon as his work is over."""
    status, pending = row.get("status"), row.get("pending")
    if pending:
        return f"{clean(status)}, then {clean(pending)}"
    reason = row.get("reason")
    over = ", over its limit" if row.get("overdue") else ""
    return f"{clean(status)} ({clean(reason)}{over})" if status == "on_break" and reason else clean(status)


def outcome(action: str, row: Row) -> str:
    """What came of an agent's request, from his row after it."""
    busy = row.get("activity") not in (None, "", "idle")
    at_work = f"; {clean(row.get('activity'))} now" if busy else ""
    if row.get("pending"):
        return f"break ({clean(row['pending'])}) begins when his work is over{at_work}"
    if row.get("status") == "logged_out":
        return "logged out" + ("; the call he has goes on" if busy else "")
    if row.get("status") == "on_break":
        return f"on a break ({clean(row.get('reason'))}){at_work}"
    done = {"login": "logged in", "ready": "ready for the next call", "disposition": "noted"}
    return done.get(action, "available") + at_work


QUEUES = (
    Column("queue", _of("name")),
    Column("waiting", _of("waiting"), right=True),
    Column("longest", _time("longest_wait_s"), right=True),
    Column("free", _of("agents_free"), 2, right=True),
    Column("logged in", _of("agents_available"), 4, right=True),
    Column("offered", _of("offered"), 4, right=True),
    Column("answered", _of("answered"), 3, right=True),
    Column("abandoned", _of("abandoned"), 3, right=True),
    Column("in target", lambda row: percent(row.get("service_level")), 1, right=True),
    Column("target", _time("target_s"), 5, right=True),
)
WAITING = (
    Column("pos", _of("position"), right=True),
    Column("caller", _of("caller")),
    Column("waits", _time("wait_s"), right=True),
    Column("state", _of("state"), 1),
    Column("call", _of("call"), 2),
)
AGENTS = (
    Column("agent", _of("id")),
    Column("name", _of("name"), 4),
    Column("phone", _of("phone"), 5),
    Column("status", _status, folds_at=12),
    Column("activity", _of("activity")),
    Column("since", _time("since_s"), 1, right=True),
    Column("phone busy", lambda row: DASH if row.get("engaged") is None else "yes" if row["engaged"] else "no", 6),
    Column("answered", _of("answered"), 3, right=True),
    Column("missed", _of("missed"), 2, right=True),
    Column("queues", _names, 2, folds_at=12),
)
CALLS = (
    Column("call", _of("call")),
    Column("caller", _of("caller"), 2),
    Column("queue", _of("queue"), 1),
    Column("state", _of("state")),
    Column("waited", _time("wait_s"), 1, right=True),
    Column("agent", _of("agent")),
)


def fitting(columns: Sequence[Column], rows: Sequence[Row], width: int) -> list[Column]:
    """Return the columns that fit into `width` cells: the dearest go first, the first one (the name) never."""
    wide = {column.title: _folded(column, _natural(column, rows)) for column in columns}
    shown = list(columns)
    while len(shown) > 1 and sum(wide[column.title] + 3 for column in shown) > width:
        dearest = max(column.rank for column in shown[1:])
        shown.remove([column for column in shown[1:] if column.rank == dearest][-1])
    return shown


def _natural(column: Column, rows: Sequence[Row]) -> int:
    return max(cell_len(text) for text in (column.title, *(column.text(row) for row in rows)))


def _folded(column: Column, natural: int) -> int:
    return min(natural, max(column.folds_at, cell_len(column.title))) if column.folds_at else natural


def _widths(shown: Sequence[Column], rows: Sequence[Row], width: int) -> dict[str, int]:
    """Cells for each column: what is left over goes to those that would fold, from the left."""
    natural = {column.title: _natural(column, rows) for column in shown}
    found = {column.title: _folded(column, natural[column.title]) for column in shown}
    left = width - sum(cells + 3 for cells in found.values())
    for title in found:
        more = max(0, min(left, natural[title] - found[title]))
        found[title] += more
        left -= more
    return found


def table(columns: Sequence[Column], rows: Sequence[Row], width: int, title: str = "") -> Table:
    """Return `rows` as a table of at most `width` cells, with the columns that fit."""
    shown = fitting(columns, rows, width)
    texts = {column.title: [column.text(row) for row in rows] for column in shown}
    made = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False, padding=(0, 1))
    widths = _widths(shown, rows, width)
    for column in shown:
        name_width = max((cell_len(text) for text in texts[column.title]), default=0)
        made.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.folds_at,
            overflow="fold" if column.folds_at else "ellipsis",
            width=widths[column.title] if column.folds_at and column is not shown[0] else None,
            min_width=min(width - 2, name_width) if column is shown[0] else None,
        )
    for number in range(len(rows)):
        cells = [texts[column.title][number] for column in shown]
        made.add_row(*(Text(cell, style=COLOURS.get(cell.split(" ")[0], "")) for cell in cells))
    return made


def print_table(
    columns: Sequence[Column], rows: Sequence[Row], nothing: str, narrow: Sequence[Column] | None = None
) -> None:
    """Print `rows`, and which columns had no room; `nothing` where there are none.

    `narrow`: the same in fewer columns, for where not all of `columns` have room.
    """
    out = console()
    if not rows:
        out.print(nothing)
        return
    if narrow is not None and len(fitting(columns, rows, out.width)) < len(columns):
        columns = narrow
    out.print(table(columns, rows, out.width))
    left_out = [column.title for column in columns if column not in fitting(columns, rows, out.width)]
    if left_out:
        out.print(f"no room for: {', '.join(left_out)} (a wider terminal, or --json)", style="dim", soft_wrap=True)


def show_findings(findings: Sequence[Finding], out: Console) -> None:
    """Print the doctor's findings: one line each, and below each that is not ok what to do."""
    for found in findings:
        line = Text(f"{found.level:<5}", style=COLOURS[found.level])
        line.append(f"{found.subject}: {found.check}: {clean(found.text)}", style="")
        out.print(line, soft_wrap=True)
        if found.remedy:
            out.print(Text(f"      -> {clean(found.remedy)}"), soft_wrap=True)
    counts = {level: sum(found.level == level for found in findings) for level in ("ok", "warn", "fail")}
    out.print(f"{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} that will not work")
