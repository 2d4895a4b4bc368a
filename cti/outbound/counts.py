"""How many come, if only the mean and variance of their number are known? And how many too many for the free agents?

Numbers of one mean and variance as a binomial, Poisson or negative binomial (the class of Panjer 1981, each term from
the one before); where many come, the difference is normal (its loss function: any text on inventory or queues).
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import NamedTuple

TAIL = 1e-7
MANY = 30.0  # from so many on (both together) the normal distribution is as good, and does not grow with them
LEAST = 1e-9
_SQRT2, _SQRT2PI = math.sqrt(2.0), math.sqrt(2.0 * math.pi)


class Number(NamedTuple):
    """A random number of people: mean and variance."""

    mean: float
    variance: float


class Shortfall(NamedTuple):
    """`lost`: E[(X - free - Y)+]; `over`: the chance that more than so many are lost at once."""

    lost: float
    over: float


def masses(number: Number) -> list[float]:
    """Return the chances of 0, 1, 2, ...: of this mean, and of this variance or a little more (whole trials)."""
    mean, variance = number
    if mean <= LEAST:
        return [1.0]
    if variance < mean * (1 - LEAST):
        trials = math.ceil(mean * mean / (mean - variance) - LEAST)
        odds = mean / max(trials - mean, LEAST)
        step, lift, first = -odds, (trials + 1) * odds, (1 + odds) ** -trials
        most = trials
    elif variance > mean * (1 + LEAST):
        shape = mean * mean / (variance - mean)
        step = mean / (shape + mean)
        lift, first = (shape - 1) * step, (1 - step) ** shape
        most = int(mean + 40 * math.sqrt(variance)) + 40
    else:
        step, lift, first, most = 0.0, mean, math.exp(-mean), int(mean + 40 * math.sqrt(mean)) + 40
    chances, total = [first], first
    for count in range(1, most + 1):
        if total >= 1.0 - TAIL:
            break
        chances.append(chances[-1] * (step + lift / count))
        total += chances[-1]
    return chances


class Freed:
    """Y, and what is asked of it for each X again."""

    def __init__(self, number: Number) -> None:
        self.number = number
        self._at_most: list[float] | None = None  # P(Y <= k)
        self._short: list[float] = []  # E[(k - Y)+]

    def shortfall(self, coming: Number, free: int, spare: float) -> Shortfall:
        """Too many by how much: of X `coming` for `free` agents (negative: so many wait already) and the freed ones.

        `spare`: more than so many lost is what `over` gives the chance of.
        """
        if coming.mean + self.number.mean > MANY:
            lost, mean, spread = _normal(coming, self.number, free)
            return Shortfall(lost, 0.5 * (1.0 + math.erf((mean - math.floor(spare) - 0.5) / spread / _SQRT2)))
        if self._at_most is None:
            self._at_most = list(accumulate(masses(self.number)))
            self._short = [0.0, *accumulate(self._at_most)]
        lost = over = 0.0
        beyond = math.floor(spare) + 1
        for x, chance in enumerate(masses(coming)):
            if x > free:
                lost += chance * self._shorts(x - free)
                if x - free >= beyond:
                    over += chance * self._at_most[min(x - free - beyond, len(self._at_most) - 1)]
        return Shortfall(lost, over)

    def lost(self, coming: Number, free: int) -> float:
        """What `shortfall` says is lost, and no more."""
        if coming.mean + self.number.mean > MANY:
            return _normal(coming, self.number, free)[0]
        return self.shortfall(coming, free, 0.0).lost

    def _shorts(self, k: int) -> float:
        return self._short[k] if k < len(self._short) else self._short[-1] + k - len(self._short) + 1


def _normal(coming: Number, freed: Number, free: int) -> tuple[float, float, float]:
    """What is lost, then mean and spread of how many more come than there are agents."""
    (coming_mean, coming_variance), (freed_mean, freed_variance) = coming, freed
    mean = coming_mean - free - freed_mean
    spread = math.sqrt(max(coming_variance + freed_variance, LEAST))
    z = mean / spread
    lost = spread * (math.exp(-0.5 * z * z) / _SQRT2PI + z * 0.5 * (1.0 + math.erf(z / _SQRT2)))
    return max(0.0, lost), mean, spread
