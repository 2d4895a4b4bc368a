"""The figures at the end, and the exit code that a build looks at."""

from __future__ import annotations

from typing import Any

import pytest

from cti.demo.called import called
from cti.demo.outcomes import Tally
from cti.demo.summary import Summary, overall_level, summarize

from .pictures import queue, snapshot

pytestmark = pytest.mark.unit


def summary(view: dict[str, Any] | None = None, **given: Any) -> Summary:
    return summarize(view or snapshot(), title="Asterisk 22.10.1", seconds=60.0, **given)


def test_the_text_says_everything() -> None:
    text = "\n".join(summary(callers=Tally(called=17, served=13, left=2, waiting=2)).lines())
    for needed in ("Asterisk 22.10.1 for 60 s", "offered    17", "answered   13", "abandoned  2", "waiting    2 still"):
        assert needed in text
    assert "lost       0  (the engine's count is 0, the callers' own 0)" in text
    assert "callers    17, as they saw it: 13 served, 2 hung up waiting, 2 in line or flow" in text
    assert all(len(text) <= 80 for text in text.splitlines())
    assert "p50 2.4 ms, p99 6.5 ms of 14" in text


@pytest.mark.parametrize(
    ("engine", "callers", "failures", "code"),
    [
        (0, Tally(called=5, served=5), (), 0),
        (0, None, (), 0),
        (1, Tally(called=5, served=5), (), 1),
        (0, Tally(called=5, served=4, lost=1), (), 1),
        (0, Tally(called=5, served=5), ("the engine ended by itself",), 1),
    ],
)
def test_one_lost_call_is_a_failure_whoever_saw_it(
    engine: int, callers: Tally | None, failures: tuple[str, ...], code: int
) -> None:
    found = summary(snapshot(queues=[queue("sales", lost=engine)]), callers=callers, failures=failures)
    assert found.exit_code == code


def test_the_overall_level_weighs_each_queue_by_what_it_was_computed_from() -> None:
    queues = [
        queue("a", answered=8, abandoned=3, short_abandoned=1, service_level=0.8),
        queue("b", answered=10, service_level=0.2),
        queue("c"),
    ]
    assert overall_level(queues) == pytest.approx((8 + 2) / 20)
    assert overall_level([queue("c")]) is None


def test_nobody_counted_is_said() -> None:
    assert "nobody counted at the callers' side" in "\n".join(summary().lines())


def test_unknown_is_not_zero() -> None:
    view = snapshot(status={"free_to_ring": {"count": 0, "p50_s": None, "p99_s": None}})
    text = "\n".join(summary(view).lines())
    assert "not measured" in text and "0.0 ms" not in text


def test_refused_sessions_are_said() -> None:
    view = snapshot()
    view["status"] = {**view["status"], "errors": {"session_refused": 3}}
    lines = summary(view).lines()
    assert any("refused    3 sessions" in line for line in lines) and all(len(line) <= 80 for line in lines)
    assert not any("refused" in line for line in summary().lines())


def test_the_flows_are_told_where_there_are_any() -> None:
    view = snapshot()
    view["status"]["flows"] = {"came": 316, "to_queue": 161, "self_service": 133, "hung_up": 7, "inside": 15}
    seen = Tally(called=1617, served=1413, self_served=133, left=23, sent_on=12, waiting=36)
    lines = summary(view, callers=seen).lines()
    assert "  in flow    316: self-service 133, offered 161, hung up 7, still in it 15" in lines
    assert "133 by self-service" in " ".join(lines) and all(len(line) <= 80 for line in lines)
    assert not any("in flow" in line for line in summary().lines())


def test_who_waits_at_home_is_no_caller_in_line() -> None:
    rows = [queue("sales", offered=5, answered=3, waiting=3, called=4, called_outcomes={"answered": 3})]
    view = snapshot(queues=rows)
    view["status"] = {**view["status"], "waiting": 3}
    out = called([{"number": "+1", "state": "kept", "tries": [{}]}], [], ["1 rings", "1 missed"])
    found = summary(view, called=out, callers=Tally(called=5, served=3, waiting=1, to_be_called=1))
    text = "\n".join(found.lines())
    assert "waiting    2 still, at the end (and 1 talking, 1 in line to be called)" in text
    assert "callbacks  1 promised: kept 1" in text and "1 promised a call" in text
    assert found.lost == 1 and found.exit_code == 1, "he knows nothing of it"
    assert all(len(line) <= 80 for line in found.lines())
