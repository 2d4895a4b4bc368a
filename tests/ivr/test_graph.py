"""Where does each way lead, and what does a node read and write?"""

from __future__ import annotations

import pytest

from cti.ivr import graph
from cti.ivr.graph import By
from cti.model.flow_nodes import NODE_TYPES
from tests.ivr.flows import flow

pytestmark = pytest.mark.unit


def test_a_node_goes_before_its_flow_and_the_flow_before_the_kind() -> None:
    t = flow(
        'a: {menu: A, keys: {"1": b}, on: {silent: b}}\nb: {queue: x}\nc: {survey: s, questions: [], then: b}'.replace(
            "questions: []", "questions: [{name: q, ask: Q, scale: csat}]"
        ),
        head="on: {failed: c, error: b}",
    )
    target = {
        outcome: graph.outcome_target(t, t.nodes["a"], outcome) for outcome in ("silent", "wrong", "failed", "error")
    }
    assert target == {"silent": "b", "wrong": "c", "failed": "c", "error": "b"}
    assert graph.outcome_target(t, t.nodes["c"], "low") == "b"
    assert graph.outcome_target(t, t.nodes["b"], "full") == "c"
    assert graph.outcome_target(flow("a: {queue: x}"), flow("a: {queue: x}").nodes["a"], "full") == ""


def test_what_makes_a_caller_go() -> None:
    t = flow(
        'a: {menu: A, keys: {"1": b}}\nb: {play: B, then: c}\nc: {collect: d, ask: C, then: a}',
        head="variables: {d: digits}",
    )
    assert [(way.name, way.by) for way in graph.ways(t, t.nodes["a"])] == [
        ("1", By.CALLER),
        ("silent", By.SILENCE),
        ("wrong", By.CALLER),
        ("failed", By.CALLER),
    ]
    assert graph.ways(t, t.nodes["b"])[0].by is By.ITSELF
    assert graph.ways(t, t.nodes["c"])[0].by is By.CALLER


def test_reads_and_writes() -> None:
    t = flow(
        """
a: {play: "{x} and {y:digits}", then: b}
b: {lookup: s, post: "/o/{x}", send: {f: z}, into: {w: answer}, then: c}
c: {set: {w: len(x) + n}, then: d}
d: {branch: [{if: w > 1, then: a}], otherwise: a}
""",
        head="variables: {x: digits, y: digits, z: digits, w: number, n: number}",
    )
    assert [sorted(graph.reads(node)) for node in t.nodes.values()] == [["x", "y"], ["x", "z"], ["n", "x"], ["w"]]
    assert [list(graph.writes(node)) for node in t.nodes.values()] == [[], ["w"], ["w"], []]


def test_a_variable_lives_until_nobody_reads_it_any_more() -> None:
    t = flow(
        'a: {collect: pin, ask: A, then: b}\nb: {menu: B, keys: {"1": c}}\n'
        "c: {lookup: s, post: /l, send: {p: pin}, then: d}\nd: {hangup: D}",
        head="variables: {pin: {type: digits, sensitive: true}}",
    )
    alive = graph.live(t, ["pin"])
    assert [name for name, needed in alive.items() if needed] == ["b", "c"]
    back = flow(
        "a: {collect: pin, ask: A, then: c}\nc: {lookup: s, post: /l, send: {p: pin}, then: d}\n"
        'd: {menu: D, keys: {"9": c}}',
        head="variables: {pin: {type: digits, sensitive: true}}",
    )
    assert graph.live(back, ["pin"])["d"] == {"pin"}


def test_every_prompt_has_a_place_of_its_own() -> None:
    t = flow(
        """
a:
  say: x
  words: {on its way: Coming, 已发货: Sent, "1": One}
  otherwise: Else
  then: b
b:
  survey: s
  questions: [{name: wrong, ask: Q, scale: csat}, {name: r, ask: R, scale: nps}]
  wrong: No
  then: hangup
c: {offer_callback: q, ask: Offer, silent: Hello, then: a, on: {declined: a}}
""",
        head="variables: {x: text}",
    )
    places = [[field for field, _ in graph.prompts(node)] for node in t.nodes.values()]
    assert places == [
        ["otherwise", "word/on_its_way", "word/word2", "word/1"],
        ["wrong", "question/wrong", "question/r"],
        ["silent", ""],
    ]


def test_every_kind_of_node_is_known_to_the_graph() -> None:
    for kind in NODE_TYPES.values():
        assert all(isinstance(otherwise, str) for otherwise in kind.OUTCOMES.values())
        for outcome, otherwise in kind.OUTCOMES.items():
            assert otherwise in ("", "then", "error", *kind.OUTCOMES), (kind, outcome)
