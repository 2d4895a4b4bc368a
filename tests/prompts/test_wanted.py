"""The list of prompts: read with places, merged without contradictions."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.model.errors import ConfigError
from cti.model.spoken import PromptText
from cti.prompts.wanted import merged, read

pytestmark = pytest.mark.unit

CONFIG = Path(__file__).resolve().parents[2] / "config"


def test_the_example_has_both_languages() -> None:
    found = read(CONFIG / "prompts.yaml")
    assert {prompt.name for prompt in found if prompt.language == "en"} == {
        prompt.name for prompt in found if prompt.language == "zh"
    }
    assert PromptText("custom/welcome", "zh", "欢迎致电演示中心。") in found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: {en: x}\na: {en: y}\n", ":2:1: given twice"),
        ("../a: {en: x}\n", ":1:1: must be a sound file without its ending"),
        ("a: hello\n", ":1:4: a: must be a text for each language"),
        ("a: {english: x}\n", ":1:5: a: a language has two letters"),
        ("a: {en: }\n", "a: says nothing in en"),
        ("a:\n  en: " + "x" * 1001 + "\n", "longer than 1000"),
        ("- a\n", ":1:1: must be names with texts"),
        ("a: {", "1"),
    ],
)
def test_what_is_wrong_has_its_place(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "prompts.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read(file)
    assert problem in str(caught.value) and str(caught.value).startswith(str(file))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: {en: \xe9}")
    with pytest.raises(ConfigError, match="UTF-8"):
        read(tmp_path / "latin.yaml")


def test_sources_are_merged_unless_they_contradict() -> None:
    one, other = ("a", "en", "Hello"), ("a", "zh", "你好")
    assert merged([one], [other, one]) == [PromptText(*one), PromptText(*other)]
    with pytest.raises(ConfigError, match=r"a \(en\) has two texts"):
        merged([one], [("a", "en", "Good day")])
