"""Which of Asterisk's core sounds say a value in English?"""

from __future__ import annotations

import pytest

from cti.speech import english

pytestmark = pytest.mark.unit


def spoken(files: tuple[str, ...]) -> str:
    return " ".join(file.rpartition("/")[2] for file in files)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (20, "20"),
        (21, "20 1"),
        (105, "1 hundred 5"),
        (1000, "1 thousand"),
        (2_300_014, "2 million 3 hundred thousand 14"),
        (-7, "minus 7"),
    ],
)
def test_numbers(number: int, words: str) -> None:
    assert spoken(english.number(number)) == words


def test_dates_times_and_amounts() -> None:
    assert spoken(english.date("2026-11-25")) == "day-3 mon-10 20 h-5 2 thousand 20 6"
    assert spoken(english.date("1999-01-30")) == "day-6 mon-0 h-30 19 90 9"
    assert spoken(english.date("2105-12-31")) == "day-4 mon-11 30 h-1 20 1 oh 5"
    assert spoken(english.time("14:05")) == "2 oh 5 p-m"
    assert spoken(english.time("00:00")) == "12 oclock a-m"
    assert spoken(english.money(12, 50, "EUR", negative=False)) == "12 euros and 50 cents"
    assert spoken(english.money(1, 1, "USD", negative=False)) == "1 dollar and 1 cent"
    assert spoken(english.money(0, 0, "GBP", negative=False)) == "0 pounds"
    assert spoken(english.digits("+49*#")) == "plus 4 9 star pound"
