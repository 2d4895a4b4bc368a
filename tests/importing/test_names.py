"""Names of Asterisk's become names of ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.importing.names import Names

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales", "Sales"),
        ("300", "q-300"),
        ("Chat & Support!", "Chat-Support"),
        ("Zoë", "Zoe"),
        ("方明", "x9"),
        ("", "x9"),
    ],
)
def test_a_name_keeps_what_it_can(text: str, expected: str) -> None:
    assert Names("q-").of(text, "x9") == expected


def test_lower_case_where_wanted() -> None:
    assert Names("a-", lower=True).of("Anna Berg") == "anna-berg"


@given(st.lists(st.text(max_size=60), max_size=20))
def test_every_name_is_allowed_and_there_once(texts: list[str]) -> None:
    names = Names("q-")
    given_out = [names.of(text) for text in texts]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", name) for name in given_out)
    assert len({name.lower() for name in given_out}) == len(texts)
