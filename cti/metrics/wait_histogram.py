"""How long did answered contacts wait, by queue, in buckets that may grow while we count? PURE.

A new policy brings new targets, and every target is a bucket (docs/metrics.md); prometheus_client's own Histogram has
its buckets for life. What was counted before a bucket came stays in the next larger one: no counter ever goes back.
Targets that hold no longer keep their bucket, MAX_FORMER of them: what a bucket that goes has counted is in the next
larger one, so every other counter stays as it is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Container, Iterable

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.utils import floatToGoString

MAX_FORMER = 20


class WaitHistogram:
    """Counts by queue. `cover` names queues and bounds (seconds) that must be there now, besides those of the start."""

    def __init__(self, bounds_s: Iterable[float]) -> None:
        self._fixed_s = frozenset(bounds_s)
        self._former_s: dict[float, None] = {}  # bounds that were named once, the latest last
        self._bounds_s = [*sorted(self._fixed_s), math.inf]
        self._counts: dict[str, list[int]] = {}
        self._sums_s: dict[str, float] = {}

    def cover(self, queues: Iterable[str], bounds_s: Iterable[float]) -> None:
        """Add what is missing, and forget the oldest of what is named no longer."""
        wanted_s = set(bounds_s) - self._fixed_s
        for bound_s in sorted(wanted_s.difference(self._bounds_s)):
            place = bisect_left(self._bounds_s, bound_s)
            self._bounds_s.insert(place, bound_s)
            for counts in self._counts.values():
                counts.insert(place, 0)
        present = (bound_s for bound_s in self._bounds_s[:-1] if bound_s not in self._fixed_s)
        former_s = [*self._former_s, *(bound_s for bound_s in present if bound_s not in self._former_s)]
        self._former_s = {bound_s: None for bound_s in former_s if bound_s not in wanted_s}
        for bound_s in list(self._former_s)[: max(0, len(self._former_s) - MAX_FORMER)]:
            self._forget(bound_s)
        for queue in queues:
            self._counts.setdefault(queue, [0] * len(self._bounds_s))
            self._sums_s.setdefault(queue, 0.0)

    def _forget(self, bound_s: float) -> None:
        del self._former_s[bound_s]
        place = bisect_left(self._bounds_s, bound_s)
        del self._bounds_s[place]
        for counts in self._counts.values():
            count = counts.pop(place)
            counts[place] += count

    def keep(self, queues: Container[str]) -> None:
        """Forget every other queue."""
        self._counts = {queue: counts for queue, counts in self._counts.items() if queue in queues}
        self._sums_s = {queue: self._sums_s[queue] for queue in self._counts}

    def observe(self, queue: str, wait_s: float) -> None:
        counts = self._counts.get(queue)
        if counts is not None:
            counts[bisect_left(self._bounds_s, wait_s)] += 1
            self._sums_s[queue] += wait_s

    def family(self) -> HistogramMetricFamily:
        """As Prometheus reads it."""
        family = HistogramMetricFamily(
            "cti_queue_wait_seconds",
            "Wait of answered contacts; the buckets contain every queue's target",
            labels=["queue"],
        )
        for queue, counts in self._counts.items():
            total, buckets = 0, []
            for bound_s, count in zip(self._bounds_s, counts, strict=True):
                total += count
                buckets.append((floatToGoString(bound_s), total))  # type: ignore[no-untyped-call]
            family.add_metric([queue], buckets, self._sums_s[queue])
        return family
