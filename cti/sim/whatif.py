"""What would happen with this demand and these people, and what with another configuration? Days, figures, differences.

Plays the days (on all cores where it pays), and makes the figures of the metric contract out of the counts. Must not
know how they are shown.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from cti.model.policy import Center
from cti.sim.whatif_day import ALL, Cast, Cell, Count, cast, draw, play, wrap_ups
from cti.sim.whatif_input import HALF_HOUR_S, Day
from cti.sim.whatif_stats import Interval, Ratio, difference

WORTH_A_PROCESS = 3000  # callers; below, starting processes takes longer than playing
WHOLE_DAY = -1

FIGURES: Mapping[str, Callable[[Cell], tuple[float, float]]] = {
    "offered": lambda cell: (cell.offered, 1),
    "service_level": lambda cell: (cell.in_target, cell.answered + cell.abandoned - cell.short_abandoned),
    "asa_s": lambda cell: (cell.wait_s, cell.answered),
    "abandoned": lambda cell: (cell.abandoned, cell.offered),
    "elsewhere": lambda cell: (cell.elsewhere, cell.offered),
    "occupancy": lambda cell: (cell.busy_s, cell.staffed_s),
    "ewt_announced": lambda cell: (cell.ewt_announced, 1),
    "ewt_kept": lambda cell: (cell.ewt_kept, cell.ewt_announced),
}
"""Daily numerator and denominator of each figure: contacts, shares of 1 (service level "offered"), seconds."""


@dataclass(frozen=True)
class Scene:
    """What is to be played: the same demand and roster with one or more configurations."""

    centers: tuple[Center, ...]
    day: Day
    days: int
    seed: int
    ring_s: float


class Row(NamedTuple):
    """One line of the result: a queue (ALL: all of them) in one half hour (its beginning), or in the whole day."""

    queue: str
    start_s: float | None
    figures: dict[str, Interval]


@dataclass(frozen=True)
class Outcome:
    """One row list per configuration; with two configurations also the second less the first."""

    rows: list[list[Row]]
    differences: list[Row]
    callers: int  # of all days, the same for every configuration
    unserved: list[int]  # by configuration: still in line hours after the last shift


def simulate(scene: Scene, *, progress: Callable[[int], object] = lambda done: None) -> Outcome:
    """Play all days with all configurations; `progress` hears how many of days x configurations are done."""
    work = [(number, center) for number in range(scene.days) for center in range(len(scene.centers))]
    expected = sum(row.offered for row in scene.day.demand) * len(work)
    counts: list[list[Count]] = [[] for _ in scene.centers]
    for done, ((_, center), count) in enumerate(zip(work, _counts(scene, work, expected), strict=True), 1):
        counts[center].append(count)
        progress(done)
    keys = _keys(scene, counts)
    ratios = [{key: _ratios(days, *key) for key in keys} for days in counts]
    rows = [
        [_row(key, {name: each.interval(_most(name)) for name, each in found[key].items()}) for key in keys]
        for found in ratios
    ]
    differences = []
    if len(ratios) == 2:
        for key in keys:
            one, two = ratios[0][key], ratios[1][key]
            differences.append(_row(key, {name: difference(one[name], two[name]) for name in FIGURES}))
    callers = sum(count.callers for count in counts[0])
    return Outcome(rows, differences, callers, [sum(count.unserved for count in days) for days in counts])


class _Stage:
    """What a process needs to play any day: made once, not for each day."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._casts: list[Cast] = [cast(center, scene.day) for center in scene.centers]
        self._talk_less_s = wrap_ups(scene.day, scene.centers[0])

    def play(self, number: int, center: int) -> Count:
        """Play day `number` with configuration `center`."""
        scene = self._scene
        callers = draw(scene.day, self._talk_less_s, f"{scene.seed}/{number}")
        return play(self._casts[center], scene.day, callers, scene.ring_s)


_stage: _Stage | None = None


def _enter(scene: Scene) -> None:
    global _stage  # all that a pool's initializer can leave behind for its process
    _stage = _Stage(scene)


def _play(what: tuple[int, int]) -> Count:
    assert _stage is not None
    return _stage.play(*what)


def _counts(scene: Scene, work: Sequence[tuple[int, int]], expected: float) -> Iterator[Count]:
    workers = min(os.cpu_count() or 1, len(work))
    if workers < 2 or expected < WORTH_A_PROCESS:
        stage = _Stage(scene)
        yield from (stage.play(*what) for what in work)
        return
    with ProcessPoolExecutor(workers, initializer=_enter, initargs=(scene,)) as pool:
        yield from pool.map(_play, work)


# --- figures --------------------------------------------------------------------------------------------------------

_Key = tuple[str, int]


def _keys(scene: Scene, counts: Iterable[list[Count]]) -> list[_Key]:
    """Every queue with its half hours in which anybody called, then its day; all queues together last."""
    seen = {key for days in counts for count in days for key, cell in count.cells.items() if cell.offered}
    queues = [name for name in scene.centers[0].queues if any(queue == name for queue, _ in seen)]
    queues += sorted({queue for queue, _ in seen} - {*queues, ALL})
    found: list[_Key] = []
    for queue in (*queues, ALL):
        found += sorted(key for key in seen if key[0] == queue)
        found.append((queue, WHOLE_DAY))
    return found


def _ratios(days: Sequence[Count], queue: str, half_hour: int) -> dict[str, Ratio]:
    nothing = Cell()
    if half_hour == WHOLE_DAY:
        cells = [_sum(cell for key, cell in count.cells.items() if key[0] == queue) for count in days]
    else:
        cells = [count.cells.get((queue, half_hour), nothing) for count in days]
    found = {}
    for name, figure in FIGURES.items():
        pairs = [figure(cell) for cell in cells]
        found[name] = Ratio([above for above, _ in pairs], [below for _, below in pairs])
    return found


def _most(figure: str) -> float:
    return math.inf if figure in ("offered", "asa_s", "ewt_announced") else 1.0


def _sum(cells: Iterable[Cell]) -> Cell:
    whole = Cell()
    for cell in cells:
        for name in Cell.__slots__:
            setattr(whole, name, getattr(whole, name) + getattr(cell, name))
    return whole


def _row(key: _Key, figures: dict[str, Interval]) -> Row:
    queue, half_hour = key
    return Row(queue, None if half_hour == WHOLE_DAY else half_hour * HALF_HOUR_S, figures)
