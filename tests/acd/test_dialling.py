"""Which numbers are the same, and which channels are attempts?"""

from __future__ import annotations

import pytest

from cti.acd.dialling import attempt_of, key

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "same"),
    [
        ("+49 30 1234", "49301234"),
        ("0049301234", "49301234"),
        ("49301234", "49301234"),
        ("anonymous", ""),
        ("", ""),
        ("12", ""),
        ("+110", "110"),
    ],
)
def test_numbers_are_compared_by_their_digits(number: str, same: str) -> None:
    assert key(number) == same


@pytest.mark.parametrize(
    ("leg", "attempt"), [("node1/cti-x1.2", "x1.2"), ("node1/1700000000.1", None), ("cti-x1", None), ("", None)]
)
def test_an_attempt_is_known_by_its_channel(leg: str, attempt: str | None) -> None:
    assert attempt_of(leg) == attempt
