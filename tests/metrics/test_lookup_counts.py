"""Lookups as Prometheus sees them."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cti.metrics.lookup_counts import LookupCounts

pytestmark = pytest.mark.unit


def test_counts_seconds_and_rest() -> None:
    counts = {("shop", "found"): 3, ("shop", "timeout"): 1}
    registry = CollectorRegistry()
    registry.register(LookupCounts(lambda: counts, lambda: {"shop": 1.5, "crm": 0.0}, lambda: ["shop"]))
    counts["shop", "found"] += 1
    lines = generate_latest(registry).decode().splitlines()
    assert {line for line in lines if not line.startswith("#")} == {
        'cti_lookups_total{outcome="found",system="shop"} 4.0',
        'cti_lookups_total{outcome="timeout",system="shop"} 1.0',
        'cti_lookup_seconds_total{system="crm"} 0.0',
        'cti_lookup_seconds_total{system="shop"} 1.5',
        'cti_lookup_resting{system="crm"} 0.0',
        'cti_lookup_resting{system="shop"} 1.0',
    }
