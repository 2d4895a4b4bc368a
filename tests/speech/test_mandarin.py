"""Is Mandarin said as people say it?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.speech import mandarin

pytestmark = pytest.mark.unit

VALUES = {char: number for number, char in enumerate(mandarin.DIGITS)} | {"两": 2}
PLACES = {"十": 10, "百": 100, "千": 1000}


def spoken(files: tuple[str, ...]) -> str:
    return "".join(mandarin.OWN[file] for file in files)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (1010, "一千零一十"),
        (10_000, "一万"), (100_005, "十万零五"), (120_000, "十二万"), (1_002_030, "一百万二千零三十"),
        (10_500, "一万零五百"),
        (-3, "负三"),
    ],
)  # fmt: skip
def test_numbers(number: int, words: str) -> None:
    assert spoken(mandarin.number(number)) == words


def worth(words: str) -> int:
    """Read Chinese numerals: independent of how they were made."""
    total = group = digit = 0
    for char in words:
        if char in "万亿":
            size = 10**4 if char == "万" else 10**8
            total, group, digit = total + (group + digit) * size, 0, 0
        elif char in PLACES:
            group, digit = group + (digit or 1) * PLACES[char], 0
        else:
            digit = VALUES[char]
    return total + group + digit


@settings(deadline=None)
@given(st.integers(0, 10**12 - 1))
def test_every_number_can_be_read_back(number: int) -> None:
    words = spoken(mandarin.number(number))
    assert worth(words) == number
    assert "零零" not in words
    assert number == 0 or not words.endswith("零")


def test_dates_times_amounts_and_digits() -> None:
    assert spoken(mandarin.date("2026-11-25")) == "二零二六年十一月二十五日星期三"
    assert spoken(mandarin.time("14:05")) == "下午两点零五分"
    assert spoken(mandarin.time("00:00")) == "凌晨零点整"
    assert spoken(mandarin.time("12:30")) == "中午十二点三十分"
    assert spoken(mandarin.money(12, 50, "CNY", negative=False)) == "十二元五角"
    assert spoken(mandarin.money(2, 5, "CNY", negative=False)) == "两元零五分"
    assert spoken(mandarin.money(3, 20, "EUR", negative=True)) == "负三欧元二十欧分"
    assert spoken(mandarin.digits("110")) == "幺幺零"
