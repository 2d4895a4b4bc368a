"""Nobody is lost unseen, and nobody is called lost who was not."""

from __future__ import annotations

from typing import Any

import pytest

from cti.demo.outcomes import Tally, tally
from cti.metrics.queue_log import QueueLogLines
from cti.model.changes import Changed, Kind
from cti.model.policy import Center
from cti.model.words import Outcome

pytestmark = pytest.mark.unit


def entered(call: str, number: str, queue: str = "sales") -> str:
    return f"1|{call}|{queue}|NONE|ENTERQUEUE||{number}|1"


def test_each_kind_of_end() -> None:
    queue_log = [
        "1|NONE|NONE|NONE|QUEUESTART|",
        *(entered(f"c{number}", str(number)) for number in range(1, 8)),
        "2|c1|sales|anna|CONNECT|2|x|1",
        "3|c1|sales|anna|COMPLETEAGENT|2|7|1",
        "2|c2|sales|anna|CONNECT|2|x|1",
        "2|c3|sales|NONE|ABANDON|1|1|2",
        "2|c4|sales|NONE|EXITWITHTIMEOUT|1|1|300",
        "2|c5|sales|NONE|ABANDON|1|1|2",
    ]
    said = ["1 calls", "1 connected", "1 ended", "2 connected", "3 connected", "3 left", "4 ended", "5 ended"]
    said += ["6 connected", "7 unanswered"]
    found = tally(said, queue_log, {"2", "6"})
    assert found == Tally(called=7, served=2, left=1, sent_on=1, waiting=1, lost=2)


def test_who_was_sent_on_and_then_served_is_served() -> None:
    queue_log = [
        entered("c1", "1"),
        "2|c1|sales|NONE|EXITWITHTIMEOUT|1|1|300",
        entered("c1", "1", "support"),
        "3|c1|support|emil|CONNECT|302|x|1",
    ]
    assert tally(["1 ended"], queue_log, set()).served == 1


def test_whom_the_flow_has_served_is_not_lost() -> None:
    said = ["1 connected 4000", "1 ended", "2 ended", "3 ended", "4 left", "5 connected 4000"]
    queue_log = [entered("c3", "3")]
    found = tally(said, queue_log, {"5"}, alone={"1", "3", "4", "5"})
    assert found == Tally(called=5, self_served=1, lost=2, left=1, waiting=1), "2 had more to press, 3 was in a line"


def test_missing_once_is_on_the_way_and_missing_twice_is_lost() -> None:
    first = tally(["1 calls", "2 calls"], [], set())
    second = tally(["1 connected", "2 calls", "3 calls"], [], {"1"})
    found = second.settle(first)
    assert (found.waiting, found.lost) == (2, 1)
    assert found.called == found.served + found.left + found.sent_on + found.waiting + found.lost


def test_half_a_line_is_no_line() -> None:
    assert tally(["1 calls", "2"], ["2|c1|sales|anna|CONN", "x"], {"1"}) == Tally(called=1, waiting=1)


@pytest.mark.parametrize("outcome", ["withdrawn", "overflowed", "merged", "moved"])
def test_whom_a_person_or_a_full_line_sent_on_is_not_lost(outcome: str) -> None:
    queue_log = [entered("c1", "1"), f"2|c1|sales|NONE|WITHDRAW|1|1|2|{outcome}"]
    assert tally(["1 ended"], queue_log, set()) == Tally(called=1, sent_on=1)


def test_whom_the_engine_gave_up_is_lost_though_the_log_has_the_same_word_for_it() -> None:
    queue_log = [entered("c1", "1"), "2|c1|sales|NONE|WITHDRAW|1|1|2|lost"]
    assert tally(["1 ended"], queue_log, set()).lost == 1


def test_who_was_moved_and_then_vanished_is_lost() -> None:
    queue_log = [entered("c1", "1"), "2|c1|sales|NONE|WITHDRAW|1|1|2|moved", entered("c1", "1", "support")]
    assert tally(["1 ended"], queue_log, set()).lost == 1


def test_the_words_are_those_that_queue_log_writes() -> None:
    """Every way in which a visit can end without an answer counts as what it is."""
    rules = Center.model_validate({"queues": {"sales": {}}})
    for outcome in Outcome:
        log = QueueLogLines(rules)
        said: dict[str, Any] = {"queue": "sales", "contact": "n/1", "call": "n/1", "caller": "1"}
        lines = [
            line
            for old, new in (("", "waiting"), ("waiting", outcome))
            for line in log.lines(Changed(Kind.VISIT, "n/1/1", old, new, 1.0, "x", **said))
        ]
        found = tally(["1 left" if outcome is Outcome.ABANDONED else "1 ended"], lines, set())
        assert found.lost == (outcome is Outcome.LOST), outcome


def test_who_left_for_a_callback_is_lost_unless_the_engine_holds_the_promise() -> None:
    queue_log = [*(entered(f"c{number}", number) for number in "1234")]
    queue_log += [f"2|c{number}|sales|NONE|EXITWITHKEY|1|1|1|9" for number in "123"]
    queue_log.append("2|c4|sales|anna|CONNECT|2|x|1")
    said = ["1 ended", "2 ended", "3 ended", "4 ended"]
    found = tally(said, queue_log, set(), asked={"1": True, "2": False, "4": False})
    assert found == Tally(called=4, to_be_called=1, lost=1, sent_on=1, served=1), "3 pressed another key"
