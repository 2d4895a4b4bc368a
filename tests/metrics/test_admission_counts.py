"""Does Prometheus see who was turned away, and that the door is closed?"""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cti.metrics.admission_counts import AdmissionCounts

pytestmark = pytest.mark.unit


def test_counts_by_reason_and_whether_it_is_closed_now() -> None:
    registry = CollectorRegistry()
    registry.register(AdmissionCounts(lambda: {"calls": 3}, lambda: "calls", lambda: 100))
    shown = generate_latest(registry).decode()
    assert 'cti_calls_turned_away_total{reason="calls"} 3.0' in shown
    assert "cti_admission_closed 1.0" in shown and "cti_admission_max_calls 100.0" in shown


def test_an_open_door() -> None:
    registry = CollectorRegistry()
    registry.register(AdmissionCounts(dict, lambda: "", lambda: 100))
    assert "cti_admission_closed 0.0" in generate_latest(registry).decode()
