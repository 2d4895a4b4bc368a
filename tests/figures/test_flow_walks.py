"""Does each caller of a flow take exactly one way out, and does his walk belong to the flow that received him?"""

from __future__ import annotations

import pytest

from cti.figures.flow_walks import FlowWalks, Walk
from cti.model.changes import Changed, Kind

pytestmark = pytest.mark.unit


def step(old: str, new: str, at: float, cause: str = "Test", reason: str | None = None) -> Changed:
    return Changed(Kind.CONTACT, "n/1", old, new, at, cause, reason=reason)


def test_into_a_line_and_back_into_the_flow_counts_once() -> None:
    walks = FlowWalks()
    assert walks.apply(step("arrived", "in_flow", 1.0, reason="main")) == Walk("main", 1.0, "came")
    assert walks.apply(step("in_flow", "waiting", 9.0)) == Walk("main", 1.0, "to_queue")
    assert walks.apply(step("waiting", "in_flow", 20.0, reason="survey")) is None
    assert walks.apply(step("in_flow", "ended", 30.0)) is None
    assert not walks.inside


@pytest.mark.parametrize(("cause", "way"), [("FlowEnded", "self_service"), ("CallGone", "hung_up")])
def test_who_ends_in_the_flow(cause: str, way: str) -> None:
    walks = FlowWalks()
    walks.apply(step("", "in_flow", 1.0, reason="main"))
    assert walks.inside == {"n/1": ("main", 1.0)}
    assert walks.apply(step("in_flow", "ended", 5.0, cause)) == Walk("main", 1.0, way)
