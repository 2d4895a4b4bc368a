"""Do words fit on a card?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.flows.card import LINE_EMS, card, cut, width_ems, wrap
from cti.model.flow_nodes import NODE_TYPES
from tests.ivr.flows import flow

pytestmark = pytest.mark.unit


@settings(deadline=None)
@given(st.text(max_size=300))
def test_lines_fit_and_lose_nothing_but_blanks(text: str) -> None:
    lines = wrap(text)
    assert all(width_ems(line) <= LINE_EMS + 1 for line in lines)
    assert width_ems(cut(text, 5)) <= 6


def test_chinese_is_divided_anywhere_and_words_are_not() -> None:
    assert wrap("one two three", 4) == ["one two", "three"]
    assert wrap("查询订单请按一", 4) == ["查询订单", "请按一"]


def test_only_ways_of_its_own_stand_on_a_card() -> None:
    t = flow(
        'a: {menu: "Hi {x}", keys: {"1": a, "2": hangup}, on: {silent: b}}\nb: {queue: s}', head="variables: {x: text}"
    )
    found = card(t, "a", "en")
    assert [row.label for row in found.rows] == ["1", "2", "silent"]
    assert found.lines == ("Hi {x}",)
    assert found.kind in NODE_TYPES
