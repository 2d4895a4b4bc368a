"""Are scores those of the answers, and the share of who answered that of the questions that were put first?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.changes import Changed, Kind
from cti.reports.surveys import Answer, of_answers
from cti.store.interval_tables import ASKED

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit

FIRST, SECOND = ("after", "happy"), ("after", "again")


def test_who_hangs_up_in_the_second_question_has_answered() -> None:
    answers = {Answer(*FIRST, ASKED, 0): 40.0, Answer(*FIRST, "csat", 5): 20.0, Answer(*FIRST, "csat", 1): 10.0}
    figures, weak = of_answers(answers | {Answer(*SECOND, "nps", 9): 25.0})
    assert (figures["surveys_asked"], figures["response_rate"], figures["survey_answers"]) == (40, 0.75, 55)
    assert figures["response_low"] == pytest.approx(0.5981, abs=1e-4)  # Wilson, 30 of 40
    assert (figures["csat"], weak) == (pytest.approx(2 / 3), ("nps",))


def test_answers_of_a_time_in_which_nobody_counted_the_questions_have_no_share() -> None:
    figures, weak = of_answers({Answer(*FIRST, "csat", 5): 3.0})
    assert (figures["surveys_asked"], figures["response_rate"], figures["csat"]) == (0, None, 1.0)
    assert weak == ("csat",)


@given(st.dictionaries(st.builds(Answer, st.sampled_from("ab"), st.sampled_from("xy"),
    st.sampled_from((ASKED, "csat", "nps")), st.integers(1, 5)), st.integers(1, 99).map(float)))  # fmt: skip
def test_the_share_is_one(answers: dict[Answer, float]) -> None:
    figures, _ = of_answers(answers)
    low, rate, high = (figures[name] for name in ("response_low", "response_rate", "response_high"))
    if rate is None:
        assert figures["surveys_asked"] == 0
    else:
        assert 0 <= low <= rate <= high <= 1  # type: ignore[operator]


def test_from_the_fact_to_the_report(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    of = {"contact": "n/1", "queue": "sales", "agent": "anna"}
    for name in ("n/1", "n/2"):
        teller.call(name, NOON + 60, "answered", 10.0)
        teller.tell(
            Changed(Kind.FLOW, name, "main.opinion", "after.csat", NOON + 200, "FlowTold", reason="asked", **of)
        )  # type: ignore[arg-type]
    teller.answer("n/1", NOON + 210, "csat", 5)
    for row in (rows("queues")[0], rows("agents")[0], rows("intervals")[0], rows("queues")[-1]):
        assert (row["surveys_asked"], row["response_rate"], row["survey_answers"], row["csat"]) == (2, 0.5, 1, 1.0)
