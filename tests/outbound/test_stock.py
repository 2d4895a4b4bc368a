"""Who of those at hand is next?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.stock import Stock
from tests.outbound.rules_kit import NOW, lead

pytestmark = pytest.mark.unit


def test_by_priority_then_by_who_is_due_longest() -> None:
    stock = Stock()
    for each in (lead(1, due_at=3.0), lead(2, due_at=1.0), lead(3, due_at=2.0, priority=1), lead(4, due_at=NOW + 9)):
        stock.put(each, NOW)
    assert stock.due(NOW) == 3 and len(stock) == 4 and 4 in stock and stock.next_due_at() == NOW + 9
    taken = [stock.take(NOW) for _ in range(4)]
    assert [each.id if each else None for each in taken] == [3, 2, 1, None]
    late = stock.take(NOW + 9)
    assert late is not None and late.id == 4 and len(stock) == 0 and stock.next_due_at() is None


def test_one_lead_is_there_once() -> None:
    stock = Stock()
    stock.put(lead(1), NOW)
    stock.put(lead(1, priority=0), NOW)
    assert stock.due(NOW) == 1 and [each.priority for each in stock.leads()] == [5]


def test_emptied() -> None:
    stock = Stock()
    stock.put(lead(1), NOW)
    stock.put(lead(2, due_at=NOW + 1), NOW)
    assert sorted(each.id for each in stock.empty()) == [1, 2]
    assert stock.take(NOW + 9) is None and len(stock) == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 100), st.integers(0, 3)), max_size=40))
def test_nobody_comes_before_his_time(put: list[tuple[int, float, int]]) -> None:
    stock = Stock()
    for name, due_at, priority in put:
        stock.put(lead(name, due_at=due_at, priority=priority), 0.0)
    wanted = {name for name, _, _ in put}
    for now in range(0, 101, 10):
        keys = []
        while (found := stock.take(float(now))) is not None:
            assert found.due_at <= now
            keys.append((found.priority, found.due_at))
            wanted.remove(found.id)
        assert keys == sorted(keys)
    assert not wanted
