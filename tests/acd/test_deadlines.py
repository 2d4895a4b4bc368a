"""Do deadlines fire in order, once, and only the newest of each name?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.acd.deadlines import Deadlines

pytestmark = pytest.mark.unit


def drain(deadlines: Deadlines, now: float) -> list[tuple[str, str]]:
    return list(deadlines.pop_all_due(now))


def test_in_order_and_once() -> None:
    deadlines = Deadlines()
    deadlines.set("ring", "b", 2.0)
    deadlines.set("ring", "a", 1.0)
    assert deadlines.next_at() == 1.0
    assert drain(deadlines, 0.9) == []
    assert drain(deadlines, 2.0) == [("ring", "a"), ("ring", "b")]
    assert deadlines.next_at() is None


def test_setting_again_replaces_and_cancelling_removes() -> None:
    deadlines = Deadlines()
    deadlines.set("ring", "a", 1.0)
    deadlines.set("ring", "a", 5.0)
    deadlines.set("rest", "a", 2.0)
    deadlines.cancel("rest", "a")
    deadlines.cancel("rest", "nobody")
    assert drain(deadlines, 4.0) == []
    assert deadlines.next_at() == 5.0


def test_equal_times_fire_in_the_order_of_setting() -> None:
    deadlines = Deadlines()
    for whom in ("z", "a", "m"):
        deadlines.set("ring", whom, 1.0)
    assert [whom for _, whom in drain(deadlines, 1.0)] == ["z", "a", "m"]


def test_memory_stays_small_when_one_deadline_is_moved_often() -> None:
    deadlines = Deadlines()
    for number in range(10_000):
        deadlines.set("ring", "a", float(number))
    assert len(deadlines._heap) < 200
    assert drain(deadlines, 1e9) == [("ring", "a")]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.one_of(st.none(), st.floats(0, 100)))))
def test_it_agrees_with_a_plain_dict(steps: list[tuple[str, float | None]]) -> None:
    deadlines, model = Deadlines(), {}
    for whom, at in steps:
        if at is None:
            deadlines.cancel("x", whom)
            model.pop(whom, None)
        else:
            deadlines.set("x", whom, at)
            model.pop(whom, None)
            model[whom] = at
        assert deadlines.next_at() == min(model.values(), default=None)
    assert [whom for _, whom in drain(deadlines, 100)] == sorted(model, key=lambda whom: model[whom])
