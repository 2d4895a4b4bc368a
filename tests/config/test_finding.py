"""Requirements, merged and in words."""

from __future__ import annotations

import pytest

from cti.config.finding import in_words, meets, strictest
from cti.model.policy import Agent

pytestmark = pytest.mark.unit


def test_requirements() -> None:
    needs = strictest({"en": 2, "zh": 1}, {"en": 3})
    assert needs == {"en": 3, "zh": 1}
    assert in_words(needs) == "en 3 and zh 1"
    assert meets(Agent(phone="PJSIP/1", skills={"en": 3, "zh": 1}), needs)
    assert not meets(Agent(phone="PJSIP/1", skills={"en": 3}), needs)
