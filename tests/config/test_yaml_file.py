"""The YAML reader: places, refusals, limits, and that nothing at all can crash it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.config.yaml_file import MAX_ALIAS_NODES, Place, Unreadable, locate, parse, plain

pytestmark = pytest.mark.unit


def test_scalars_stay_text_so_that_no_and_0123_survive() -> None:
    tree, problems = parse("a: no\nb: 0123\nc: 1:30\nd: ~\ne: '~'\nf:\n")
    assert plain(tree) == {"a": "no", "b": "0123", "c": "1:30", "d": None, "e": "~", "f": None}
    assert not problems


def test_keys_and_values_have_places() -> None:
    tree, _ = parse("a:\n  é: [x, 中y]\n")
    assert locate(tree, ("a", "é"), key=True) == Place(2, 3)
    assert locate(tree, ("a", "é", 1)) == Place(2, 10)
    assert locate(tree, ("a", "missing")) == Place(1, 1)
    assert locate(tree, ()) == Place(1, 1)


def test_an_alias_is_its_anchor() -> None:
    tree, problems = parse("a: &x {b: 1}\nc: *x\n")
    assert plain(tree) == {"a": {"b": "1"}, "c": {"b": "1"}}
    assert not problems


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n\tb: 1\n", (2, 1), "tab"),
        ("a: 'x\n", (2, 1), "never closed"),
        ("a: b: c\n", (1, 5), "indentation"),
        ("a: 1\n b: 2\n", (2, 3), "indentation"),
        ("a: @b\n", (1, 4), "quotes"),
        ("keys:\n  *: x\n", (2, 4), "quotes"),
        ("keys: {*1 : x}\n", (1, 8), "quotes"),
        ("a: *nobody\n", (1, 4), "anchor"),
        ("a: &x [*x]\n", (1, 8), "anchor"),
        ("a: \x01\n", (1, 4), "control character"),
        ("a: 1\n---\nb: 2\n", (2, 1), "second document"),
        ("? [a]\n: b\n", (1, 3), "plain word"),
        ("a: " + "[" * 50 + "]" * 50, (1, 23), "nested deeper"),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_place(text: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert tuple(caught.value.place) == place
    assert words in caught.value.text


def test_reading_goes_on_after_duplicates_tags_and_merges() -> None:
    tree, problems = parse("a: 1\nb: !!python/object:os.system x\na: 2\n<<: {c: 1}\n")
    assert plain(tree) == {"a": "1", "b": "x"}
    assert [tuple(problem.place) for problem in problems] == [(2, 4), (3, 1), (4, 1)]
    assert "line 1" in problems[1].text


def test_an_alias_bomb_goes_off_nowhere() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    began = time.monotonic()
    with pytest.raises(Unreadable, match=str(MAX_ALIAS_NODES)):
        parse("\n".join(levels))
    assert time.monotonic() - began < 1


def test_aliases_cannot_nest_deeper_than_text() -> None:
    text = "\n".join(["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 40)])
    with pytest.raises(Unreadable, match="nested deeper"):
        parse(text)


def test_four_megabytes_of_brackets_are_refused_at_once() -> None:
    with pytest.raises(Unreadable, match="nested deeper"):
        parse("[" * 4_000_000)


YAMLISH = st.text(alphabet="ab: -[]{},&*!|>'\"#%@`\n\t?<~0\\é\u2028\x85\x00", max_size=80)


@settings(deadline=None)  # the machine is shared: a slow example is no failure
@given(st.one_of(YAMLISH, st.text(max_size=80)))
def test_no_text_raises_anything_but_unreadable(text: str) -> None:
    place = Place(1, 1)
    try:
        tree, _ = parse(text)
        plain(tree)
    except Unreadable as error:
        place = error.place
    assert place >= (1, 1)
