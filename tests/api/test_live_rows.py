"""Are the rows of the live view, whatever has happened, of the shape that the API says of them?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.api.live_rows import AgentRow, CallRow, DecisionRow, NodeRow, QueueRow, StatusRow
from cti.metrics.live import LiveView
from tests.metrics.streams import CENTER, START, Story

pytestmark = pytest.mark.unit

PARTS = {"queues": QueueRow, "agents": AgentRow, "calls": CallRow, "decisions": DecisionRow, "nodes": NodeRow}


def holds(kind: type[Any], row: Any) -> None:
    """All fields of `kind` and no other, each of its type."""
    told = msgspec.json.decode(msgspec.json.encode(row))
    assert set(told) == set(kind.__struct_fields__)
    msgspec.convert(told, kind)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), callers=st.integers(0, 8))
def test_rows_have_the_fields_that_are_described(seed: int, callers: int) -> None:
    view = LiveView(CENTER, ["node1"])
    story = Story(seed).run(callers)
    for place, change in enumerate(story):
        view.apply(change)
        if place in (0, len(story) // 2, len(story) - 1):
            look(view.snapshot(change.at))
    look(view.snapshot(START))


def look(snapshot: dict[str, Any]) -> None:
    for part, kind in PARTS.items():
        for row in snapshot[part]:
            holds(kind, row)
    holds(StatusRow, {**snapshot["status"], "errors": {}})
    for queue in snapshot["queues"]:
        for window in ("today", "last_15m", "last_60m"):
            assert set(queue[window]) == set(msgspec.structs.fields(QueueRow)[-1].type.__struct_fields__)
