"""Nobody is lost unseen, and nobody is called lost who was not."""

from __future__ import annotations

import pytest

from cti.demo.outcomes import Tally, tally

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


def test_missing_once_is_on_the_way_and_missing_twice_is_lost() -> None:
    first = tally(["1 calls", "2 calls"], [], set())
    second = tally(["1 connected", "2 calls", "3 calls"], [], {"1"})
    found = second.settle(first)
    assert (found.waiting, found.lost) == (2, 1)
    assert found.called == found.served + found.left + found.sent_on + found.waiting + found.lost


def test_half_a_line_is_no_line() -> None:
    assert tally(["1 calls", "2"], ["2|c1|sales|anna|CONN", "x"], {"1"}) == Tally(called=1, waiting=1)
