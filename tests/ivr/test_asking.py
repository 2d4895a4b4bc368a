"""What happens at nodes that speak and listen, key by key?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr import replies, verbs
from cti.ivr.asking import is_valid, luhn
from cti.ivr.caller import Caller
from cti.ivr.replies import Digits, Played
from cti.ivr.session import FlowSession
from cti.model.flow_nodes import Collect
from tests.ivr.flows import CALLER, NOW, flow, said, session

pytestmark = pytest.mark.unit

END = "end: {hangup: Bye}\nhelp: {queue: help}"
VARIABLES = "variables: {d: digits, n: number, t: text, yes: flag, pin: {type: digits, sensitive: true}}"


def test_a_menu_asks_again_and_then_gives_up_by_what_went_wrong_last() -> None:
    call = session(flow(f'a: {{menu: A, keys: {{"1": end}}, wrong: No, on: {{silent: end, wrong: help}}}}\n{END}'))
    call.begin(NOW)
    assert said(call.step(NOW, Digits("7"))) == ["No", "A"]
    assert said(call.step(NOW, Digits())) == ["We did not receive any input.", "A"]
    assert isinstance(call.step(NOW, Digits("1" * 1000)), verbs.Enqueue)
    call = session(flow(f'a: {{menu: A, keys: {{"1": end}}, tries: 1, on: {{silent: end, wrong: help}}}}\n{END}'))
    call.begin(NOW)
    assert said(call.step(NOW, Digits())) == ["Bye"]


def test_a_key_pressed_while_something_is_said_counts_for_the_menu_behind_it() -> None:
    nodes = f'a: {{play: Long, then: b}}\nb: {{play: Longer, then: m}}\nm: {{menu: M, keys: {{"1": end}}}}\n{END}'
    call = session(flow(nodes))
    call.begin(NOW)
    assert said(call.step(NOW, Digits("1"))) == ["Longer"]
    assert said(call.step(NOW, Digits("1"))) == ["Bye"]


def test_what_must_be_heard_cannot_be_cut_off() -> None:
    verb = session(flow(f"a: {{play: Law, barge_in: false, then: end}}\n{END}")).begin(NOW)
    assert isinstance(verb, verbs.Play) and verb.stop_on == ""


def test_collect_reads_back_and_takes_another_number() -> None:
    call = session(flow(f"a: {{collect: d, ask: Number, length: 4, confirm: true, then: end}}\n{END}", head=VARIABLES))
    verb = call.begin(NOW)
    assert isinstance(verb, verbs.Collect) and (verb.most, verb.end_key, verb.sensitive) == (4, "#", False)
    heard = said(call.step(NOW, Digits("1234")))
    assert heard[:5] == ["You have entered", "digits/1", "digits/2", "digits/3", "digits/4"]
    assert said(call.step(NOW, Digits("2"))) == ["Number"]
    call.step(NOW, Digits("5678"))
    assert said(call.step(NOW, Digits("1"))) == ["Bye"]
    assert call.get("d") == "5678"


def test_who_takes_his_number_back_too_often_is_asked_no_more() -> None:
    nodes = "a: {collect: d, ask: Number, length: 4, confirm: true, tries: 2, then: end, on: {failed: s}}"
    call = session(flow(f"{nodes}\ns: {{hangup: Sorry}}\n{END}", head=VARIABLES))
    call.begin(NOW)
    for heard in ("Number", "Sorry"):
        call.step(NOW, Digits("1234"))
        assert said(call.step(NOW, Digits("2"))) == [heard]


def test_collect_takes_a_key_pressed_before_it_and_the_keys_of_the_flow() -> None:
    nodes = f"a: {{play: Hi, then: c}}\nc: {{collect: d, ask: Number, length: 2-4, then: end}}\n{END}"
    call = session(flow(nodes, head=f'{VARIABLES}\neverywhere: {{"*": help, "0": help}}'))
    call.begin(NOW)
    verb = call.step(NOW, Digits("7"))
    assert isinstance(verb, verbs.Collect) and (verb.already, verb.at_once) == ("7", "*")
    assert isinstance(call.step(NOW, Digits("*")), verbs.Enqueue)


def test_a_secret_is_neither_read_back_nor_shown() -> None:
    call = session(
        flow(
            f"a: {{collect: pin, ask: PIN, length: 4, confirm: true, then: b}}\n"
            f"b: {{lookup: x, post: /login, send: {{pin: pin}}, then: end}}\n{END}",
            head=VARIABLES,
        )
    )
    verb = call.begin(NOW)
    assert isinstance(verb, verbs.Collect) and verb.sensitive
    verb = call.step(NOW, Digits("4711"))
    assert isinstance(verb, verbs.Lookup)
    assert "4711" not in repr(verb) + repr(call.facts()) + repr(Digits("4711"))
    assert verb.values["pin"].reveal() == "4711"
    call.step(NOW, replies.Found({}))
    assert not call.frame.secrets()


@pytest.mark.parametrize(
    ("fields", "keys", "valid"),
    [
        ({"length": "4"}, "1234", True),
        ({"length": "4"}, "123", False),
        ({"length": "4"}, "12345", False),
        ({"length": "2-3"}, "12", True),
        ({"length": "4"}, "12*4", False),
        ({"pattern": "(10|20)[0-9]{2}"}, "2044", True),
        ({"pattern": "(10|20)[0-9]{2}"}, "3044", False),
        ({"between": "1..31"}, "31", True),
        ({"between": "1..31"}, "1", True),
        ({"between": "1..31"}, "0", False),
        ({"between": "1..31"}, "32", False),
        ({"luhn": True}, "79927398713", True),
        ({"luhn": True}, "79927398710", False),
        ({}, "", False),
        ({}, "٣", False),
    ],
)
def test_what_may_be_entered(fields: dict[str, object], keys: str, valid: bool) -> None:
    assert is_valid(Collect.model_validate({"collect": "d", "ask": "?", "then": "x"} | fields), keys) is valid


@settings(deadline=None)
@given(st.text("0123456789", min_size=1, max_size=19), st.integers(0, 18), st.integers(1, 9))
def test_a_check_digit_finds_every_single_wrong_digit(digits: str, place: int, shift: int) -> None:
    whole = next(f"{digits}{check}" for check in range(10) if luhn(f"{digits}{check}"))
    place %= len(digits)
    wrong = whole[:place] + str((int(whole[place]) + shift) % 10) + whole[place + 1 :]
    assert not luhn(wrong)


def test_say_has_words_for_values_and_otherwise_for_the_rest() -> None:
    nodes = (
        f"a: {{say: t, words: {{shipped: On its way}}, otherwise: Unknown, then: b}}\nb: {{say: n, then: end}}\n{END}"
    )
    call = session(flow(nodes, head=VARIABLES))
    assert said(call.begin(NOW)) == ["Unknown"]
    call.put("t", "shipped")
    call.put("n", 42)
    assert said(call.resume(NOW)) == ["On its way"]
    assert said(call.step(NOW, Played())) == ["digits/40", "digits/2"]


SURVEY = """
a:
  survey: s
  questions: [{name: q, ask: Q, scale: nps}, {name: r, ask: R, scale: csat}]
  quiet_days: 30
  then: end
  on: {low: help, skipped: end}
