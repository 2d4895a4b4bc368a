"""Does everything that can be said have its files, in each language?"""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.model.spoken import Kind
from cti.speech.saying import LANGUAGES, say, spoken_language, vocabulary

pytestmark = pytest.mark.unit

VALUES = st.floats(-1e12, 1e12) | st.booleans() | st.sampled_from(("2026-11-25", "14:05", "007", "x", "", "+49*#"))


@settings(deadline=None)
@given(
    st.sampled_from(list(Kind)),
    VALUES,
    st.sampled_from(sorted(LANGUAGES)),
    st.sampled_from(("EUR", "CNY", "USD", "GBP")),
)
def test_every_word_is_one_of_asterisks_or_one_of_ours(
    kind: Kind, value: str | float, language: str, currency: str
) -> None:
    ours = {text.name for text in vocabulary(language)}
    with contextlib.suppress(ValueError):
        for file in say(kind, value, language, currency):
            assert file in ours or (language == "en" and file.startswith("digits/")), file


def test_a_language_without_numbers_says_them_in_english() -> None:
    assert spoken_language("fr") == "en"
    assert spoken_language("zh-TW") == "zh"
    assert say(Kind.NUMBER, 3, "fr") == ("digits/3",)


def test_numbers_are_rounded_for_the_ear() -> None:
    assert say(Kind.NUMBER, 2.50, "en") == ("digits/2", "cti/say/point", "digits/5")
    assert say(Kind.NUMBER, -0.0001, "en") == ("digits/0",)
    assert say(Kind.MONEY, 1.999, "en") == ("digits/2", "cti/say/euros")
