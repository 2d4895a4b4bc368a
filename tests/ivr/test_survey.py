"""What do keys mean as answers, and who is asked?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr.survey import SCALES, is_drawn, is_low, score

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


def test_a_centre_has_its_own_idea_of_low() -> None:
    assert [answer for answer in range(11) if is_low("nps", answer, 3)] == [0, 1, 2]
    assert is_low("csat", 3, 4) and not is_low("csat", 2, 2)


@settings(deadline=None)
@given(st.floats(0, 100), st.text(max_size=20), st.text(max_size=20))
def test_a_customer_is_drawn_always_or_never_and_more_of_them_the_greater_the_share(
    percent: float, salt: str, customer: str
) -> None:
    drawn = is_drawn("s", salt, customer, percent)
    assert drawn is is_drawn("s", salt, customer, percent)
    assert is_drawn("s", salt, customer, 100) and not is_drawn("s", salt, customer, 0)
    assert not drawn or is_drawn("s", salt, customer, min(100, percent + 1))


def test_the_share_is_right_and_another_salt_draws_others() -> None:
    customers = [f"+49{number}" for number in range(4000)]
    first = {customer for customer in customers if is_drawn("s", "", customer, 25)}
    second = {customer for customer in customers if is_drawn("s", "spring", customer, 25)}
    assert 0.22 < len(first) / 4000 < 0.28 and 0.22 < len(second) / 4000 < 0.28
    assert 0.15 < len(first & second) / len(first) < 0.35, "drawn anew"
