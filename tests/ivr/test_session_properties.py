"""Whatever callers, switches and systems do: does every reply give a verb, does every flow that passes the check end?

Flows are made at random from all kinds of nodes, replies of all kinds with any content.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cti.ivr import check, checkpoint, replies, resuming, verbs
from cti.ivr.book import FlowBook
from cti.ivr.prompting import texts_of
from cti.ivr.session import FlowSession
from cti.ivr.verbs import Sound
from cti.model.flow import Flow
from cti.speech.saying import vocabulary
from tests.ivr.flows import CALLER, NOW, opening

pytestmark = pytest.mark.unit

# Whole flows are large, many have no story of the kind wanted, and the machine may be busy: no sign of a bad test.
BUSY = (HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=BUSY)
NAMES = ("a", "b", "c", "d", "e", "f")
TARGETS = st.sampled_from((*NAMES, "end", "end", "hangup", "return", "back", "repeat"))
PROMPT = st.sampled_from(
    ("Hi", {"en": "Hi {d} there", "zh": "你好{d}"}, {"file": "custom/x"}, "{t} {n:money} {t:date}")
)
KEYS = st.dictionaries(st.sampled_from("0123456789*#"), TARGETS, min_size=1, max_size=3)
KINDS = {"d": "digits", "t": "text", "n": "number", "day": "date", "yes": "flag", "cost": {"type": "money"}}
SECRET = {"pin": {"type": "digits", "sensitive": "true"}}
CONDITIONS = st.sampled_from(("n > 2", "known(t)", 't == "x"', 'd in ("1", "2")', "yes", "len(d) == 3", "n / 0 > 1"))
PIN = "98765432"


def _on(*outcomes: str) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(outcomes), TARGETS, max_size=2)


def _node(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    given = {key: value if isinstance(value, st.SearchStrategy) else st.just(value) for key, value in fields.items()}
    return st.fixed_dictionaries({key.rstrip("_"): value for key, value in given.items()})


ASKING = ("silent", "wrong", "failed")
NODES = st.one_of(
    _node(play=PROMPT, then=TARGETS, barge_in=st.booleans()),
    _node(say=st.sampled_from(sorted(KINDS)), then=TARGETS),
    _node(say="t", words={"x": "X"}, otherwise="Else", then=TARGETS),
    _node(menu=PROMPT, keys=KEYS, tries=st.integers(1, 3), on=_on(*ASKING)),
    _node(collect="d", ask=PROMPT, length="2-9", confirm=st.booleans(), then=TARGETS, on=_on(*ASKING)),
    _node(collect="n", ask=PROMPT, between="1..50", luhn=st.booleans(), then=TARGETS, on=_on(*ASKING)),
    _node(collect="pin", ask=PROMPT, length="8", then=TARGETS, on=_on(*ASKING)),
    _node(hours="office", on=_node(open=TARGETS, closed=TARGETS)),
    _node(
        lookup="shop",
        get="/x/{d}",
        into=st.just({"t": "t", "n": "n", "day": "day", "yes": "yes", "cost": "cost"}),
        then=TARGETS,
        on=_on("not_found", "down"),
    ),
    _node(lookup="shop", post="/login", send={"pin": "pin"}, into={"yes": "ok"}, then=TARGETS, on=_on("down")),
    _node(branch=st.lists(_node(if_=CONDITIONS, then=TARGETS), min_size=1, max_size=2), otherwise=TARGETS),
    _node(language=st.sampled_from(("en", "zh")), then=TARGETS),
    _node(split="ab", shares={"x": "1", "y": "1"}, on=_node(x=TARGETS, y=TARGETS)),
    _node(queue="sales", customer={"t": "t"}, then=TARGETS, on=_on("left", "full", "failed")),
    _node(offer_callback="sales", ask="Call back?", then=TARGETS, on=_node(declined=TARGETS)),
    _node(offer_callback="sales", number="d", then=TARGETS),
    _node(voicemail="sales", ask="Speak", then=TARGETS, on=_on("empty")),
    _node(record="t", ask="Speak", then=TARGETS, on=_on("empty")),
    _node(transfer="reception", then=TARGETS, on=_on("busy")),
    _node(
        survey="s",
        questions=st.just([{"name": "q", "ask": "?", "scale": "nps"}, {"name": "r", "ask": "?", "scale": "csat"}]),
        then=TARGETS,
        on=_on("low", "silent"),
    ),
    _node(subflow="other", give={"n": "n + 1"}, take={"n": "n"}, then=TARGETS),
)
SETS = _node(set=st.sampled_from(({"n": "n + 1"}, {"t": 't + "x"'}, {"n": "n * n", "t": '"x"'})), then=TARGETS)


@st.composite
def flows(draw: st.DrawFn, name: str = "main", *, counting: bool = True) -> Flow:
    """A flow of up to six nodes, each leading anywhere."""
    kinds = st.one_of(NODES, SETS) if counting else NODES
    nodes = {key: draw(kinds) for key in NAMES} | {"end": {"hangup": "Bye"}}
    if name == "other":
        nodes = {key: node for key, node in nodes.items() if "subflow" not in node} | {"a": draw(kinds)}
        nodes = {key: nodes.get(key, {"play": "x", "then": "end"}) for key in (*NAMES, "end")}
        nodes = {k: {"play": "x", "then": "end"} if "subflow" in v else v for k, v in nodes.items()}
    data = {
        "name": name,
        "start": "a",
        "languages": ["en", "zh"],
        "variables": {**KINDS, **SECRET},
        "nodes": nodes,
        "everywhere": draw(st.dictionaries(st.sampled_from("*09"), TARGETS, max_size=2)),
        "on": draw(st.fixed_dictionaries({"error": st.sampled_from(("end", "a", "f"))}, optional={"failed": TARGETS})),
    }
    return Flow.model_validate(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2026-02-30"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
FITTING = st.fixed_dictionaries(
    {
        "t": st.sampled_from(("x", "shipped", None)),
        "n": st.integers(-5, 10**15),
        "day": st.just("2026-11-25"),
        "yes": st.booleans(),
        "cost": st.floats(0, 1000),
    }
)
DIGITS = st.one_of(st.text("0123456789*#", max_size=9), st.sampled_from(("1", "", "1" * 1000, "x\n", "١٢", PIN)))
OUTCOMES = st.sampled_from(("talked", "answered", "left", "full", "busy", "failed", "nonsense"))
FINITE = st.floats(allow_nan=True)
REPLIES = st.one_of(
    st.just(replies.Played()),
    st.builds(replies.Digits, DIGITS),
    st.just(replies.NotFound()),
    st.builds(replies.Found, st.dictionaries(st.sampled_from(("t", "n", "day", "yes", "cost")), JSON) | FITTING),
    st.just(replies.Down("timeout")),
    st.builds(replies.Recorded, FINITE),
    st.just(replies.NotRecorded()),
    st.builds(replies.QueueEnded, OUTCOMES),
    st.just(replies.CallbackTaken()),
    st.just(replies.CallbackRefused("x")),
    st.builds(replies.Transferred, OUTCOMES),
    st.just(replies.Broken("x")),
    st.just(replies.PromptMissing()),
    st.builds(replies.PromptMissing, st.just(("en/custom/x", "en/cti/flows/main/a"))),
)
FITS = {
    verbs.Play: (replies.Played(), replies.Digits("5")),
    verbs.Collect: (replies.Digits("1"), replies.Digits(PIN), replies.Digits(), replies.Digits("2")),
    verbs.Lookup: (replies.Found({"t": "x", "n": 3, "yes": True}), replies.NotFound(), replies.Down("timeout")),
    verbs.Record: (replies.Recorded(3.0), replies.Recorded(0.0)),
    verbs.Enqueue: (replies.QueueEnded("talked"), replies.QueueEnded("left"), replies.QueueEnded("full")),
    verbs.TakeCallback: (replies.CallbackTaken(), replies.CallbackRefused("x")),
    verbs.Transfer: (replies.Transferred("answered"), replies.Transferred("busy")),
}
SILENT: dict[type[verbs.Verb], tuple[replies.AnyReply, ...]] = {
    verbs.Play: (replies.Played(),),
    verbs.Collect: (replies.Digits(),),
    verbs.Lookup: FITS[verbs.Lookup],  # type: ignore[dict-item]
    verbs.Record: (replies.Recorded(0.0),),
    verbs.Enqueue: (replies.QueueEnded("timed_out"), replies.QueueEnded("full"), replies.QueueEnded("failed")),
    verbs.TakeCallback: (replies.CallbackRefused("x"),),
    verbs.Transfer: (replies.Transferred("busy"), replies.Transferred("failed")),
}


def begin(main: Flow, other: Flow, word: str = "open") -> FlowSession:
    book = FlowBook({"main": main, "other": other})
    return FlowSession(book, "main", CALLER, lambda _name, _now: opening(word), strict=True)


def choose(data: st.DataObject, verb: verbs.AnyVerb, from_: dict[Any, Any]) -> replies.AnyReply:
    reply: replies.AnyReply = data.draw(st.sampled_from(from_[type(verb)]))
    return reply


@MANY
@given(flows(), flows("other"), st.lists(REPLIES, max_size=40))
def test_no_reply_leaves_a_caller_without_a_verb(main: Flow, other: Flow, story: list[replies.AnyReply]) -> None:
    call = begin(main, other)
    verb = call.begin(NOW)
    known = {(text.language, text.name) for each in (main, other) for text in texts_of(each)}
    known |= {(text.language, text.name) for language in ("en", "zh") for text in vocabulary(language)}
    for reply in story:
        assert isinstance(verb, verbs.Verb)
        if isinstance(verb, verbs.Collect | verbs.Record):
            assert verb.prompts, "nobody knows that he is asked"
        for part in getattr(verb, "prompts", ()):
            if isinstance(part, Sound) and part.file.startswith("cti/"):
                assert (part.language, part.file) in known, "nobody would ever record it"
        over = call.over
        after = call.step(NOW, reply)
        assert not over or after is verb
        verb = after
    verb = call.step(NOW, replies.Gone())
    assert isinstance(verb, verbs.Hangup) and call.over
    call.facts()


@MANY
@given(flows(), flows("other"), st.data())
def test_a_caller_who_answers_as_asked_meets_no_bug_and_no_secret_gets_out(
    main: Flow, other: Flow, data: st.DataObject
) -> None:
    call = begin(main, other)
    verb = call.begin(NOW)
    for _ in range(25):
        if call.over:
            break
        reply = choose(data, verb, FITS)
        secret = isinstance(verb, verbs.Collect) and verb.sensitive
        verb = call.step(NOW, reply)
        saved = resuming.save(call)
        written = checkpoint.write(saved)
        assert len(written.text) <= checkpoint.MAX_CHARS
        assert PIN not in repr(verb) + repr(call.facts()) + repr(reply) + repr(vars(call.frame.flow).keys())
        held = any(frame.secrets() for frame in call.frames)
        if (secret or held) and not any(frame.values.get("d") == PIN for frame in call.frames):
            assert PIN not in repr(saved)


@MANY
@given(flows(), flows("other"), st.data())
def test_another_process_goes_on_at_the_same_node(main: Flow, other: Flow, data: st.DataObject) -> None:
    call = begin(main, other)
    verb = call.begin(NOW)
    for _ in range(data.draw(st.integers(0, 12))):
        if not call.over:
            verb = call.step(NOW, choose(data, verb, FITS))
    assume(not call.over and not any(frame.secrets() for frame in call.frames))
    frame = call.frame
    assume(frame.tries == 0 and not frame.stage and not call.ahead and not call.voice.is_impaired)
    assume(not (isinstance(verb, verbs.Collect) and verb.already))
    saved = checkpoint.read(checkpoint.write(resuming.save(call)).text)
    assert saved is not None
    hours = lambda _name, _now: opening()  # noqa: E731
    copy = resuming.restore(call.book, saved, CALLER, hours, strict=True)
    assert copy is not None
    assert copy.resume(NOW) == verb
    for _ in range(10):
        if call.over:
            break
        reply = choose(data, verb, FITS)
        verb = call.step(NOW, reply)
        assert copy.step(NOW, reply) == verb
    assert copy.over == call.over


@MANY
@given(flows(), flows("other"), st.lists(REPLIES, max_size=15), st.data())
def test_a_session_can_be_restored_at_any_moment(
    main: Flow, other: Flow, story: list[replies.AnyReply], data: st.DataObject
) -> None:
    call = begin(main, other)
    call.begin(NOW)
    for reply in story:
        call.step(NOW, reply)
    saved = checkpoint.read(checkpoint.write(resuming.save(call)).text)
    assert saved is not None
    copy = resuming.restore(call.book, saved, CALLER, lambda _name, _now: opening("closed"), strict=True)
    assert copy is not None
    if data.draw(st.booleans()):
        copy.resume(NOW)
    for reply in story:
        assert isinstance(copy.step(NOW, reply), verbs.Verb)


@MANY
@given(flows(counting=False), flows("other", counting=False), st.sampled_from(("open", "closed")), st.data())
def test_a_flow_that_passes_the_check_ends_when_the_caller_keeps_silent(
    main: Flow, other: Flow, word: str, data: st.DataObject
) -> None:
    findings = [finding for found in check.find({"main": main, "other": other}).values() for finding in found]
    assume(not any("round" in finding.text for finding in findings))
    call = begin(main, other, word)
    verb = call.begin(NOW)
    for _ in range(400):
        if call.over:
            break
        verb = call.step(NOW, choose(data, verb, SILENT))
    assert call.over
    assert not [fact for fact in call.facts() if isinstance(fact, replies.Trouble) and fact.what == "loop"]
