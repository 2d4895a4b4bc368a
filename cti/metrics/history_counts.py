"""What does Prometheus see of the history's backlog? What waits to be written, and how much finds room.

Knows a function that answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class HistoryCounts(Collector):
    """Register it beside the others. `waiting`: facts that are not written yet; beyond `room` they are lost."""

    def __init__(self, waiting: Callable[[], int], room: int) -> None:
        self._waiting, self._room = waiting, room

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read at registration."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the families as they stand now."""
        yield GaugeMetricFamily("cti_history_waiting", "Facts that wait to be written", value=self._waiting())
        yield GaugeMetricFamily("cti_history_room", "So many may wait at most", value=self._room)
