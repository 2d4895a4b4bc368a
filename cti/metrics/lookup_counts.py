"""What does Prometheus see of lookups? Counters and whether a system rests; names of systems and closed sets only.

Knows functions that answer, neither the lookups nor what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector


class LookupCounts(Collector):
    """Register it beside the others. `counts` is (system, outcome) -> how often, `seconds` time spent by system."""

    def __init__(
        self,
        counts: Callable[[], Mapping[tuple[str, str], int]],
        seconds: Callable[[], Mapping[str, float]],
        resting: Callable[[], Collection[str]],
    ) -> None:
        self._counts, self._seconds, self._resting = counts, seconds, resting

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Yield the families as they stand now."""
        asked = CounterMetricFamily("cti_lookups", "lookups by outcome", labels=("system", "outcome"))
        for (system, outcome), count in sorted(self._counts().items()):
            asked.add_metric((system, outcome), count)
        spent = CounterMetricFamily("cti_lookup_seconds", "time callers waited for lookups", labels=("system",))
        rests = GaugeMetricFamily("cti_lookup_resting", "1: not asked, it failed too often", labels=("system",))
        resting = self._resting()
        for system, seconds in sorted(self._seconds().items()):
            spent.add_metric((system,), seconds)
            rests.add_metric((system,), float(system in resting))
        yield asked
        yield spent
        yield rests
