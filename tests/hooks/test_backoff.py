"""Is a message tried soon, then ever more seldom, and never against the receiver's wish?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.hooks.backoff import JITTER, PAUSES_S, pause_s, retry_after_s

pytestmark = pytest.mark.unit


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=20), st.integers(1, 60))
def test_a_pause_is_the_usual_one_with_some_jitter(message: str, tries: int) -> None:
    usual = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
    assert usual * (1 - JITTER) <= pause_s(message, tries) <= usual * (1 + JITTER)
    assert pause_s(message, tries) == pause_s(message, tries)


def test_pauses_grow() -> None:
    assert list(PAUSES_S) == sorted(PAUSES_S)


def test_a_receiver_may_ask_for_more_and_not_for_less() -> None:
    assert pause_s("m", 1, 90.0) == 90.0
    assert pause_s("m", 4, 0.0) == pause_s("m", 4)
    assert pause_s("m", 1, 1e9) == 86_400.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), (" 7 ", 7.0), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None), ("9" * 10, None)],
)
def test_only_seconds_are_read(header: str, seconds: float | None) -> None:
    assert retry_after_s(header) == seconds
