"""Which files say a prompt, and which texts have to be recorded for them?"""

from __future__ import annotations

import pytest

from cti.ivr.prompting import texts_of
from cti.model.spoken import PromptText
from tests.ivr.flows import NOW, flow, said, session

pytestmark = pytest.mark.unit

HEAD = "languages: [en, zh]\ntexts: {wrong: {en: No, zh: 不}}\nvariables: {d: {type: digits, default: '42'}}"
T = flow(
    'a: {menu: {en: "Order {d}, press 1", zh: "{d}号"}, keys: {"1": b}}\nb: {hangup: {file: custom/bye}}', head=HEAD
)


def test_files_have_the_name_of_their_node() -> None:
    verb = session(T).begin(NOW)
    files = [f"{part.language}/{part.file}" for part in verb.prompts]  # type: ignore[union-attr]
    assert files == ["en/cti/flows/t/a/1", "en/digits/4", "en/digits/2", "en/cti/flows/t/a/2"]
    assert said(verb)[3] == "press 1"


def test_all_texts_are_listed_those_of_all_flows_under_one_name() -> None:
    texts = list(texts_of(T))
    assert PromptText("cti/flows/t/a/1", "en", "Order") in texts
    assert PromptText("cti/flows/t/a/1", "zh", "号") in texts
    assert PromptText("cti/texts/t/wrong", "zh", "不") in texts
    assert any(text.name == "cti/texts/silent" for text in texts)
    assert len({(text.name, text.language) for text in texts}) == len(texts)
