"""Where does a caller go on after an engine's death? At his node, with language and variables, never with a secret."""

from __future__ import annotations

import pytest

from cti.ivr import checkpoint, replies, resuming, verbs
from cti.ivr.book import FlowBook
from cti.ivr.replies import Digits
from cti.ivr.session import FlowSession
from tests.ivr.flows import CALLER, NOW, flow, opening, said, session

pytestmark = pytest.mark.unit

HEAD = "languages: [en, zh]\nvariables: {d: digits, pin: {type: digits, sensitive: true}, ok: flag}"
LOGIN = flow(
    """
a: {language: zh, then: ask}
ask: {collect: pin, ask: {en: PIN, zh: 密码}, length: 4, then: number}
number: {collect: d, ask: {en: Number, zh: 号码}, length: 4, then: login}
login: {lookup: shop, post: /login, send: {pin: pin, d: d}, into: {ok: ok}, then: menu}
menu: {menu: {en: M, zh: 菜单}, keys: {"1": wait, "2": number}}
wait: {queue: sales, then: thanks}
thanks: {hangup: {en: Thanks, zh: 谢谢}}
""",
    head=HEAD,
)


def moved(call: FlowSession, book: FlowBook | None = None) -> FlowSession:
    saved = checkpoint.read(checkpoint.write(resuming.save(call)).text)
    assert saved is not None
    copy = resuming.restore(book or call.book, saved, CALLER, lambda _name, _now: opening(), strict=True)
    assert copy is not None
    return copy


def at_the_menu() -> FlowSession:
    call = session(LOGIN)
    call.begin(NOW)
    for reply in (Digits("4711"), Digits("1234"), replies.Found({"ok": True})):
        call.step(NOW, reply)
    return call


def test_the_caller_hears_his_node_again_in_his_language() -> None:
    copy = moved(at_the_menu())
    assert said(copy.resume(NOW)) == ["菜单"]
    assert copy.get("d") == "1234"


def test_while_a_secret_is_needed_it_is_asked_for_again() -> None:
    call = session(LOGIN)
    call.begin(NOW)
    call.step(NOW, Digits("4711"))
    assert said(call.step(NOW, Digits())) == ["我们没有收到您的输入。", "号码"]
    assert "4711" not in repr(resuming.save(call))
    copy = moved(call)
    assert said(copy.resume(NOW)) == ["号码"]
    copy = moved(copy)
    copy.resume(NOW)
    assert said(copy.step(NOW, Digits("1234"))) == ["密码"]
    copy.step(NOW, Digits("4711"))
    verb = copy.step(NOW, Digits("1234"))
    assert isinstance(verb, verbs.Lookup) and verb.values["pin"].reveal() == "4711"


def test_a_node_that_needs_a_secret_at_once_asks_for_it_at_once() -> None:
    call = session(LOGIN)
    call.begin(NOW)
    call.step(NOW, Digits("4711"))
    assert isinstance(call.step(NOW, Digits("1234")), verbs.Lookup)
    assert said(moved(call).resume(NOW)) == ["密码"]


def test_a_secret_that_nobody_needs_is_forgotten() -> None:
    call = session(LOGIN)
    call.begin(NOW)
    call.step(NOW, Digits("4711"))
    assert call.frame.secrets() == {"pin"}
    call.step(NOW, Digits("1234"))
    call.step(NOW, replies.Found({"ok": True}))
    # `2` leads from the menu to number and from there to login, which needs it: so it is kept until he is in the line.
    assert call.frame.secrets() == {"pin"}
    call.step(NOW, Digits("1"))
    assert call.frame.secrets() == set()


def test_who_comes_back_from_the_line_goes_on_behind_it() -> None:
    call = at_the_menu()
    call.step(NOW, Digits("1"))
    assert said(moved(call).step(NOW, replies.QueueEnded("talked"))) == ["谢谢"]


def test_a_node_that_is_gone_lets_its_flow_begin_anew_and_a_flow_that_is_gone_gives_nothing() -> None:
    call = at_the_menu()
    other = flow("a: {menu: New, keys: {'1': hangup}}")
    assert said(moved(call, FlowBook({"t": other}, 2)).resume(NOW)) == ["New"]
    saved = resuming.save(call)
    assert resuming.restore(FlowBook({"x": other}), saved, CALLER, lambda _name, _now: None) is None


def test_a_subflow_is_part_of_it() -> None:
    outer = flow("a: {subflow: inner, then: b}\nb: {hangup: Outer}", name="outer")
    inner = flow("a: {menu: Inner, keys: {'1': return}}", name="inner")
    call = session(outer, inner)
    call.begin(NOW)
    copy = moved(call)
    assert said(copy.resume(NOW)) == ["Inner"]
    verb = copy.step(NOW, Digits("1"))
    assert isinstance(verb, verbs.Hangup) and said(verb) == ["Outer"]
