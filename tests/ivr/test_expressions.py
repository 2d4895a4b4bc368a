"""The formulas of branch and set: what they mean, what is refused beforehand, and that running them never fails."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr.expressions import BadExpression, evaluate, names, parse, type_of
from cti.ivr.values import MAX_TEXT_CHARS, Plain
from cti.model.spoken import Kind

pytestmark = pytest.mark.unit

KINDS = {"n": Kind.NUMBER, "t": Kind.TEXT, "d": Kind.DIGITS, "yes": Kind.FLAG, "day": Kind.DATE}
VALUES: dict[str, Plain] = {"n": 3.0, "t": "Gold", "d": "0042", "yes": True, "day": "2026-11-25"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n > 2 and yes", True),
        ("not yes or n == 3", True),
        ('lower(t) == "gold"', True),
        ('d in ("0042", "7")', True),
        ('"old" in t', True),
        ("n not in (1, 2)", True),
        ("1 < n <= 3", True),
        ('day < "2026-12-01"', True),
        ("-n + 2 * 5 % 4", -1.0),
        ('t + "!"', "Gold!"),
        ("len(d)", 4.0),
        ('digits("a1b2")', "12"),
        ("number(d) + 1", 43.0),
        ("text(n)", "3"),
        ("true", True),
        ("round(n / 2)", 2.0),
    ],
)
def test_what_formulas_mean(text: str, value: Plain) -> None:
    expression = parse(text)
    type_of(expression, KINDS)
    assert evaluate(expression, VALUES) == value


@pytest.mark.parametrize(
    "text", ["n > 0", "n == n", "n != 1", "len(t) > 0", "n in (1, 2)", 'number("x") > 0', "n / 0 > 1"]
)
def test_what_is_not_known_makes_no_comparison_true(text: str) -> None:
    assert evaluate(parse(text), {}) is not True
    assert evaluate(parse("known(n)"), {}) is False


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("m > 2", 1, 'no variable "m"'),
        ("statsu", 1, "no variable"),
        ('n == "5"', 6, "a number is compared with a text"),
        ("d == 5", 6, "put them in quotes"),
        ("t and yes", 1, "must be a yes or no, this is a text"),
        ("lenght(t) > 1", 1, 'did you mean "len"'),
        ("len(n) > 1", 5, "takes a text"),
        ("n + t", 5, "must be a number"),
        ("n is 3", 6, "compare with =="),
        ("t * 3", 1, "must be a number"),
    ],
)
def test_mistakes_are_found_before_anybody_calls(text: str, column: int, hint: str) -> None:
    with pytest.raises(BadExpression) as found:
        type_of(parse(text), KINDS)
    assert (found.value.column, hint in found.value.text) == (column, True), found.value.text


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("n = 3", "write =="),
        ("yes && yes", "write and"),
        ("yes || yes", "write or"),
        ("(n", "cannot be read"),
        ("n ** 9", "may not"),
        ("t.upper()", "only"),
        ("t[0] == 1", "only"),
        ("[x for x in t]", "only"),
        ("__import__('os')", "no function"),
        ("lambda: 1", "only"),
        ("1e999 > n", "too large"),
        ("n > " + "9" * 200, ""),
        ("not " * 60 + "yes", "nested deeper"),
        ("yes and " * 50 + "yes", "longer"),
        ("f'{n}'", "only"),
        ("n := 2", ""),
        ("b'x' == t", "only"),
        ("None == n", "only"),
        ("len(t, t)", "only"),
        ("", ""),
        ("\0", ""),
    ],
)
def test_only_the_small_language_is_read(text: str, hint: str) -> None:
    with pytest.raises(BadExpression) as found:
        type_of(parse(text), KINDS)
    assert hint in found.value.text, found.value.text


def test_names_are_variables_not_functions() -> None:
    assert names(parse("len(t) > n and true")) == {"t", "n"}


def test_a_text_is_neither_multiplied_nor_a_format() -> None:
    for text in ("t * 1000000000", '"%s" % t', "yes + 1", "t - t"):
        assert evaluate(parse(text), VALUES) is None


ATOMS = st.sampled_from(
    ("n", "t", "d", "yes", "1", "2.5", '"x"', "true", "1000000000", "len(t)", "number(d)", "known(t)")
)
OPERATORS = st.sampled_from(("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "and", "or"))
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.builds(lambda one, sign, other: f"({one} {sign} {other})", inner, OPERATORS, inner),
    max_leaves=8,
)
ANY_VALUE = st.none() | st.booleans() | st.floats() | st.text(max_size=3000) | st.integers()


@settings(deadline=None)
@given(FORMULAS, st.dictionaries(st.sampled_from(sorted(KINDS)), ANY_VALUE))
def test_running_a_formula_never_fails_and_stays_small(text: str, values: dict[str, Plain]) -> None:
    found = evaluate(parse(text), values)
    assert found is None or isinstance(found, bool | str | float)
    assert not isinstance(found, str) or len(found) <= MAX_TEXT_CHARS


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadExpression):
        type_of(parse(text), KINDS)
