"""Does a line know who has waited longest, whoever comes, goes and is moved?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.metrics.line import FEW, Line
from cti.metrics.rows import ContactRow

pytestmark = pytest.mark.unit

STEPS = st.lists(st.tuples(st.sampled_from(("enter", "leave", "move")), st.integers(0, 9), st.integers(0, 50)))


def contact(name: str, since: float) -> ContactRow:
    return ContactRow(name, name, "waiting", since, since, on_phone=True)


@given(STEPS)
def test_the_oldest_and_the_order_are_those_of_the_ones_who_are_there(steps: list[tuple[str, int, int]]) -> None:
    line, there = Line(), dict[str, tuple[float, ContactRow]]()
    for do, number, at in steps:
        name = str(number)
        if do == "enter" and name not in there:
            there[name] = (float(at), contact(name, float(50 - at)))
            line.enter(there[name][1], float(at))
        elif do == "leave":
            order_at, _ = there.pop(name, (0.0, None))
            line.leave(name, order_at)
        elif do == "move" and name in there:
            order_at, row = there[name]
            line.move(row, order_at, float(at))
            there[name] = (float(at), row)
        rows = [row for _, row in there.values()]
        assert line.oldest_since == min((row.since for row in rows), default=None)
        assert list(line.values()) == [row for _, row in sorted(there.values(), key=lambda e: (e[0], e[1].contact))]
        assert len(line) == len(rows)


def test_one_who_waits_for_ever_keeps_nobody_else_in_mind() -> None:
    line = Line()
    line.enter(contact("old", 1.0), 1.0)
    for number in range(10 * FEW):
        line.enter(contact(str(number), 2.0), 2.0)
        line.leave(str(number), 2.0)
    assert len(line._came) <= FEW + 4 and line.oldest_since == 1.0
