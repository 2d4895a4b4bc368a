"""Is who asks held up only as long as he wants, and does he learn how old an answer is?"""

from __future__ import annotations

import threading

import pytest

from cti.joined.question import NotInTime, Question

pytestmark = pytest.mark.unit

AT_ONCE_S, PATIENCE_S = 0.01, 30.0


def test_an_answer_says_when_it_was_asked_for() -> None:
    assert Question(lambda: "yes", lambda: 7.0, "test").answer(PATIENCE_S) == (7.0, "yes")


def test_what_hangs_is_not_asked_twice_and_its_answer_is_as_old_as_its_question() -> None:
    now, asked, answers = [1.0], list[float](), threading.Event()

    def ask() -> str:
        asked.append(now[0])
        assert answers.wait(PATIENCE_S)
        return "late"

    question = Question(ask, lambda: now[0], "test")
    with pytest.raises(NotInTime):
        question.answer(AT_ONCE_S)
    now[0] = 2.0
    with pytest.raises(NotInTime):
        question.answer(AT_ONCE_S)
    assert asked == [1.0]
    answers.set()
    assert question.answer(PATIENCE_S)[1] == "late"


def test_what_goes_wrong_reaches_who_asks() -> None:
    def fails() -> int:
        raise LookupError("nobody")

    with pytest.raises(LookupError, match="nobody"):
        Question(fails, lambda: 0.0, "test").answer(PATIENCE_S)


def test_what_hangs_keeps_no_process_from_ending() -> None:
    assert Question(lambda: threading.current_thread().daemon, lambda: 0.0, "test").answer(PATIENCE_S)[1]


def test_a_closed_one_gives_no_answer() -> None:
    question = Question(lambda: 1, lambda: 0.0, "test")
    question.close()
    with pytest.raises(NotInTime):
        question.answer(PATIENCE_S)
