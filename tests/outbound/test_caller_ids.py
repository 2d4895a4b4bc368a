"""Which of our numbers is shown?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.campaign import CallerIds
from cti.outbound.caller_ids import Pool

pytestmark = pytest.mark.unit

OURS = ["+493012345", "+494012345", "+498912345"]


def pool(**said: Any) -> Pool:
    return Pool(CallerIds.model_validate({"numbers": OURS} | said))


def test_a_lead_always_sees_the_same_and_leads_are_spread() -> None:
    ours = pool()
    shown = {lead: ours.choose(lead, "+4930", 1) for lead in map(str, range(300))}
    again = pool()
    assert all(again.choose(lead, "+4930", 7) == seen for lead, seen in shown.items())
    assert min(Counter(shown.values()).values()) > 60


def test_taking_a_number_away_moves_nobody_else() -> None:
    ours, fewer = pool(), pool(numbers=OURS[:2])
    for lead in map(str, range(50)):
        before = ours.choose(lead, "+4930", 1)
        if before != OURS[2]:
            assert fewer.choose(lead, "+4930", 1) == before


def test_by_area() -> None:
    ours = pool(choose="area")
    assert ours.choose("1", "+4989777", 1) == OURS[2]
    assert ours.choose("1", "+4940777", 1) == OURS[1]


def test_the_least_used_in_turn() -> None:
    ours = pool(choose="least_used")
    assert [ours.choose("1", "+1", 1) for _ in range(4)] == [*OURS, OURS[0]]


def test_what_was_not_shown_counts_for_nothing() -> None:
    ours = pool(choose="least_used", per_day=1, numbers=OURS[:1])
    assert ours.choose("1", "+1", 1) == OURS[0] and not ours.left(1)
    ours.give_back(OURS[0], 0)
    assert not ours.left(1), "of another day"
    ours.give_back(OURS[0], 1)
    assert ours.left(1)


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=60))
def test_no_number_shows_more_often_than_it_may(per_day: int, asked: list[tuple[int, int]]) -> None:
    ours, shown = pool(per_day=per_day), Counter[tuple[str, int]]()
    for lead, day in sorted(asked, key=lambda each: each[1]):
        left = ours.left(day)
        number = ours.choose(str(lead), "+4930", day)
        assert (number is not None) == left
        if number is not None:
            shown[number, day] += 1
    assert all(count <= per_day for count in shown.values())
