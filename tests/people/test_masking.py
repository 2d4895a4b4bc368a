"""Is a number recognisable to nobody who may not see it, and is everything else as it was?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.people.masking import mask, masked

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+493012345678", "+49 ••• ••78"),
        ("+12025550123", "+1 ••• ••23"),
        ("+8613912345678", "+86 ••• ••78"),
        ("+35312345678", "+353 ••• ••78"),
        ("030 1234567", "••• ••67"),
        ("1001", "•••"),
        ("Eva Adams <+493012345678>", "••• ••78"),
        ("anonymous", "•••"),
        ("+²²²²²²²", "•••"),
        ("+①²³4930123", "+49 ••• ••23"),
        ("", ""),
    ],
)
def test_a_number_shows_its_country_and_its_end(number: str, shown: str) -> None:
    assert mask(number) == shown


@given(st.from_regex(r"\+?[0-9]{6,15}", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_no_more_than_five_digits_are_ever_shown(number: str) -> None:
    assert len(re.sub(r"\D", "", mask(number))) <= 5 and number not in mask(number)


def test_what_is_no_number_stays() -> None:
    content: dict[str, Any] = {
        "calls": [{"call": "node1/1.1", "caller": "+493012345678", "wait_s": 3.5, "agent": None}],
        "callback": {"id": 7, "number": "+493012345678", "numbers": ["+493012345678"]},
        "follow_up": {"number": 7},
        "results": [{"lead": 1, "columns": {"Telefon 2": "030 12345678", "shop": "7"}}],
        "contact": {"customer": {"Mobile": "+493012345678"}},
    }
    seen = masked(content)
    assert "3012345" not in str(seen)
    assert seen["calls"][0] == {"call": "node1/1.1", "caller": "+49 ••• ••78", "wait_s": 3.5, "agent": None}
    assert seen["callback"]["numbers"] == ["+49 ••• ••78"] and seen["follow_up"] == {"number": 7}
    assert seen["results"][0]["columns"] == {"Telefon 2": "•••", "shop": "•••"}
    assert seen["contact"]["customer"] == {"Mobile": "•••"}
    assert content["calls"][0]["caller"] == "+493012345678"
