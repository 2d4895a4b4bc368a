"""Flows as Prometheus sees them."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cti.metrics import flow_counts
from cti.metrics.flow_counts import FlowCounts
from cti.metrics.flow_ways import FlowWays
from cti.model.changes import Changed, Kind

pytestmark = pytest.mark.unit


def told(kind: Kind, old: str, new: str, reason: str) -> Changed:
    return Changed(kind, "node1/1.1", old, new, 1.0, "Test", reason=reason)


def series(counts: FlowCounts) -> set[str]:
    registry = CollectorRegistry()
    registry.register(counts)
    return {line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")}


def test_shares_troubles_and_answers() -> None:
    ways = FlowWays()
    ways.counts["to_queue"] = 2
    counts = FlowCounts(lambda: 3, lambda: 7, ways)
    for fact in (
        told(Kind.FLOW, "main.offer", "greeting=short", "split"),
        told(Kind.FLOW, "main.offer", "greeting=short", "split"),
        told(Kind.FLOW, "main.offer", "greeting=long", "split"),
        told(Kind.FLOW, "orders.ask", "prompt_missing", "trouble"),
        told(Kind.FLOW, "orders.ask", "x", "a word of tomorrow"),
        told(Kind.SURVEY, "after_call.solved", "1", "solved"),
        told(Kind.CONTACT, "arrived", "in_flow", ""),
    ):
        counts.apply(fact)
    assert series(counts) == {
        "cti_flow_calls 3.0",
        "cti_flow_version 7.0",
        'cti_flow_callers_total{way="to_queue"} 2.0',
        'cti_flow_callers_total{way="self_service"} 0.0',
        'cti_flow_callers_total{way="hung_up"} 0.0',
        'cti_flow_splits_total{flow="main",share="short",split="greeting"} 2.0',
        'cti_flow_splits_total{flow="main",share="long",split="greeting"} 1.0',
        'cti_flow_troubles_total{flow="orders",what="prompt_missing"} 1.0',
        'cti_survey_answers_total{question="solved",score="1",survey="after_call"} 1.0',
    }


def test_names_that_come_and_go_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_counts, "MAX_SERIES", 2)
    counts = FlowCounts(lambda: 0, lambda: 0, FlowWays())
    for number in range(5):
        counts.apply(told(Kind.FLOW, f"flow{number}.a", "loop", "trouble"))
    counts.apply(told(Kind.FLOW, "flow0.a", "loop", "trouble"))
    assert dict(counts.troubles) == {("flow0", "loop"): 2, ("flow1", "loop"): 1, ("other", "other"): 3}
