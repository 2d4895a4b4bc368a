"""What shall be played? demand.csv and roster.csv, read with every problem at its file and line.

Knows the columns and their limits; must not know how a day is played or what comes out of it.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from cti.model.errors import ConfigError
from cti.model.policy import Center

DEMAND = ("start", "queue", "offered", "aht_s", "patience_s")
ROSTER = ("agent", "from", "to", "breaks")
DAY_S = 86_400.0
HALF_HOUR_S = 1800.0
MAX_BYTES = 4 * 2**20
Row = TypeVar("Row")
CLOCK = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")
PEOPLE = re.compile(r"^(?:(?P<name>[A-Za-z][A-Za-z0-9_-]{0,39})(?:\s*\*\s*(?P<like>\d{1,4}))?|(?P<count>\d{1,4}))$")


@dataclass(frozen=True, slots=True)
class Demand:
    """One row: on average `offered` callers dial `wants` in the interval from `start_s`. Times in seconds of the day.

    `aht_s` is talk and wrap-up together (metric contract); mean patience is infinite where the row says nothing.
    """

    start_s: float
    wants: str  # a queue, or a dialled number of the configuration
    offered: float
    aht_s: float
    patience_s: float
    line: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One row: `count` people work from `from_s` to `to_s` with breaks. `agent` None: they can do everything."""

    agent: str | None
    count: int
    from_s: float
    to_s: float
    breaks: tuple[tuple[float, float], ...]
    line: int


@dataclass(frozen=True)
class Day:
    """The two files. `interval_s` is the smallest step between the intervals of the demand."""

    demand: tuple[Demand, ...]
    shifts: tuple[Shift, ...]
    interval_s: float
    demand_file: str
    roster_file: str


def read(demand: Path, roster: Path) -> Day:
    """Read both files. Raises ConfigError with every problem as `file:line: what`."""
    problems: list[str] = []
    rows = tuple(_rows(demand, DEMAND, _demand, problems))
    shifts = tuple(_rows(roster, ROSTER, _shift, problems))
    if problems:
        raise ConfigError(problems)
    starts = sorted({row.start_s for row in rows})
    problems = list(_twice(demand, rows))
    problems += [
        f"{roster}:{later.line}: {later.agent} works already (line {earlier.line})"
        for number, later in enumerate(shifts)
        for earlier in shifts[:number]
        if later.agent is not None
        and later.agent == earlier.agent
        and later.count == earlier.count == 1
        and later.from_s < earlier.to_s
        and earlier.from_s < later.to_s
    ]
    if problems:
        raise ConfigError(problems)
    steps = [later - earlier for earlier, later in pairwise(starts)]
    return Day(rows, shifts, min(steps, default=HALF_HOUR_S), str(demand), str(roster))


def check(day: Day, center: Center, config: str) -> None:
    """Hold the two files against the configuration `config`. Raises ConfigError as `file:line: what`."""
    problems = []
    for row in day.demand:
        where = f"{day.demand_file}:{row.line}"
        queue = queue_of(center, row.wants)
        if queue is None:
            names = ", ".join(sorted(center.queues))
            problems.append(f"{where}: {config} has no queue and no entry {row.wants!r} (queues: {names})")
        elif center.queues[queue].wrap_up_s >= row.aht_s:
            wrap_up_s = center.queues[queue].wrap_up_s
            problems.append(
                f"{where}: aht_s {row.aht_s:g} is talk and wrap-up together; {queue} alone has wrap_up_s {wrap_up_s:g}"
            )
    problems += [
        f"{day.roster_file}:{shift.line}: {config} has no agent {shift.agent!r}"
        for shift in day.shifts
        if shift.agent is not None and shift.agent not in center.agents
    ]
    if problems:
        raise ConfigError(problems)


def queue_of(center: Center, wants: str) -> str | None:
    """The queue that `wants` (a queue's name or a dialled number) leads to, None if there is none."""
    if wants in center.queues:
        return wants
    entry = center.entries.get(wants)
    return entry.queue if entry is not None else None


def _twice(demand: Path, rows: Sequence[Demand]) -> Iterator[str]:
    """The same interval of a queue once more would be the same callers once more: seed, queue and time draw them."""
    first: dict[tuple[float, str], Demand] = {}
    for row in rows:
        seen = first.setdefault((row.start_s, row.wants), row)
        if seen is not row:
            yield f"{demand}:{row.line}: {row.wants} begins at this time already (line {seen.line}); add the two up"


