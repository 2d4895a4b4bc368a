"""Promises and campaigns as Prometheus sees them."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cti.metrics.outbound_counts import OutboundCounts
from cti.model.changes import Changed, Kind
from cti.model.dialling import CampaignName, CampaignState, Mode
from cti.model.lead import CampaignNow

pytestmark = pytest.mark.unit


def series(counts: OutboundCounts) -> set[str]:
    registry = CollectorRegistry()
    registry.register(counts)
    return {line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")}


def told(kind: Kind, name: str, old: str, new: str) -> Changed:
    return Changed(kind, name, old, new, 1.0, "Test")


def test_a_promise_is_in_one_state_until_it_is_over() -> None:
    counts = OutboundCounts(list)
    for old, new in (("", "promised"), ("promised", "due"), ("due", "in_line"), ("in_line", "kept")):
        counts.apply(told(Kind.CALLBACK, "7", old, new))
    counts.apply(told(Kind.CALLBACK, "8", "", "due"))
    found = series(counts)
    assert {'cti_callbacks{state="due"} 1.0', 'cti_callbacks{state="promised"} 0.0'} <= found
    assert 'cti_callbacks{state="in_line"} 0.0' in found
    assert 'cti_callbacks_ended_total{state="kept"} 1.0' in found
    counts.apply(told(Kind.CALLBACK, "8", "", "due"))  # the next engine takes it over
    assert 'cti_callbacks{state="due"} 1.0' in series(counts)


def test_only_ends_of_attempts_are_results() -> None:
    counts = OutboundCounts(list)
    for new in ("placed", "answered", "human"):
        counts.apply(told(Kind.ATTEMPT, "winter-9-1", "", new))
    assert {line for line in series(counts) if line.startswith("cti_campaign_attempts")} == {
        'cti_campaign_attempts_total{campaign="winter",result="human"} 1.0'
    }


def test_the_share_that_a_law_limits_and_its_limit() -> None:
    now = CampaignNow(
        CampaignName("winter"), Mode.PREDICTIVE, CampaignState.RUNNING, dialling=3, answered=200, abandoned=5,
        abandon_cap_percent=3.0,
    )  # fmt: skip
    silent = CampaignNow(CampaignName("spring"), Mode.PREVIEW, CampaignState.PAUSED)
    found = series(OutboundCounts(lambda: [now, silent]))
    assert {
        'cti_campaign_state{campaign="winter",state="running"} 1.0',
        'cti_campaign_state{campaign="winter",state="paused"} 0.0',
        'cti_campaign_leads{campaign="winter",stage="dialling"} 3.0',
        'cti_dialer_abandon_ratio{campaign="winter"} 0.025',
        'cti_dialer_abandon_cap_ratio{campaign="winter"} 0.03',
    } <= found
    assert not any("abandon_ratio" in line and "spring" in line for line in found), "nothing is known: not 0"
