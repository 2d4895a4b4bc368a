"""A configuration folder and all it wants to be said."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.model.errors import ConfigError
from cti.prompt_sources import prompts_in

pytestmark = pytest.mark.unit

CONFIG = Path(__file__).resolve().parent.parent / "config"


def test_the_example_wants_its_list_its_flows_its_articles_and_the_words_of_values() -> None:
    found = {(prompt.name, prompt.language): prompt.text for prompt in prompts_in(CONFIG)}
    assert found["custom/welcome", "en"] == "Welcome to the demo centre."
    assert found["cti/flows/orders/ask_order/ask", "zh"] == "请输入8位订单号。"
    assert found["cti/say/10", "zh"] == "十"
    assert found["cti/articles/shipping", "en"].startswith("Shipping is free")
    assert len(found) == len(prompts_in(CONFIG)) > 100


def test_either_may_be_missing_and_problems_have_their_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"prompts.yaml: cannot be read"):
        prompts_in(tmp_path)
    flow = tmp_path / "flows" / "a.yaml"
    flow.parent.mkdir()
    flow.write_text("name: a\nstart: x\nnodes:\n  x: {hangup: Goodbye}\n")
    assert ("cti/flows/a/x", "en", "Goodbye") in prompts_in(tmp_path)
    (tmp_path / "prompts.yaml").write_text("b: {en: Hello}\n")
    assert ("b", "en", "Hello") in prompts_in(tmp_path)
    flow.write_text("name: a\nstart: y\nnodes:\n  x: {hangup: Goodbye}\n")
    with pytest.raises(ConfigError, match=r"a\.yaml:2:\d+: "):
        prompts_in(tmp_path)
