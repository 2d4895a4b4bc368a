"""Values from outside are read as their kind or refused; secrets show nothing."""

from __future__ import annotations

import json
import pickle

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr.values import MAX_TEXT_CHARS, Secret, Unfit, fit, plain
from cti.model.flow import Variable
from cti.model.spoken import Kind

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "a\nb", "a b"),
        ("text", 5, "5"),
        ("text", 2.5, "2.5"),
        ("digits", "0042", "0042"),
        ("digits", 42, "42"),
        ("number", "2.5", 2.5),
        ("number", 7, 7.0),
        ("money", "12.30", 12.3),
        ("date", "2026-11-25", "2026-11-25"),
        ("date", "2026-11-25T10:00:00Z", "2026-11-25"),
        ("time", "14:05:59", "14:05"),
        ("flag", "yes", True),
        ("flag", False, False),
        ("text", None, None),
    ],
)
def test_what_fits(kind: Kind, raw: object, value: object) -> None:
    assert fit(Variable(type=kind), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text", ["x"]),
        ("text", True),
        ("text", "x" * (MAX_TEXT_CHARS + 1)),
        ("digits", "12a"),
        ("digits", "1" * 41),
        ("digits", -1),
        ("number", "x"),
        ("number", True),
        ("number", float("nan")),
        ("number", "1_000"),
        ("money", 1e13),
        ("number", "١"),
        ("date", "2026-02-30"),
        ("date", 20261125),
        ("time", "24:00"),
        ("time", 14),
        ("flag", 1),
        ("flag", "maybe"),
        ("number", {}),
        ("number", "9" * 40),
    ],
)
def test_what_does_not_fit_is_refused_and_never_repeated(kind: Kind, raw: object) -> None:
    with pytest.raises(Unfit) as found:
        fit(Variable(type=kind), raw)
    assert not isinstance(raw, str) or raw not in str(found.value)


@settings(deadline=None)
@given(
    st.sampled_from(list(Kind)),
    st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists),
)
def test_anything_fits_or_is_refused(kind: Kind, raw: object) -> None:
    try:
        value = fit(Variable(type=kind), raw)
    except Unfit:
        return
    assert value is None or isinstance(value, str | float | bool)


def test_a_secret_shows_nothing() -> None:
    secret = fit(Variable(type=Kind.DIGITS, sensitive=True), "4711")
    assert isinstance(secret, Secret)
    assert plain(secret) == "4711"
    shown = f"{secret} {secret!r} {secret:>20} {[secret]}"
    assert "4711" not in shown
    for write in (json.dumps, msgspec.json.encode, msgspec.msgpack.encode, pickle.dumps):
        with pytest.raises(TypeError):
            write(secret)  # type: ignore[operator]
