"""Does Prometheus see how far the history is behind?"""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cti.metrics.history_counts import HistoryCounts

pytestmark = pytest.mark.unit


def test_what_waits_now_and_what_finds_room() -> None:
    waiting = 7
    registry = CollectorRegistry()
    registry.register(HistoryCounts(lambda: waiting, 100))
    assert "cti_history_waiting 7.0" in generate_latest(registry).decode()
    waiting = 0
    shown = generate_latest(registry).decode()
    assert "cti_history_waiting 0.0" in shown and "cti_history_room 100.0" in shown
