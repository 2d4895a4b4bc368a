"""Shared answers are read whole, or every problem is told with its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti import articles
from cti.model.errors import ConfigError

pytestmark = pytest.mark.unit

EXAMPLE = Path(__file__).resolve().parent.parent / "config" / "articles"


def test_the_example_speaks_both_languages() -> None:
    found = articles.read(EXAMPLE)
    assert len(found) == 6
    assert all(set(article.text) == set(article.title) == {"en", "zh"} for article in found.values())


def test_no_folder_is_no_article(tmp_path: Path) -> None:
    assert articles.read(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a", "title: {en: [", r"a\.yaml:1:\d+: no YAML"),
        ("a", "title: {en: Costs}", r"a\.yaml: text: Field required"),
        ("a", "title: {en: Costs}\ntext: {english: Free}", r"a\.yaml: text\.english"),
        ("a", "title: {en: Costs}\ntext: {en: ' '}", r"a\.yaml: text\.en"),
        ("a", "", r"a\.yaml: article: "),
        ("Shipping costs", "title: {en: Costs}\ntext: {en: Free}", "rename it"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        articles.read(tmp_path)


def test_every_problem_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("")
    with pytest.raises(ConfigError) as caught:
        articles.read(tmp_path)
    assert len(caught.value.problems) == 2
