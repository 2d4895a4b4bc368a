"""Does each call of a number of ours get one end, and is it the one that people would name?"""

from __future__ import annotations

import pytest

from cti.figures.number_walks import NumberWalk, NumberWalks
from cti.model.changes import Changed, Kind
from cti.model.words import ContactId

pytestmark = pytest.mark.unit


def step(old: str, new: str, at: float, cause: str = "Test", dialled: str | None = None) -> Changed:
    return Changed(Kind.CONTACT, "n/1", old, new, at, cause, contact=ContactId("n/1"), dialled=dialled)


def visit(outcome: str) -> Changed:
    return Changed(Kind.VISIT, "n/1/1", "waiting", outcome, 5.0, "Test", contact=ContactId("n/1"))


CASES: dict[str, tuple[list[Changed], str]] = {
    "answered": ([visit("answered"), step("talking", "ended", 9.0)], "answered"),
    "abandoned": ([visit("abandoned"), step("waiting", "ended", 9.0)], "abandoned"),
    "content": ([step("arrived", "in_flow", 2.0), step("in_flow", "ended", 9.0, "FlowEnded")], "self_service"),
    "gone": ([step("arrived", "in_flow", 2.0), step("in_flow", "ended", 9.0, "CallGone")], "hung_up"),
    "asked to be called back": (
        [visit("key_exit"), step("waiting", "in_flow", 6.0), step("in_flow", "ended", 9.0, "FlowEnded")],
        "other",
    ),
    "answered while no engine lived": (
        [step("arrived", "aside", 6.0, "resumed"), step("aside", "ended", 9.0)],
        "answered",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_a_call(case: str) -> None:
    walks, (facts, what) = NumberWalks(), CASES[case]
    assert walks.apply(step("", "arrived", 1.0, dialled="6001")) == NumberWalk("6001", 1.0, "calls")
    assert [found for fact in facts if (found := walks.apply(fact)) is not None] == [NumberWalk("6001", 1.0, what)]
    assert walks.apply(facts[-1]) is None and not walks._callers


def test_who_comes_back_after_a_death_is_the_same_call() -> None:
    walks = NumberWalks()
    walks.apply(step("", "arrived", 1.0, dialled="6001"))
    assert walks.apply(step("", "arrived", 99.0, dialled="6001")) is None
