"""Does each fact add what the metric contract says, and to nothing else?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.figures import counting

pytestmark = pytest.mark.unit


def test_an_answer_in_time_and_one_too_late() -> None:
    assert counting.left("answered", 20.0, 20.0) == {"answered": 1, "answered_wait_s": 20.0, "answered_in_target": 1}
    assert counting.left("answered", 20.1, 20.0)["answered_in_target"] == 0


def test_who_gives_up_at_once_is_counted_apart() -> None:
    assert counting.left("abandoned", 5.0, 20.0)["short_abandoned"] == 1
    assert counting.left("abandoned", 5.1, 20.0)["short_abandoned"] == 0


def test_a_promise_of_a_wait_is_kept_or_not() -> None:
    assert counting.left("answered", 30.0, 20.0, 29.0) | {} == {
        "answered": 1,
        "answered_wait_s": 30.0,
        "answered_in_target": 0,
        "ewt_announced": 1,
        "ewt_kept": 0,
    }


def test_whom_we_call_is_in_no_count_of_callers() -> None:
    assert counting.entered(outbound=True) == {"called": 1}
    assert counting.left("answered", 9.0, 20.0, outbound=True) == {"called_answered": 1}


@given(st.lists(st.tuples(st.sampled_from(("", *counting.OUTCOMES)), st.floats(0, 500)), max_size=40))
def test_outcomes_and_those_who_wait_are_those_who_were_offered(visits: list[tuple[str, float]]) -> None:
    counts: dict[str, float] = {}
    for outcome, wait_s in visits:
        counting.add(counts, counting.entered())
        if outcome:
            counting.add(counts, counting.left(outcome, wait_s, 20.0))
    assert counting.waiting(counts) == sum(outcome == "" for outcome, _ in visits)
    assert counting.ended(counts) + counting.waiting(counts) == len(visits) == counts.get("offered", 0)
    assert set(counts) <= set(counting.VISITS)
