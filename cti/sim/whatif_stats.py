"""How sure are we? Means and ratios over days, with their 95 % confidence intervals. PURE arithmetic.

A ratio (service level, mean wait) is sum over sum, not the mean of daily ratios: a quiet day must not count as much as
a busy one. Its interval comes from the daily residuals (W. Cochran 1977, section 2.11), with Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

T_975: tuple[float, ...] = (
    12.706,
    4.303,
    3.182,
    2.776,
    2.571,
    2.447,
    2.365,
    2.306,
    2.262,
    2.228,
    2.201,
    2.179,
    2.160,
    2.145,
    2.131,
)
T_975 += (2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042)
Z_975 = 1.959964


class Interval(NamedTuple):
    """A value and between which limits it lies with 95 % confidence. None: unknown (nobody came; only one day)."""

    value: float | None
    low: float | None = None
    high: float | None = None


UNKNOWN = Interval(None)


class Ratio(NamedTuple):
    """Daily numerators and denominators of one figure; the denominators of a plain mean are all 1."""

    above: Sequence[float]
    below: Sequence[float]

    def value(self) -> float | None:
        whole = sum(self.below)
        return sum(self.above) / whole if whole > 0 else None

    def residuals(self) -> list[float] | None:
        """What each day adds to the error of the ratio, in the ratio's own unit."""
        value = self.value()
        if value is None:
            return None
        mean = sum(self.below) / len(self.below)
        return [(y - value * x) / mean for y, x in zip(self.above, self.below, strict=True)]

    def interval(self, most: float = math.inf) -> Interval:
        """The ratio; its limits lie within 0 and `most`, as everything that counts people or seconds does."""
        value, residuals = self.value(), self.residuals()
        if value is None or residuals is None:
            return UNKNOWN
        half = half_width(residuals)
        return Interval(value) if half is None else Interval(value, max(0.0, value - half), min(most, value + half))


def difference(first: Ratio, second: Ratio) -> Interval:
    """`second` - `first`, where each day of both had the same callers: what varies with the day cancels out."""
    one, two = first.value(), second.value()
    ones, twos = first.residuals(), second.residuals()
    if one is None or two is None or ones is None or twos is None:
        return UNKNOWN
    half = half_width([later - earlier for earlier, later in zip(ones, twos, strict=True)])
    value = two - one
    return Interval(value) if half is None else Interval(value, value - half, value + half)


def half_width(residuals: Sequence[float]) -> float | None:
    """Half the 95 % interval of a mean with these residuals; None from one day alone."""
    days = len(residuals)
    if days < 2:
        return None
    spread = math.sqrt(sum(each * each for each in residuals) / (days - 1))
    return t_975(days - 1) * spread / math.sqrt(days)


def t_975(freedom: int) -> float:
    """The 97.5 % quantile of Student's t; beyond the table by the expansion in 1/freedom (error below 0.0005)."""
    if freedom <= len(T_975):
        return T_975[freedom - 1]
    z = Z_975
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