"""


def surveyed(text: str = SURVEY, **caller: Any) -> FlowSession:
    return session(flow(text + END), caller=msgspec.structs.replace(CALLER, **caller))


def test_a_survey_keeps_answers_and_follows_up_low_ones() -> None:
    call = surveyed()
    asked = call.begin(NOW)
    assert asked == verbs.MaySurvey("s", "c7", "node1/17", 30 * 86_400), "the customer, not his number of today"
    assert "c7" not in repr(asked)
    assert call.step(NOW, replies.SurveyAllowed()).most == 2  # type: ignore[union-attr]
    assert said(call.step(NOW, Digits("11"))) == ["Sorry, that is not possible here.", "Q"]
    assert said(call.step(NOW, Digits("10"))) == ["R"]
    assert isinstance(call.step(NOW, Digits("2")), verbs.Enqueue)
    facts = call.facts()
    answers = [(fact.question, fact.score, fact.owner) for fact in facts if isinstance(fact, replies.Answered)]
    assert answers == [("q", 10, ""), ("r", 2, "")]
    asked_of = [(fact.survey, fact.question) for fact in facts if isinstance(fact, replies.Asked)]
    assert asked_of == [("s", "q")], "once, however often he hears it"


@pytest.mark.parametrize(("known", "troubles"), [(True, []), (False, ["survey_unknown"])])
def test_who_was_asked_lately_or_of_whom_nobody_knows_is_left_in_peace(known: bool, troubles: list[str]) -> None:
    call = surveyed()
    call.begin(NOW)
    assert said(call.step(NOW, replies.SurveyAllowed(yes=False, known=known))) == ["Bye"]
    facts = call.facts()
    assert [fact.what for fact in facts if isinstance(fact, replies.Trouble)] == troubles
    assert not any(isinstance(fact, replies.Asked) for fact in facts)


def test_only_who_talked_in_one_of_its_queues_is_asked() -> None:
    text = SURVEY.replace("quiet_days: 30", "queues: [sales]")
    assert said(surveyed(text).begin(NOW)) == ["Bye"]
    assert said(surveyed(text, served_in="support").begin(NOW)) == ["Bye"]
    assert said(surveyed(text, served_in="sales").begin(NOW)) == ["Q"]


def test_the_queue_is_that_of_the_talk_before_the_survey() -> None:
    text = SURVEY.replace("quiet_days: 30", "queues: [help]").replace("a:", "s:", 1)
    call = session(flow(f"a: {{queue: help, then: s}}\n{text}\n{END}"))
    call.begin(NOW)
    assert said(call.step(NOW, replies.QueueEnded("talked", "help"))) == ["Q"]


def test_the_first_low_answer_becomes_work_and_only_that() -> None:
    text = SURVEY.replace("quiet_days: 30", "follow_up: {owner: team_b, due_in_h: 2}").replace(
        "scale: nps", "scale: nps, low_below: 3"
    )
    call = surveyed(text)
    call.begin(NOW)
    call.step(NOW, Digits("2"))
    call.step(NOW, Digits("1"))
    facts = [(fact.owner, fact.due_in_s) for fact in call.facts() if isinstance(fact, replies.Answered)]
    assert facts == [("team_b", 7200.0), ("", 0.0)]
    fine = surveyed(text)
    fine.begin(NOW)
    fine.step(NOW, Digits("3"))
    assert [fact.owner for fact in fine.facts() if isinstance(fact, replies.Answered)] == [""]


CALLBACK = (
    f"a: {{offer_callback: sales, ask: Offer, number: caller, then: end, on: {{declined: help, refused: help}}}}\n{END}"
)


def test_a_callback_is_promised_declined_or_refused() -> None:
    for key, reply, ends in (("1", replies.CallbackTaken(), True), ("1", replies.CallbackRefused("no"), False)):
        call = session(flow(CALLBACK))
        call.begin(NOW)
        verb = call.step(NOW, Digits(key))
        assert isinstance(verb, verbs.TakeCallback) and verb.number == "+4930123456"
        assert verb.number not in repr(verb)
        assert isinstance(call.step(NOW, reply), verbs.Hangup) is ends
    call = session(flow(CALLBACK))
    call.begin(NOW)
    assert isinstance(call.step(NOW, Digits("2")), verbs.Enqueue)
    call = session(flow(CALLBACK), caller=Caller("c"))
    call.begin(NOW)
    assert isinstance(call.step(NOW, Digits("1")), verbs.Enqueue), "nobody can be called back without a number"
