"""What follows from counts? Levels, means, shares with their intervals, as the metric contract defines them. PURE.

Unknown is None, never 0: a level before the first answer, a share of nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from cti.figures.counting import Counts
from cti.outbound.wilson import interval

WEAK_BELOW = 30  # answers: a score from fewer is marked weak


def share(part: float, whole: float) -> float | None:
    """`part` of `whole` as a fraction of 1."""
    return part / whole if whole > 0 else None


def levels(counts: Counts) -> dict[str, float | None]:
    """The four service levels, by the names of the contract; `offered` is the default one."""
    get = counts.get
    answered, abandoned, in_target = get("answered", 0), get("abandoned", 0), get("answered_in_target", 0)
    return {
        "answered": share(in_target, answered),
        "offered": share(in_target, answered + abandoned - get("short_abandoned", 0)),
        "strict": share(in_target, get("offered", 0)),
        "lenient": share(in_target + get("abandoned_in_target", 0), answered + abandoned),
    }


def asa_s(counts: Counts) -> float | None:
    """Mean wait of the answered."""
    return share(counts.get("answered_wait_s", 0), counts.get("answered", 0))


def abandon_rate(counts: Counts) -> float | None:
    """Abandoned of answered and abandoned, short ones in neither."""
    late = counts.get("abandoned", 0) - counts.get("short_abandoned", 0)
    return share(late, counts.get("answered", 0) + late)


def aht_s(counts: Counts) -> float | None:
    """Talk, hold and wrap-up of a handled contact, on average; None while no second of a talk is booked."""
    work_s = counts.get("talk_s", 0) + counts.get("hold_s", 0) + counts.get("wrapup_s", 0)
    return share(work_s, counts.get("handled", 0)) if work_s > 0 else None


def occupancy(counts: Counts) -> float | None:
    """How much of the staffed time was work."""
    return share(counts.get("busy_s", 0), counts.get("staffed_s", 0))


def utilisation(counts: Counts) -> float | None:
    """How much of the time that an agent was signed in, his breaks too, was work."""
    return share(counts.get("busy_s", 0), counts.get("staffed_s", 0) + counts.get("break_s", 0))


def shrinkage(counts: Counts) -> float | None:
    """How much of that time were breaks."""
    return share(counts.get("break_s", 0), counts.get("staffed_s", 0) + counts.get("break_s", 0))


class Score(NamedTuple):
    """A share with its Wilson interval of 95 %; `weak`: of fewer than WEAK_BELOW answers."""

    value: float | None
    low: float | None
    high: float | None
    answers: int
    weak: bool


def score(hits: int, of: int) -> Score:
    """The share of `hits`."""
    found = interval(hits, of)
    low, high = found if found is not None else (None, None)
    return Score(share(hits, of), low, high, of, of < WEAK_BELOW)


def csat(answers: Counts, scale: tuple[int, int]) -> Score:
    """The share of satisfied answers: the upper two of a scale of five, and what is as high on others.

    `answers`: how many by score, as text; `scale`: lowest and highest score.
    """
    low, high = scale
    from_score = high - 0.25 * (high - low)
    total = int(sum(answers.values()))
    return score(int(sum(count for name, count in answers.items() if int(name) >= from_score)), total)


class Promoters(NamedTuple):
    """A net promoter score from -1 to 1; both shares with their intervals."""

    value: float | None
    promoters: Score
    detractors: Score


def nps(answers: Counts) -> Promoters:
    """Promoters (9, 10) less detractors (0 to 6) of all answers on a scale from 0 to 10."""
    total = int(sum(answers.values()))
    up = score(int(sum(count for name, count in answers.items() if int(name) >= 9)), total)
    down = score(int(sum(count for name, count in answers.items() if int(name) <= 6)), total)
    value = None if up.value is None or down.value is None else up.value - down.value
    return Promoters(value, up, down)
