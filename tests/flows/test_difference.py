"""Does a person see what a new version of the flows changes, by the names he gave?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.config.settings import FlowRules
from cti.flows.difference import difference, rules_difference
from cti.model.flow import Flow
from tests.ivr.flows import flow

pytestmark = pytest.mark.unit


def book(*flows: Flow) -> dict[str, Flow]:
    return {each.name: each for each in flows}


def lines(old: dict[str, Flow], new: dict[str, Flow]) -> list[str]:
    return [found.line for found in difference(old, new)]


def test_flows_come_and_go() -> None:
    one = flow("a: {hangup: Bye}", name="one")
    two = flow("a: {play: Hi, then: b}\nb: {hangup: Bye}", name="two")
    assert lines(book(one), book(two)) == ["+ flow two (2 nodes)", "- flow one (1 node)"]
    assert lines(book(one, two), book(two, one)) == []


def test_nodes_by_name() -> None:
    old = flow("a: {play: Hi, then: b}\nb: {play: Hm, then: c}\nc: {hangup: Bye}")
    new = flow("a: {play: Hello, then: d}\nd: {play: Hm, then: c}\nc: {hangup: Bye}")
    assert lines(book(old), book(new)) == ["flow t: + node d", "flow t: - node b", "flow t: node a changed"]
    added = difference(book(old), book(new))[0]
    assert (added.what, added.name, added.change, added.key) == ("flow", "t", "added", "nodes.d")


def test_the_head_of_a_flow() -> None:
    nodes = "a: {play: Hi, then: b}\nb: {hangup: Bye}"
    old = flow(nodes, head="variables: {x: flag, y: flag}")
    new = flow(nodes, start="b", head="languages: [en, zh]\nvariables: {x: digits, z: flag}\non: {error: b}")
    assert lines(book(old), book(new)) == [
        "flow t: start a -> b",
        "flow t: languages [en] -> [en, zh]",
        "flow t: + variable z",
        "flow t: - variable y",
        "flow t: variable x changed",
        "flow t: on changed",
    ]


def test_transfers_are_told_without_who_is_dialled() -> None:
    old = FlowRules(folder=Path("flows"), transfers={"office": "PJSIP/1", "shop": "PJSIP/2"})
    new = FlowRules(folder=Path("other"), transfers={"office": "PJSIP/3", "home": "PJSIP/4"}, recordings="/var/r")
    assert [found.line for found in rules_difference(old, new)] == [
        "+ transfer home",
        "- transfer shop",
        "transfer office: another target",
        "flows.folder flows -> other",
        "flows.recordings /var/spool/asterisk/cti-recordings -> /var/r",
    ]
    assert [found.line for found in rules_difference(None, old)] == ["+ transfer office", "+ transfer shop"]
    assert rules_difference(old, None)[0].change == "removed"
    assert rules_difference(None, None) == []
