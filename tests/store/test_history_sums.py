"""What does each fact add to its quarter of an hour: visits, work, flows, numbers, surveys?"""

from __future__ import annotations

import pytest

from cti.model.changes import Changed, Kind
from cti.model.policy import Agent, Center, Membership, Queue
from cti.store.history_sums import SumBook, is_known, start_of

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0
POLICY = Center(
    queues={"sales": Queue(target_s=20)},
    agents={"anna": Agent(phone="PJSIP/1", queues={"sales": Membership()}, starts="available")},
)
VISIT = {"contact": "n/1", "queue": "sales", "caller": "+49301234567"}


@pytest.fixture
def book() -> SumBook:
    book = SumBook()
    book.open(POLICY, NOON)
    return book


def visit(old: str, new: str, since: float, wait_s: float, cause: str = "Test", **more: object) -> Changed:
    told = {**VISIT, "since": since, "wait_s": wait_s, **more}
    return Changed(Kind.VISIT, "n/1/1", old, new, since + wait_s, cause, **told)  # type: ignore[arg-type]


def test_an_answer_belongs_to_the_quarter_in_which_the_caller_came(book: SumBook) -> None:
    book.apply(visit("", "waiting", NOON + 890, 0.0))
    book.apply(visit("waiting", "answered", NOON + 890, 30.0))
    sums = book.take().sums
    assert sums["queue_interval"][NOON, "sales"] == {
        "offered": 1,
        "answered": 1,
        "answered_wait_s": 30.0,
        "wait_max_s": 30.0,
        "staffed_s": 900.0,
    }, "the agent's time up to the quarter that is over is booked too"
    assert sums["wait_interval"] == {(NOON, "sales", "answered", 30): {"contacts": 1}}


def test_who_comes_back_is_left_to_be_asked_for(book: SumBook) -> None:
    book.apply(visit("", "waiting", NOON, 0.0, "resumed"))
    found = book.take()
    assert (found.sums, [each.visit for each in found.resumed], found.came) == ({}, ["n/1/1"], [])


def test_only_a_first_visit_of_a_caller_may_be_one_more_call(book: SumBook) -> None:
    book.apply(visit("", "waiting", NOON, 0.0))
    book.apply(Changed(Kind.VISIT, "n/1/2", "", "waiting", NOON + 5, "Test", since=NOON + 5, **VISIT))  # type: ignore[arg-type]
    book.apply(visit("", "waiting", NOON, 0.0, outbound=True))
    assert len(book.take().came) == 1


def test_what_is_taken_is_not_taken_again(book: SumBook) -> None:
    book.apply(visit("", "waiting", NOON, 0.0))
    assert book.take().sums
    assert not book.take().sums


def test_a_copy_can_be_added_to(book: SumBook) -> None:
    from cti.store.interval_tables import queue_interval

    book.apply(visit("", "waiting", NOON, 0.0))
    sums = book.take()
    sums.copy().add(queue_interval, (int(NOON), "sales"), {"offered": 1})
    assert sums.sums["queue_interval"][int(NOON), "sales"]["offered"] == 1


def test_a_question_that_is_put_counts_beside_its_answers(book: SumBook) -> None:
    of = {"contact": "n/1", "queue": "sales", "agent": "anna"}
    book.apply(Changed(Kind.FLOW, "n/1", "main.ask", "after.happy", NOON, "FlowTold", reason="asked", **of))  # type: ignore[arg-type]
    book.apply(Changed(Kind.FLOW, "n/1", "main.ask", "loop", NOON, "FlowTold", reason="trouble", **of))  # type: ignore[arg-type]
    book.apply(Changed(Kind.SURVEY, "n/1", "after.happy", "4", NOON, "SurveyAnswered", reason="csat", **of))  # type: ignore[arg-type]
    key = (NOON, "after", "happy", "sales", "anna")
    assert book.take().sums["survey_interval"] == {
        (*key, "asked", 0): {"answers": 1},
        (*key, "csat", 4): {"answers": 1},
    }


def test_quarters_and_numbers() -> None:
    assert (start_of(NOON + 899.9), start_of(NOON + 900)) == (NOON, NOON + 900)
    assert is_known("+49301234567") and not is_known("anonymous") and not is_known("")
