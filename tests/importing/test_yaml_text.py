"""What is written is what is read."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cti.importing.yaml_text import WIDTH, Said, render, wrapped

pytestmark = pytest.mark.unit


WORDS = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=20)
SCALARS = WORDS | st.integers(0, 1000) | st.booleans()
TREES = st.dictionaries(
    WORDS,
    st.recursive(SCALARS, lambda inner: st.dictionaries(WORDS, inner, max_size=3) | st.lists(SCALARS), max_leaves=9),
)


def as_text(value: Any) -> Any:
    """The configuration's reader takes every scalar as text."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(TREES)
def test_a_tree_comes_back(tree: dict[str, Any]) -> None:
    found = yaml.load("\n".join(render(tree)) or "{}", Loader=yaml.BaseLoader)
    assert found == as_text(tree)


def test_comments_stand_behind_or_above() -> None:
    lines = list(render({"a": {"b": Said(1, "short"), "c": Said("x" * 60, "long " * 20)}}))
    assert lines[:2] == ["a:", f"{'  b: 1'.ljust(30)}  # short"]
    assert lines[2].startswith("  # long long")
    assert yaml.safe_load("\n".join(lines)) == {"a": {"b": 1, "c": "x" * 60}}


def test_long_texts_are_wrapped() -> None:
    lines = list(wrapped("word " * 100, "# - ", "#   "))
    assert all(len(line) <= WIDTH for line in lines)
    assert [line[:4] for line in lines[:2]] == ["# - ", "#   "]
