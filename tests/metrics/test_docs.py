"""Do the dashboard, the alert rules and the documentation speak of metrics that exist?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cti.metrics.admission_counts import AdmissionCounts
from cti.metrics.flow_counts import FlowCounts
from cti.metrics.history_counts import HistoryCounts
from cti.metrics.live import LiveView
from cti.metrics.lookup_counts import LookupCounts
from cti.metrics.office_counts import OfficeCounts
from cti.metrics.outbound_counts import OutboundCounts
from cti.metrics.prometheus import PrometheusReader
from cti.model.changes import Changed, Kind

from .streams import CENTER, START

pytestmark = pytest.mark.unit

DOCS = Path(__file__).parents[2] / "docs"


class Standby:
    """An engine among several, as its counts see it."""

    token, standbys = 0, 0
    redis_away_s = None


@pytest.fixture(scope="module")
def known() -> set[str]:
    view = LiveView(CENTER)
    view.apply(Changed(Kind.NODE, "node1", "down", "up", START, "Test"))
    reader = PrometheusReader(CENTER, view, lambda: START)
    reader.registry.register(LookupCounts(dict, dict, list))
    reader.registry.register(FlowCounts(int, int, view.flow_ways))
    reader.registry.register(OfficeCounts(Standby()))
    reader.registry.register(AdmissionCounts(dict, str, int))
    reader.registry.register(HistoryCounts(int, 1))
    reader.registry.register(OutboundCounts(list))
    text = reader.render().decode()
    return set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))


def strange(text: str, known: set[str]) -> set[str]:
    used = set(re.findall(r"\bcti_[a-z_]+", text))
    return {name for name in used if name not in known and re.sub(r"_(bucket|count|sum)$", "", name) not in known}


def expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_dashboard(known: set[str]) -> None:
    dashboard = json.loads((DOCS / "grafana" / "cti.json").read_text())
    assert strange("\n".join(expressions(dashboard)), known) == set()
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


def test_alert_rules(known: set[str]) -> None:
    groups = yaml.safe_load((DOCS / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert strange("\n".join(rule["expr"] for rule in rules), known) == set()
    names = [rule["alert"] for rule in rules]
    assert len(names) == len(set(names))
    assert all(
        rule["labels"]["severity"] in ("warning", "critical") and rule["annotations"]["summary"] for rule in rules
    )


def test_the_documentation_names_every_metric_and_no_other(known: set[str]) -> None:
    text = (DOCS / "metrics.md").read_text()
    assert strange(text, known) == set()
    assert {name for name in known if name not in text} == set()
