"""Answers become typed values, or are refused; nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.lookup.mapping import NotJson, WrongType, read, values
from cti.model.lookups import Part, ValueType

pytestmark = pytest.mark.unit

ORDER = {"order": {"status": "sent", "lines": [{"price": 12.5}, {"price": "7.25"}], "no": "00712", "paid": True}}


def test_parts_are_found_by_their_paths() -> None:
    into = {
        "status": Part("order.status"),
        "price": Part("order.lines[0].price", ValueType.MONEY),
        "other": Part("order.lines[-1].price", ValueType.MONEY),
        "lines": Part("length(order.lines)", ValueType.NUMBER),
        "number": Part("order.no", ValueType.DIGITS),
        "paid": Part("order.paid", ValueType.FLAG),
        "nothing": Part("order.who.knows"),
    }
    assert values(ORDER, into) == {
        "status": "sent",
        "price": 12.5,
        "other": 7.25,
        "lines": 2,
        "number": "00712",
        "paid": True,
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("kind", "part", "value"),
    [
        ("any", 12.5, 12.5),
        ("any", True, True),
        ("any", "a\nb", "ab"),
        ("text", "a\nb\x00c", "abc"),
        ("text", 12, "12"),
        ("text", "x" * 2000, "x" * 1000),
        ("digits", 712, "712"),
        ("number", "-12", -12),
        ("date", "2026-11-25", "2026-11-25"),
        ("date", "2024-02-29T10:00:00Z", "2024-02-29"),
        ("time", "2026-11-25T14:30:00+01:00", "14:30"),
        ("time", "09:05", "09:05"),
        ("flag", False, False),
    ],
)
def test_what_is_taken(kind: str, part: Any, value: Any) -> None:
    assert values({"x": part}, {"v": Part("x", ValueType(kind))}) == {"v": value}


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("text", {"a": 1}),
        ("any", [1]),
        ("any", 1e300),
        ("text", True),
        ("digits", "12a"),
        ("digits", -3),
        ("digits", "１２"),
        ("digits", "1" * 41),
        ("number", "12 EUR"),
        ("number", True),
        ("number", 1e300),
        ("number", "1" * 400),
        ("money", [1]),
        ("date", "25.11.2026"),
        ("date", "2026-02-29"),
        ("date", "2026-13-01"),
        ("date", 20261125),
        ("time", "24:00"),
        ("flag", "true"),
        ("flag", 1),
    ],
)
def test_what_is_refused_and_never_told(kind: str, part: Any) -> None:
    with pytest.raises(WrongType) as caught:
        values({"x": part}, {"v": Part("x", ValueType(kind))})
    assert str(caught.value) == "v has another type than expected"


def test_an_expression_that_fails_on_this_answer_is_a_wrong_type() -> None:
    with pytest.raises(WrongType):
        values({"x": 1}, {"v": Part("length(x)", ValueType.NUMBER)})


@pytest.mark.parametrize("body", [b"<html>", b"", b"{", b"[" * 100_000, b"\xff", b"NaN", b'{"a": 1} x'])
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(NotJson):
        read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abx"), inner, max_size=3),
)


@given(
    JSON,
    st.sampled_from(list(ValueType)),
    st.sampled_from(["x", "x.a", "@", "a[0]", "sum(x)", "x[?a > `1`]", "keys(@)"]),
)
def test_any_answer_gives_a_value_of_its_type_or_is_refused(content: Any, kind: ValueType, path: str) -> None:
    try:
        found = values(content, {"v": Part(path, kind)})["v"]
    except WrongType:
        return
    number = (int, float)
    types = {ValueType.ANY: (str, bool, int, float), ValueType.FLAG: bool}
    types |= {ValueType.NUMBER: number, ValueType.MONEY: number}
    assert found is None or isinstance(found, types.get(kind, str))
