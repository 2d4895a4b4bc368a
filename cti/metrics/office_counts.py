"""What does Prometheus see of an engine among several? Whether it owns the centre, and whether Redis answers."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cti.metrics.office_row import Joined


class OfficeCounts(Collector):
    """Register it beside the others."""

    def __init__(self, joined: Joined) -> None:
        self._joined = joined

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the families as they stand now."""
        joined = self._joined
        told = (
            ("cti_owner", "1: this engine owns the centre, 0: it stands by", float(joined.token > 0)),
            ("cti_owner_token", "fencing token: one more at each takeover; 0: stands by", float(joined.token)),
            ("cti_redis_up", "1: Redis answers", float(joined.redis_away_s is None)),
            ("cti_standbys", "other engines that could take over", float(joined.standbys)),
        )
        for name, meaning, value in told:
            family = GaugeMetricFamily(name, meaning)
            family.add_metric((), value)
            yield family
