"""Which circles never end, and which nodes does nobody reach?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr import check
from cti.ivr.check_loops import circles
from cti.model.flow import Flow
from tests.ivr.flows import flow

pytestmark = pytest.mark.unit

END = "\nend: {hangup: Bye}"


def texts(t: Flow, *others: Flow) -> list[tuple[bool, str]]:
    flows = {each.name: each for each in (t, *others)}
    return [(finding.is_error, finding.text) for finding in check.find(flows)[t.name]]


def test_a_caller_who_does_nothing_must_come_out() -> None:
    head = "on: {error: end}"
    for nodes in (
        "a: {play: A, then: b}\nb: {play: B, then: a}",
        'a: {menu: A, keys: {"1": end}, on: {silent: a}}',
        'a: {menu: A, keys: {"1": end}, on: {silent: repeat}}',
        "a: {collect: d, ask: A, then: end, on: {failed: b}}\nb: {play: B, then: a}",
    ):
        variables = "\nvariables: {d: digits}" if "collect" in nodes else ""
        found = texts(flow(nodes + END, head=head + variables))
        assert [error for error, text in found if "goes round for ever" in text] == [True], (nodes, found)


def test_the_way_out_of_errors_must_not_lead_to_itself() -> None:
    found = texts(flow("a: {queue: x}", head="on: {error: a}"))
    assert found[0][0] and "goes round for ever: a" in found[0][1]
    assert texts(flow(f"a: {{queue: x, on: {{failed: end}}}}{END}", head="on: {error: a}")) == []


def test_circles_that_somebody_ends_are_fine_or_a_warning() -> None:
    by_caller = flow('a: {menu: A, keys: {"1": a}, on: {silent: hangup}}', head="on: {error: a}")
    assert texts(by_caller) == []
    retry = flow(f"a: {{lookup: s, get: /x, then: end, on: {{down: a}}}}{END}", head="on: {error: end}")
    assert [(error, "may go round until a (then)" in text) for error, text in texts(retry)] == [(False, True)]
    counted = flow(
        "a: {lookup: s, get: /x, then: end, on: {down: c}}\nc: {set: {n: n + 1}, then: b}\n"
        f"b: {{branch: [{{if: n < 3, then: a}}], otherwise: end}}{END}",
        head="on: {error: end}\nvariables: {n: {type: number, default: 0}}",
    )
    assert texts(counted) == []


def test_nodes_that_nobody_reaches() -> None:
    found = texts(
        flow(f"a: {{queue: x, on: {{failed: end}}}}\nlost: {{play: L, then: end}}{END}", head="on: {error: end}")
    )
    assert found == [(False, "nobody ever comes here: no other node leads to it")]


def test_flows_that_call_each_other() -> None:
    one = flow("a: {subflow: two, then: hangup}", name="one", head="on: {error: a}")
    two = flow("a: {subflow: one, then: hangup}", name="two")
    assert any("two calls one again" in text for _, text in texts(one, two))


NODES = st.integers(0, 7)


@settings(deadline=None)
@given(st.lists(st.tuples(NODES, NODES), max_size=20))
def test_circles_are_what_a_slow_search_finds(pairs: list[tuple[int, int]]) -> None:
    edges = {str(name): tuple(("", str(to)) for at, to in pairs if at == name) for name in range(8)}

    def reach(name: str) -> set[str]:
        found: set[str] = set()
        open_ = [to for _, to in edges[name]]
        while open_:
            there = open_.pop()
            if there not in found:
                found.add(there)
                open_ += [to for _, to in edges[there]]
        return found

    slow = {frozenset(other for other in reach(name) if name in reach(other)) for name in edges if name in reach(name)}
    assert {frozenset(circle) for circle in circles(edges)} == slow
