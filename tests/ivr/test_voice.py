"""What is heard when files are missing?"""

from __future__ import annotations

import pytest

from cti.ivr import replies, verbs
from cti.ivr.replies import PromptMissing
from tests.ivr.flows import NOW, flow, said, session

pytestmark = pytest.mark.unit

HEAD = "languages: [en, zh]\non: {error: help}\nvariables: {t: {type: text, default: Hello}}"
NODES = (
    'a: {menu: {en: A, zh: 甲}, keys: {"1": b}}\nb: {say: t, otherwise: {en: Else, zh: 其他}, then: c}\n'
    "c: {play: {en: C, zh: 丙}, then: d}\nd: {hangup: {en: D, zh: 丁}}\nhelp: {queue: help}"
)


def test_another_language_stands_in_and_at_last_somebody_helps() -> None:
    call = session(flow(NODES, head=HEAD))
    call.begin(NOW)
    assert said(call.step(NOW, PromptMissing(("en/cti/flows/t/a",)))) == ["甲"]
    assert isinstance(call.step(NOW, PromptMissing(("zh/cti/flows/t/a",))), verbs.Enqueue)
    assert [fact.what for fact in call.facts() if isinstance(fact, replies.Trouble)].count("prompt_missing") == 2


def test_what_is_only_said_is_left_out() -> None:
    call = session(flow(NODES, head=HEAD))
    call.frame.node = "c"
    assert said(call.resume(NOW)) == ["C"]
    assert said(call.step(NOW, PromptMissing(()))) == ["丙"]
    assert said(call.step(NOW, PromptMissing(()))) == ["D"]


def test_a_text_that_nobody_can_speak_has_its_otherwise() -> None:
    call = session(flow(NODES, head=HEAD))
    call.frame.node = "b"
    verb = call.resume(NOW)
    assert isinstance(verb, verbs.Play) and isinstance(verb.prompts[0], verbs.Spoken)
    assert "Hello" not in repr(verb) + repr(verb.prompts)
