"""Which value of many does a benchmark tell of? One that really occurred, in both ways.

There are two, one rank apart where `share` of them is a whole number; each figure stays with its own, so that it can be
compared with those of earlier runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: p99 of 100 values is the second largest. NaN of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so large a share lies before: p99 of 100 values is the largest. Raises IndexError of none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
