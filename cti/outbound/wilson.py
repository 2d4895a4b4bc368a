"""Between which bounds does a share lie that was seen so many times of so many? The Wilson score interval.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference", J. Amer. Statist. Assoc. 22
(1927), 209-212: it holds near 0 and 1, where a share of abandoned calls lives, and with few calls.
"""

from __future__ import annotations

import math
from typing import NamedTuple

Z95 = 1.959963984540054  # standard normal quantile of 97.5 %


class Interval(NamedTuple):
    """Both ends belong to it; shares from 0 to 1."""

    low: float
    high: float


def interval(hits: int, of: int, z: float = Z95) -> Interval | None:
    """Return the interval of `hits` in `of`; None where nothing was seen. `z`: 1.96 for 95 %."""
    if of <= 0:
        return None
    share, z2 = hits / of, z * z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return Interval(
        0.0 if hits <= 0 else max(0.0, middle - half),  # exactly so; only rounding says otherwise
        1.0 if hits >= of else min(1.0, middle + half),
    )