# --- reading ------------------------------------------------------------------------------------------------------


def _rows(
    path: Path, columns: tuple[str, ...], row: Callable[[dict[str, str], int], Row], problems: list[str]
) -> Iterator[Row]:
    text = _text(path, problems)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] = []
    empty = True
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if not names:
                names = [cell.lower() for cell in cells]
                if missing := [column for column in columns if column not in names]:
                    problems.append(
                        f"{path}:{reader.line_num}: the first line must name the columns {','.join(columns)}; "
                        f"missing: {', '.join(missing)}"
                    )
                    return
                continue
            empty = False
            if len(cells) > len(names):
                problems.append(f"{path}:{reader.line_num}: {len(cells)} values for {len(names)} columns")
                continue
            try:
                yield row(dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True)), reader.line_num)
            except ValueError as error:
                problems.append(f"{path}:{reader.line_num}: {error}")
    except csv.Error as error:
        problems.append(f"{path}:{reader.line_num}: not CSV: {error}")
        return
    if empty:
        problems.append(f"{path}:1: nothing but the names of the columns" if names else f"{path}:1: empty")


def _text(path: Path, problems: list[str]) -> str | None:
    try:
        with path.open("rb") as source:
            data = source.read(MAX_BYTES + 1)
    except OSError as error:
        problems.append(f"{path}:1: cannot be read: {error.strerror}")
        return None
    if len(data) > MAX_BYTES:
        problems.append(f"{path}:1: larger than {MAX_BYTES // 2**20} MiB")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(f"{path}:{line}: not UTF-8")
        return None


def _demand(cells: dict[str, str], line: int) -> Demand:
    if not cells["queue"]:
        raise ValueError("queue: a queue or a dialled number is missing")
    start_s = _clock("start", cells["start"])
    if start_s >= DAY_S:
        raise ValueError("start: the last interval begins before 24:00")
    return Demand(
        start_s=start_s,
        wants=cells["queue"],
        offered=_number("offered", cells["offered"], least=0.0, most=100_000.0),
        aht_s=_number("aht_s", cells["aht_s"], least=1.0, most=DAY_S),
        patience_s=_number("patience_s", cells["patience_s"], least=1.0, most=DAY_S)
        if cells["patience_s"]
        else math.inf,
        line=line,
    )


def _shift(cells: dict[str, str], line: int) -> Shift:
    people = PEOPLE.match(cells["agent"])
    if people is None:
        raise ValueError('agent: must be a name ("anna"), people like her ("anna*3"), or a number of people ("12")')
    count = int(people["count"] or people["like"] or 1)
    if not count:
        raise ValueError("agent: nobody")
    from_s = _clock("from", cells["from"])
    to_s = _clock("to", cells["to"])
    if to_s <= from_s:
        to_s += DAY_S
    breaks = tuple(_break(text, from_s, to_s) for text in cells["breaks"].replace(";", " ").split())
    if any(later[0] < earlier[1] for earlier, later in pairwise(breaks)):
        raise ValueError("breaks: must follow one another")
    return Shift(people["name"], count, from_s, to_s, breaks, line)


def _break(text: str, from_s: float, to_s: float) -> tuple[float, float]:
    begin, dash, end = text.partition("-")
    if not dash:
        raise ValueError('breaks: must be times like "12:00-12:30", with a blank between two')
    begin_s, end_s = _clock("breaks", begin), _clock("breaks", end)
    begin_s += DAY_S if begin_s < from_s else 0.0
    end_s += DAY_S if end_s < begin_s else 0.0
    if not from_s <= begin_s < end_s <= to_s:
        raise ValueError(f"breaks: {text} is not within the shift")
    return begin_s, end_s


def _clock(column: str, text: str) -> float:
    """Seconds of the day."""
    found = CLOCK.match(text)
    if found is None or (found[1] == "24" and found[2] != "00"):
        raise ValueError(f'{column}: must be a time like "09:30"')
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0


def _number(column: str, text: str, *, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise ValueError(f"{column}: must be a number from {least:g} to {most:g}")
    return value
