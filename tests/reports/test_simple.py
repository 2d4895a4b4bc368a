"""Do the reports of flows and of dialled numbers hold each caller once?"""

from __future__ import annotations

import pytest

from cti.model.changes import Changed, Kind

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit


def test_numbers(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    teller.call("n/1", NOON + 1, "answered", 5.0)
    teller.call("n/2", NOON + 2, "abandoned", 5.0)
    teller.call("n/3", NOON + 3, "timed_out", 5.0)
    number, total = rows("numbers")
    assert number["number"] == "6001"
    assert (number["calls"], number["answered"], number["abandoned"], number["other"]) == (3, 1, 1, 1)
    assert total["calls"] == 3


def test_flows(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    for name in ("n/1", "n/2"):
        come = Changed(Kind.CONTACT, name, "arrived", "in_flow", NOON, "Test", contact=name, reason="main")  # type: ignore[arg-type]
        teller.tell(come)
    teller.tell(Changed(Kind.CONTACT, "n/1", "in_flow", "ended", NOON + 9, "FlowEnded", contact="n/1"))  # type: ignore[arg-type]
    flow, _ = rows("flows")
    assert (flow["flow"], flow["came"], flow["self_service"], flow["inside"]) == ("main", 2, 1, 1)
    assert flow["self_service_rate"] == 0.5
