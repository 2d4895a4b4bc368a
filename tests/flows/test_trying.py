"""What may be typed while walking through a flow?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.flows.trying import Walk, read_answers, split_script
from cti.ivr.book import FlowBook
from cti.model.errors import ConfigError
from tests.ivr.flows import CALLER, flow

pytestmark = pytest.mark.unit

T = flow(
    "a: {play: A, then: b}\nb: {collect: d, ask: B, length: 1-4, then: c}\n"
    "c: {lookup: s, get: '/o/{d}', into: {d: 'items[0].id'}, then: q, on: {not_found: b, down: b}}\n"
    "q: {queue: sales, then: r, on: {full: r}}\nr: {record: t, ask: R, then: hangup}",
    head="variables: {d: digits, t: text}",
)


def walk(**more: object) -> Walk:
    return Walk(FlowBook({"t": T}), "t", CALLER, **more)  # type: ignore[arg-type]


def test_a_walk_to_the_end() -> None:
    call = walk()
    for typed in ("", "12#", '{"items": [{"id": 7}]}', "full", "3"):
        assert call.type(typed) == ""
        assert call.over or call.question()
    assert call.over
    assert "hangs up" in list(call.lines())[-1]


def test_what_means_nothing_changes_nothing() -> None:
    call = walk()
    assert call.type("12") == "12 does nothing here"
    call.type("")
    assert "only the keys" in call.type("abc")
    call.type("12")
    assert "is JSON such as" in call.type("shipped")
    assert call.type('"shipped"') == call.type("shipped")
    call.type("notfound")
    call.type("#")
    assert not call.over
    call.type("h")
    assert call.over


def test_answers_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("GET /o/12: {items: [{id: 5}]}\nGET /o/13: notfound\n")
    call = walk(answers=read_answers(file))
    assert call.known_answer() is None
    call.type("")
    call.type("12")
    assert call.known_answer() == '{"items": [{"id": 5}]}'
    for text in ("- a", "a: [", "\0"):
        file.write_text(text)
        with pytest.raises(ConfigError):
            read_answers(file)


def test_scripts() -> None:
    assert split_script('1,,{"a": [1, 2], "b": 3},#') == ["1", "", '{"a": [1, 2], "b": 3}', "#"]


def test_an_end_that_a_line_does_not_have_is_none() -> None:
    call = walk()
    for typed in ("", "12#", "{}"):
        call.type(typed)
    assert 'did you mean "timed_out"' in call.type("timed_ut")
    assert call.type("full") == ""
    assert "whole number" in call.type("three")


def test_an_answer_that_is_none_is_found_in_the_file(tmp_path: Path) -> None:
    """Otherwise a walk would ask the file for ever."""
    (tmp_path / "a.yaml").write_text("GET /o/12: notfund\n")
    with pytest.raises(ConfigError, match='did you mean "notfound"'):
        read_answers(tmp_path / "a.yaml")
