"""How does `cti simulate` look to people? A block per queue: its half hours, then its day; then the expected waits.

Units stand in the heads of the columns and configurations are letters, so that a block fits into 80 columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table

from cti.cli.show import DASH
from cti.sim.whatif import Outcome, Row
from cti.sim.whatif_chart import clock, label
from cti.sim.whatif_stats import Interval

COLUMNS = {  # figure: head of its column, and what one unit of it is worth there
    "offered": ("offered\na day", 1.0),
    "service_level": ("service\nlevel %", 100.0),
    "asa_s": ("ASA\ns", 1.0),
    "abandoned": ("abandoned\n%", 100.0),
    "elsewhere": ("left other-\nwise %", 100.0),
    "occupancy": ("occupancy\n%", 100.0),
}
LETTERS = ("A", "B", "B-A")
HONEST = (0.85, 0.95)  # of a P90 that is neither too hopeful nor too careful


def show(outcome: Outcome, names: Sequence[str], days: int, console: Console) -> None:
    """Print the result; with two configurations each line of a block is A, B and what B changes."""
    several = len(names) > 1
    shown = [name for name in COLUMNS if name != "elsewhere" or _anybody(outcome, name)]
    lines = [*outcome.rows, outcome.differences] if several else list(outcome.rows)
    if several:
        for letter, name in zip(LETTERS, names, strict=False):
            console.print(f"{letter} = {name}", soft_wrap=True)
    for queue, numbers in groupby(range(len(outcome.rows[0])), lambda number: outcome.rows[0][number].queue):
        console.print(_block(label(queue), [[each[number] for each in lines] for number in numbers], shown))
        console.print()
    console.print(
        f"{_count(outcome.callers, 'caller')} in {_count(days, 'day')}; ± is the 95 % interval", soft_wrap=True
    )
    if several:
        console.print("* a difference that chance does not explain (its interval leaves 0 out)", soft_wrap=True)
    for text in _promises(outcome, names if several else [""]):
        console.print(text, soft_wrap=True)
    for name, unserved in zip(names, outcome.unserved, strict=True):
        if unserved:
            text = f"{name}: {_count(unserved, 'caller')} never served: is somebody on the roster for them?"
            console.print(text, soft_wrap=True)


def _block(queue: str, times: Sequence[Sequence[Row]], shown: Sequence[str]) -> Table:
    several = len(times[0]) > 1
    gap = 1 if several else 2
    table = Table(box=None, padding=(0, gap, 0, 0), title=queue, title_justify="left", title_style="bold underline")
    table.add_column("from", no_wrap=True)
    if several:
        table.add_column("", no_wrap=True)
    for name in shown:
        table.add_column(COLUMNS[name][0], justify="right")
    for rows in times:
        is_day = rows[0].start_s is None
        when = clock(rows[0].start_s) if rows[0].start_s is not None else "day"
        for place, row in enumerate(rows):
            cells = [_text(name, row.figures[name], sign=place == 2) for name in shown]
            head = [when if place == 0 else "", *([LETTERS[place]] if several else [])]
            table.add_row(*head, *cells, style="bold" if is_day else None)
    return table


def _promises(outcome: Outcome, names: Sequence[str]) -> Iterator[str]:
    """How often the P90 held that was expected when the callers of a queue entered it."""
    yield "expected wait: who was answered within the P90 of the moment of entry (honest: 85 to 95 %)"
    for name, rows in zip(names, outcome.rows, strict=True):
        for row in rows:
            if row.start_s is None:
                where = label(row.queue) + (f" ({name})" if name else "")
                told, kept = row.figures["ewt_announced"].value or 0.0, row.figures["ewt_kept"]
                yield f"  {where}: " + (_promise(told, kept) if kept.value is not None else "not yet known to anybody")


def _promise(told: float, kept: Interval) -> str:
    assert kept.value is not None
    low, high = HONEST
    verdict = "; too hopeful" if kept.value < low else "; longer than needed" if kept.value > high else ""
    return f"announced to {told:.1f} a day, kept for {_text('service_level', kept)} %{verdict}"


def _anybody(outcome: Outcome, name: str) -> bool:
    return any(row.figures[name].value for rows in outcome.rows for row in rows)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _text(name: str, each: Interval, *, sign: bool = False) -> str:
    if each.value is None:
        return DASH
    factor = COLUMNS[name][1]
    text = f"{factor * each.value:{'+' if sign else ''}.1f}"
    if each.low is None or each.high is None or name == "offered":
        return text
    sure = sign and not each.low <= 0.0 <= each.high
    half = max(each.value - each.low, each.high - each.value)  # one of the two may end at 0 or at 100 %
    return f"{text} ±{factor * half:.1f}{'*' if sure else ''}"
