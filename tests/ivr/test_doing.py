"""What happens at nodes that have something done: lookups that lie, recordings, queues, transfers?"""

from __future__ import annotations

import pytest

from cti.ivr import replies, verbs
from tests.ivr.flows import NOW, flow, said, session

pytestmark = pytest.mark.unit

HEAD = "variables: {d: {type: digits, default: '7'}, t: text, n: number, own: {type: text, default: anna}}"
END = "end: {hangup: Bye}\nhelp: {queue: help}\nnone: {play: None, then: end}"
LOOKUP = (
    "a: {lookup: shop, get: '/orders/{d}', into: {t: status, n: total}, then: end, on: {not_found: none, down: help}}\n"
)


def asked() -> verbs.Lookup:
    verb = session(flow(LOOKUP + END, head=HEAD)).begin(NOW)
    assert isinstance(verb, verbs.Lookup)
    return verb


def test_a_lookup_says_what_to_ask_and_what_is_heard_meanwhile() -> None:
    verb = asked()
    assert (verb.source, verb.method, verb.path, verb.values) == ("shop", "GET", "/orders/{d}", {"d": "7"})
    assert verb.into == {"t": "status", "n": "total"}
    assert verb.meanwhile
    assert verb.quiet_s < verbs.MAX_SILENCE_S
    assert verb.once == asked().once, "the same question after an engine's death has the same key"


def test_each_answer_has_its_way() -> None:
    for reply, ends in (
        (replies.Found({"t": "shipped", "n": 3}), ["Bye"]),
        (replies.Found({}), ["Bye"]),
        (replies.NotFound(), ["None"]),
    ):
        call = session(flow(LOOKUP + END, head=HEAD))
        call.begin(NOW)
        assert said(call.step(NOW, reply)) == ends


@pytest.mark.parametrize(
    "values", [{"t": ["x"]}, {"n": "many"}, {"t": "x" * 10_000}, {"n": float("inf")}, {"t": {"a": 1}}]
)
def test_an_answer_that_lies_is_as_good_as_none(values: dict[str, object]) -> None:
    call = session(flow(LOOKUP + END, head=HEAD))
    call.begin(NOW)
    assert isinstance(call.step(NOW, replies.Found({"t": "new", "n": 1} | values)), verbs.Enqueue)
    assert call.get("t") is None and call.get("n") is None, "half an answer is kept by nobody"


def test_without_a_value_for_its_path_nothing_is_asked() -> None:
    call = session(flow(LOOKUP.replace("{d}", "{t}") + END, head=HEAD))
    assert said(call.begin(NOW)) == ["None"]


def test_a_queue_knows_the_customer_and_his_own_agent() -> None:
    nodes = (
        "a: {queue: sales, requires: {zh: 3}, head_start_s: 30, preferred: [ben], preferred_from: own,"
        " customer: {order: d, topic: t}, then: end, on: {full: none}}\n"
    )
    for outcome, ends in (("talked", ["Bye"]), ("full", ["None"])):
        call = session(flow(nodes + END, head=HEAD))
        verb = call.begin(NOW)
        assert verb == verbs.Enqueue("sales", {"zh": 3}, 30.0, ("anna", "ben"), {"order": "7"}, "en")
        assert said(call.step(NOW, replies.QueueEnded(outcome))) == ends
    call.begin(NOW)
    last = call.step(NOW, replies.QueueEnded("a word of tomorrow"))
    assert isinstance(last, verbs.Hangup) and last.why == "error"


def test_recordings_have_names_of_their_own() -> None:
    nodes = "a: {record: t, ask: Speak, then: b, on: {empty: none}}\nb: {voicemail: sales, ask: Tone, then: end}\n"
    call = session(flow(nodes + END, head=HEAD))
    first = call.begin(NOW)
    second = call.step(NOW, replies.Recorded(4.0))
    assert isinstance(first, verbs.Record) and isinstance(second, verbs.Record)
    assert call.get("t") == first.name != second.name
    assert (first.queue, second.queue) == ("", "sales")
    assert said(call.step(NOW, replies.Recorded(2.0))) == ["Bye"]
    call = session(flow(nodes + END, head=HEAD))
    call.begin(NOW)
    assert said(call.step(NOW, replies.Recorded(0.0))) == ["None"]


def test_a_transfer_comes_back_when_nobody_answers() -> None:
    nodes = "a: {transfer: reception, then: end, on: {failed: help, busy: none}}\n"
    for outcome, kind in (("answered", verbs.Hangup), ("busy", verbs.Play), ("no_answer", verbs.Enqueue)):
        call = session(flow(nodes + END))
        call.begin(NOW)
        assert isinstance(call.step(NOW, replies.Transferred(outcome)), kind)
