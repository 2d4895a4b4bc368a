"""Where do nodes lead that decide without the caller?"""

from __future__ import annotations

import pytest

from cti.ivr import replies
from cti.ivr.caller import Caller
from tests.ivr.flows import NOW, flow, opening, said, session

pytestmark = pytest.mark.unit

END = "\n".join(f"{name}: {{hangup: {name.title()}}}" for name in ("yes", "no", "feast", "soon"))
HOURS = "a: {hours: office, closing_soon_s: 600, on: {open: yes, closed: no, holiday: feast, closing_soon: soon}}\n"


@pytest.mark.parametrize(
    ("word", "closes_in_s", "ends"),
    [
        ("open", 3600, "Yes"),
        ("open", None, "Yes"),
        ("open", 600, "Soon"),
        ("closed", None, "No"),
        ("holiday", None, "Feast"),
        ("special_day", None, "No"),
    ],
)
def test_hours(word: str, closes_in_s: float | None, ends: str) -> None:
    closes_at = None if closes_in_s is None else NOW + closes_in_s
    assert said(session(flow(HOURS + END), hours=opening(word, closes_at)).begin(NOW)) == [ends]


def test_hours_that_nobody_knows_are_an_error() -> None:
    call = session(flow(HOURS + END, head="on: {error: no}"))
    call.hours = lambda _name, _now: None
    assert said(call.begin(NOW)) == ["No"]


def test_set_computes_all_before_it_assigns_any() -> None:
    nodes = "a: {set: {x: y, y: x}, then: b}\nb: {branch: [{if: x == 2 and y == 1, then: yes}], otherwise: no}\n"
    head = "variables: {x: {type: number, default: 1}, y: {type: number, default: 2}}"
    assert said(session(flow(nodes + END, head=head)).begin(NOW)) == ["Yes"]


def test_the_first_true_case_is_taken() -> None:
    nodes = 'a: {branch: [{if: n > 5, then: no}, {if: segment == "gold", then: yes}], otherwise: no}\n'
    head = "variables: {n: number, segment: {type: text, from_customer: true}}"
    assert said(session(flow(nodes + END, head=head)).begin(NOW)) == ["Yes"]


def test_a_language_is_spoken_from_there_on() -> None:
    nodes = "a: {language: zh, then: b}\nb: {hangup: {en: Bye, zh: 再见}}"
    assert said(session(flow(nodes, head="languages: [en, zh]")).begin(NOW)) == ["再见"]


def test_a_customer_always_goes_the_same_way() -> None:
    split = flow(f"a: {{split: test, shares: {{x: 1, y: 1}}, on: {{x: yes, y: no}}}}\n{END}")
    ways = set()
    for number in range(40):
        both = {tuple(said(session(split, caller=Caller(f"c{call}", f"+49{number}")).begin(NOW))) for call in range(3)}
        assert len(both) == 1
        ways |= both
    assert len(ways) == 2
    call = session(split)
    call.begin(NOW)
    assert [fact.split for fact in call.facts() if isinstance(fact, replies.SplitTaken)] == ["test"]


def test_who_wants_no_more_calls_says_so_once_and_goes_on() -> None:
    call = session(flow(f"a: {{do_not_call: pressed_nine, then: yes}}\n{END}"))
    assert said(call.begin(NOW)) == ["Yes"]
    assert [fact.reason for fact in call.facts() if isinstance(fact, replies.CallsUnwanted)] == ["pressed_nine"]
    assert not call.facts()
