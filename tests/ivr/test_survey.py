"""What do keys mean as answers, and who is asked?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr.survey import DAY_S, SCALES, is_due, is_low, score

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("scale", "digits", "answer"),
    [
        ("csat", "5", 5),
        ("csat", "0", None),
        ("csat", "6", None),
        ("nps", "10", 10),
        ("nps", "11", None),
        ("nps", "0", 0),
        ("nps", "010", None),
        ("solved", "1", 1),
        ("solved", "3", None),
        ("csat", "", None),
        ("csat", "*", None),
    ],
)
def test_answers(scale: str, digits: str, answer: int | None) -> None:
    assert score(scale, digits) == answer


@settings(deadline=None)
@given(st.sampled_from(sorted(SCALES)), st.text(max_size=5))
def test_an_answer_is_on_its_scale(scale: str, digits: str) -> None:
    answer = score(scale, digits)
    assert answer is None or SCALES[scale].lowest <= answer <= SCALES[scale].highest


def test_low_answers() -> None:
    assert [answer for answer in range(1, 6) if is_low("csat", answer)] == [1, 2]
    assert [answer for answer in range(11) if is_low("nps", answer)] == list(range(7))
    assert is_low("solved", 2) and not is_low("solved", 1)


def test_who_is_asked() -> None:
    now = 100 * DAY_S
    assert is_due("s", "c", now, None, 100, 30)
    assert not is_due("s", "c", now, now - 29 * DAY_S, 100, 30)
    assert is_due("s", "c", now, now - 30 * DAY_S, 100, 30)
    assert not is_due("s", "c", now, None, 0, 0)
    asked = sum(is_due("s", f"c{number}", now, None, 25, 0) for number in range(4000))
    assert 0.22 < asked / 4000 < 0.28
