"""Is a quota full, and never passed?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.calling_rules import Quota
from cti.model.dialling import Rule
from cti.outbound.quotas import Quotas

pytestmark = pytest.mark.unit

NORTH, SOUTH = {"region": "north"}, {"region": "south"}


def quotas(*written: dict[str, Any]) -> Quotas:
    return Quotas([Quota.model_validate(each) for each in written])


def test_room_is_kept_for_those_in_the_air() -> None:
    ours = quotas({"when": NORTH, "at_most": 1})
    assert ours.reason(NORTH, 1, 100.0, 5.0) is None
    ours.hold("a", NORTH)
    waits = ours.reason(NORTH, 1, 100.0, 5.0)
    assert waits is not None and waits.until == 5.0
    assert ours.reason(SOUTH, 1, 100.0, 5.0) is None
    ours.release("a", 1, reached=False)
    assert ours.reason(NORTH, 1, 100.0, 5.0) is None
    ours.hold("b", NORTH)
    ours.release("b", 1, reached=True)
    full = ours.reason(NORTH, 1, 100.0, 5.0)
    assert full is not None and full.rule is Rule.QUOTA and full.until is None


def test_a_daily_one_begins_anew() -> None:
    ours = quotas({"at_most": 1, "per": "day"})
    ours.hold("a", NORTH)
    ours.release("a", 1, reached=True)
    full = ours.reason(NORTH, 1, 100.0, 5.0)
    assert full is not None and full.until == 100.0
    assert ours.reason(NORTH, 2, 200.0, 5.0) is None


def test_none_of_a_kind() -> None:
    none = quotas({"at_most": 0, "per": "day"}).reason(NORTH, 1, 100.0, 5.0)
    assert none is not None and none.until is None


def test_a_change_of_the_number_keeps_the_counts() -> None:
    ours = quotas({"when": NORTH, "at_most": 1})
    ours.hold("a", NORTH)
    ours.hold("b", NORTH)
    ours.release("a", 1, reached=True)
    more = ours.under([Quota(when=SOUTH, at_most=1), Quota(when=NORTH, at_most=3)])
    assert more.counts == [(0, 0), (1, 1)]
    more.release("b", 1, reached=True)
    assert more.counts == [(0, 0), (2, 2)]


def test_counts_come_back_after_a_start() -> None:
    ours = quotas({"when": NORTH, "at_most": 2}, {"at_most": 9})
    ours.restore([(2, 1), (5, 0)], 1)
    assert ours.reason(NORTH, 1, 100.0, 5.0) is not None and ours.reason(SOUTH, 1, 100.0, 5.0) is None


@given(st.lists(st.tuples(st.sampled_from(["dial", "reached", "lost"]), st.integers(0, 5)), max_size=80))
def test_never_more_than_it_says(steps: list[tuple[str, int]]) -> None:
    ours, flying, reached = quotas({"when": NORTH, "at_most": 3}), [], 0
    for serial, (step, which) in enumerate(steps):
        if step == "dial" and ours.reason(NORTH, 1, 100.0, 5.0) is None:
            ours.hold(str(serial), NORTH)
            flying.append(str(serial))
        elif step != "dial" and flying:
            ours.release(flying.pop(which % len(flying)), 1, reached=step == "reached")
            reached += step == "reached"
        assert reached <= 3
