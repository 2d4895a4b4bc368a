"""What does Prometheus see of callers who were turned away? How many and why, and whether the door is open now.

Knows functions that answer; reasons are a closed set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector


class AdmissionCounts(Collector):
    """Register it beside the others. `turned_away` is reason -> how many, `closed` the reason that holds now or ""."""

    def __init__(
        self, turned_away: Callable[[], Mapping[str, int]], closed: Callable[[], str], most_calls: Callable[[], int]
    ) -> None:
        self._turned_away, self._closed, self._most_calls = turned_away, closed, most_calls

    def describe(self) -> list[CounterMetricFamily]:
        """Nothing is read at registration."""
        return []

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Yield the families as they stand now."""
        refused = CounterMetricFamily("cti_calls_turned_away", "New callers not let in, by reason", labels=("reason",))
        for reason, count in self._turned_away().items():
            refused.add_metric((reason,), count)
        yield refused
        closed = GaugeMetricFamily("cti_admission_closed", "1: no new caller is let in now", value=bool(self._closed()))
        yield closed
        yield GaugeMetricFamily("cti_admission_max_calls", "So many calls at most", value=self._most_calls())
