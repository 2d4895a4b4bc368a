"""How is it told what each kind of fault did? One row a kind, of all its times; pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from bench.chaos_plan import Kind

HEAD = ("fault", "times", "lasted s", "calls there", "died with it", "dropped", "well p50 s", "well max s", "order")


@dataclass(frozen=True)
class Episode:
    """One fault and what came of it. Times in monotonic seconds of the run."""

    kind: Kind
    began_at: float
    mended_at: float
    there: int  # callers whose call was up when it broke
    cut_off: int  # of these: whose Asterisk died
    dropped: int  # the others whose call was taken from them
    well_s: float | None  # from the mending until engine and phones agreed; None: not in time
    order_broken: int
    heard_at: float = math.inf  # when an engine first said again that it serves

    @property
    def lasted_s(self) -> float:
        return self.mended_at - self.began_at

    @property
    def ended_at(self) -> float:
        """When all was well."""
        return self.mended_at + (self.well_s if self.well_s is not None else float("inf"))

    def __str__(self) -> str:
        well = "NOT WELL IN TIME" if self.well_s is None else f"well after {self.well_s:.1f} s"
        return f"{self.there} calls, {self.cut_off} died with it, {self.dropped} dropped, {well}"


def table(episodes: Iterable[Episode]) -> str:
    """A table in Markdown, in the order of the kinds."""
    by_kind: dict[Kind, list[Episode]] = {}
    for episode in episodes:
        by_kind.setdefault(episode.kind, []).append(episode)
    rows = [HEAD, ("---",) * len(HEAD)] + [_row(kind, by_kind[kind]) for kind in Kind if kind in by_kind]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(kind: Kind, episodes: list[Episode]) -> tuple[str, ...]:
    well = [episode.well_s for episode in episodes if episode.well_s is not None]
    never = len(episodes) - len(well)
    lasted = [episode.lasted_s for episode in episodes]
    return (
        kind.value,
        str(len(episodes)),
        f"{min(lasted):.1f} to {max(lasted):.1f}",
        f"{statistics.mean(episode.there for episode in episodes):.0f}",
        str(sum(episode.cut_off for episode in episodes)),
        str(sum(episode.dropped for episode in episodes)),
        f"{statistics.median(well):.1f}" if well else "-",
        f"{max(well):.1f}" + (f", never {never}" if never else "") if well else f"never {never}",
        "kept" if not any(episode.order_broken for episode in episodes) else "BROKEN",
    )
