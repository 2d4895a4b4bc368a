"""Into which steps are waits sorted, so that percentiles and curves need no single wait? PURE.

Every second up to a minute, then coarser: what a percentile out of steps says is at most a step too much.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

BOUNDS_S = (
    *(float(second) for second in range(60)),
    *(60.0 + 5 * n for n in range(24)),
    *(180.0 + 15 * n for n in range(28)),
    *(600.0 + 60 * n for n in range(50)),
    *(3600.0 + 900 * n for n in range(93)),
)
"""Where each step begins, in seconds. The last one has no end."""


def step_of(wait_s: float) -> int:
    """The number of the step that a wait is in; a step holds its begin, and not its end."""
    return max(0, bisect_right(BOUNDS_S, wait_s) - 1)


def end_s(step: int) -> float:
    """Where the step ends; of the last one, where it begins."""
    return BOUNDS_S[min(step + 1, len(BOUNDS_S) - 1)]


def percentile_s(counts: Mapping[int, float], quantile: float) -> float | None:
    """The end of the step that holds the nearest-rank percentile; None where nobody waited."""
    total = sum(counts.values())
    if total <= 0:
        return None
    wanted, seen = quantile * total, 0.0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= wanted - 1e-9:
            return end_s(step)
    return end_s(max(counts))
