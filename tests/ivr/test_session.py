"""Where is a caller in a flow, and what happens next? Back, repeat, operator, subflows, errors, odd replies."""

from __future__ import annotations

import pytest

from cti.ivr import replies, verbs
from cti.ivr.replies import Digits, Played
from cti.ivr.session import MAX_ODD_REPLIES, MAX_QUIET_NODES
from tests.ivr.flows import NOW, flow, said, session

pytestmark = pytest.mark.unit

MENUS = """
a: {menu: A, keys: {"1": b}}
b: {menu: B, keys: {"1": c}}
c: {play: C, then: d}
d: {menu: D, keys: {"1": hangup, "2": back, "3": repeat}}
e: {queue: sales}
"""
EVERYWHERE = 'everywhere: {"*": repeat, "9": back, "0": e}'


def test_from_node_to_node_until_the_end() -> None:
    call = session(flow("a: {play: Hello, then: b}\nb: {hangup: Bye}"))
    assert said(call.begin(NOW)) == ["Hello"]
    verb = call.step(NOW, Played())
    assert isinstance(verb, verbs.Hangup) and said(verb) == ["Bye"] and verb.why == "done"
    assert call.step(NOW, Played()) is verb


def test_back_leads_to_the_last_choice_and_the_choice_before_it() -> None:
    call = session(flow(MENUS, head=EVERYWHERE))
    call.begin(NOW)
    call.step(NOW, Digits("1"))
    assert said(call.step(NOW, Digits("1"))) == ["C"]
    assert said(call.step(NOW, Digits("9"))) == ["B"]
    assert said(call.step(NOW, Digits("9"))) == ["A"]
    assert said(call.step(NOW, Digits("9"))) == ["A"]


def test_repeat_says_it_again_and_does_not_count_as_a_wrong_key() -> None:
    call = session(flow(MENUS, head=EVERYWHERE))
    call.begin(NOW)
    for _ in range(10):
        assert said(call.step(NOW, Digits("*"))) == ["A"]


def test_keys_of_the_flow_work_while_something_is_said_and_in_menus_that_do_not_use_them() -> None:
    call = session(flow(MENUS, head=EVERYWHERE))
    call.begin(NOW)
    call.step(NOW, Digits("1"))
    call.step(NOW, Digits("1"))
    assert isinstance(call.step(NOW, Digits("0")), verbs.Enqueue)


def test_a_hangup_ends_it_wherever_it_comes() -> None:
    for replies_before in range(4):
        call = session(flow(MENUS))
        call.begin(NOW)
        for _ in range(replies_before):
            call.step(NOW, Digits("1"))
        verb = call.step(NOW, replies.Gone())
        assert isinstance(verb, verbs.Hangup)
        assert call.over


def test_a_circle_without_the_caller_ends_in_the_way_out_of_errors() -> None:
    nodes = "a: {language: en, then: b}\nb: {language: en, then: a}\nsorry: {queue: help}"
    call = session(flow(nodes, head="on: {error: sorry}"))
    assert isinstance(call.begin(NOW), verbs.Enqueue)
    troubles = [fact.what for fact in call.facts() if isinstance(fact, replies.Trouble)]
    assert troubles == ["loop"]
    assert call.visits == MAX_QUIET_NODES + 1


def test_a_way_out_of_errors_that_fails_itself_ends_with_an_apology() -> None:
    nodes = "a: {language: en, then: a}"
    verb = session(flow(nodes, head="on: {error: a}")).begin(NOW)
    assert isinstance(verb, verbs.Hangup) and verb.why == "error" and said(verb)


def test_without_a_way_out_of_errors_there_is_an_apology() -> None:
    call = session(flow("a: {queue: x}"))
    call.begin(NOW)
    verb = call.step(NOW, replies.Broken("no such thing"))
    assert isinstance(verb, verbs.Hangup) and verb.why == "error"


def test_a_reply_that_does_not_belong_here_repeats_the_verb_and_at_last_is_an_error() -> None:
    call = session(flow(MENUS, head="on: {error: e}"))
    verb = call.begin(NOW)
    for _ in range(MAX_ODD_REPLIES):
        assert call.step(NOW, Played()) is verb
    assert isinstance(call.step(NOW, Played()), verbs.Enqueue)


# --- subflows ---------------------------------------------------------------------------------------------------------

OUTER = flow(
    'a: {menu: A, keys: {"1": sub}}\nsub: {subflow: inner, give: {x: y + 1}, take: {y: x}, then: c}\n'
    "c: {say: y, then: hangup}\ne: {queue: help}",
    name="outer",
    head="variables: {y: {type: number, default: 1}}\non: {error: e}",
)
INNER = flow(
    'a: {menu: "{x}", keys: {"1": more, "2": return, "9": back}}\nmore: {set: {x: x * 10}, then: a}',
    name="inner",
    head="variables: {x: number}",
)


def test_a_subflow_has_its_own_variables_and_gives_some_back() -> None:
    call = session(OUTER, INNER)
    call.begin(NOW)
    assert said(call.step(NOW, Digits("1"))) == ["digits/2"]
    assert said(call.step(NOW, Digits("1"))) == ["digits/20"]
    assert said(call.step(NOW, Digits("2"))) == ["digits/20"]
    assert isinstance(call.step(NOW, Played()), verbs.Hangup)


def test_back_leads_out_of_a_subflow() -> None:
    call = session(OUTER, INNER)
    call.begin(NOW)
    call.step(NOW, Digits("1"))
    assert said(call.step(NOW, Digits("9"))) == ["A"]
    assert len(call.frames) == 1


def test_an_error_in_a_subflow_that_has_no_way_out_takes_that_of_its_caller() -> None:
    call = session(OUTER, INNER)
    call.begin(NOW)
    call.step(NOW, Digits("1"))
    assert isinstance(call.step(NOW, replies.Broken()), verbs.Enqueue)
    assert len(call.frames) == 1


def test_flows_that_call_each_other_end_in_an_error() -> None:
    call = session(flow("a: {subflow: t, then: hangup}"))
    verb = call.begin(NOW)
    assert isinstance(verb, verbs.Hangup) and verb.why == "error"


def test_facts_tell_the_way() -> None:
    call = session(flow('a: {menu: A, keys: {"1": b}}\nb: {queue: sales}'))
    call.begin(NOW)
    assert call.facts() == [replies.Entered("t", "a", "en")]
    call.step(NOW, Digits("1"))
    assert call.facts() == [replies.Left("t", "a", "1"), replies.Entered("t", "b", "en")]
    assert call.facts() == []


def test_a_bug_costs_one_caller_his_place_in_the_flow_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    call = session(flow(MENUS, head="on: {error: e}"))
    call.strict = False
    call.begin(NOW)
    monkeypatch.setattr("cti.ivr.asking.take", lambda *_: 1 / 0)
    assert isinstance(call.step(NOW, Digits("1")), verbs.Enqueue)
