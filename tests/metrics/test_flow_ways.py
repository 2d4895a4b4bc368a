"""Each caller of a flow is counted once, by the first way out that he takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.metrics.flow_ways import WAYS, FlowWays
from cti.model.changes import Changed, Kind

pytestmark = pytest.mark.unit


def moved(contact: str, old: str, new: str, cause: str = "CallArrived") -> Changed:
    return Changed(Kind.CONTACT, contact, old, new, 1.0, cause)


def lived(*facts: Changed) -> dict[str, int]:
    ways = FlowWays()
    for fact in facts:
        ways.apply(fact)
    return ways.told()


NOTHING = {"came": 1, "to_queue": 0, "self_service": 0, "hung_up": 0, "inside": 0}
CAME = (moved("1", "", "arrived"), moved("1", "arrived", "in_flow"))


def test_each_way_out() -> None:
    assert lived(*CAME) == NOTHING | {"inside": 1}
    assert lived(*CAME, moved("1", "in_flow", "ended", "FlowEnded")) == NOTHING | {"self_service": 1}
    assert lived(*CAME, moved("1", "in_flow", "aside"), moved("1", "aside", "ended", "CallGone")) == NOTHING | {
        "hung_up": 1
    }
    assert lived(*CAME, moved("1", "in_flow", "waiting", "FlowEnqueues")) == NOTHING | {"to_queue": 1}


def test_back_in_the_flow_after_a_talk_is_no_second_caller() -> None:
    served = (
        moved("1", "in_flow", "waiting"),
        moved("1", "talking", "in_flow"),
        moved("1", "in_flow", "ended", "FlowEnded"),
    )
    assert lived(*CAME, *served) == NOTHING | {"to_queue": 1}


def test_who_is_in_no_flow_is_not_counted() -> None:
    assert lived(moved("1", "arrived", "waiting"), moved("1", "waiting", "ended", "FlowEnded"))["came"] == 0
    assert lived(Changed(Kind.VISIT, "1", "", "in_flow", 1.0, "x"))["came"] == 0


STATES = st.sampled_from(["arrived", "in_flow", "waiting", "talking", "aside", "ended"])


@given(st.lists(st.tuples(st.sampled_from("ab"), STATES, STATES, st.sampled_from(["FlowEnded", "CallGone"]))))
def test_nobody_is_counted_twice(facts: list[tuple[str, str, str, str]]) -> None:
    told = lived(*(moved(contact, old, new, cause) for contact, old, new, cause in facts))
    assert sum(told[way] for way in WAYS) + told["inside"] <= told["came"]
