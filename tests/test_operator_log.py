"""What the engine tells its operator's log, and what it never tells."""

from __future__ import annotations

import pytest
import structlog

from cti.model.changes import Changed, Kind, Refused
from cti.model.words import RefusedReason
from cti.operator_log import RETELL_S, NoEntryLog, log_bugs, log_reload
from cti.ports import PolicyAnswer

pytestmark = pytest.mark.unit


def test_numbers_without_an_entry_are_told_rarely_and_never_named() -> None:
    reader = NoEntryLog()
    with structlog.testing.capture_logs() as lines:
        for at in (100.0, 101.0, 102.0, 100.0 + RETELL_S):
            reader.apply(Changed(Kind.REPAIR, "node1/1.1", "", "no_entry", at, "CallArrived", caller="+4930"))
        reader.apply(Changed(Kind.REPAIR, "node1/1.1", "", "other", 999.0, "CallArrived"))
    assert [line["callers"] for line in lines] == [1, 3]
    assert "+4930" not in str(lines) and "entries" in lines[0]["event"]


def test_a_reload_by_signal_tells_its_operator_what_came_of_it() -> None:
    errors = ["center.yaml:3:5: queues.sales.targt_s: unknown key"]
    answers = (
        PolicyAnswer(
            applied=True, version="v2", lines=["queue sales: target_s 20 -> 30"], needs_restart=["http.listen"]
        ),
        PolicyAnswer(version="v2"),
        PolicyAnswer(Refused(RefusedReason.BAD_CONFIGURATION, errors[0]), errors=errors),
        PolicyAnswer(Refused(RefusedReason.IN_USE, "queue vip: 3 callers")),
    )
    with structlog.testing.capture_logs() as lines:
        for answer in answers:
            log_reload(answer)
    assert [(line["log_level"], line["event"].split(";")[0]) for line in lines] == [
        ("info", "configuration reloaded"),
        ("info", "configuration read again: nothing has changed"),
        ("error", "the configuration has errors"),
        ("error", "the configuration cannot go live now"),
    ]
    assert "20 -> 30" in lines[0]["difference"] and lines[0]["needs_restart"] == "http.listen"
    assert lines[2]["errors"] == errors[0] and lines[3]["detail"] == "queue vip: 3 callers"


def test_a_bug_is_told_without_a_person() -> None:
    with structlog.testing.capture_logs() as lines:
        log_bugs(
            Changed(Kind.BUG, "node1/1.1", "", "KeyError", 1.0, "CallArrived", reason="calls.py:3", caller="+4930")
        )
        log_bugs(Changed(Kind.LATE, "node1/1.1", "", "x", 1.0, "CallArrived"))
    assert [line["bug"] for line in lines] == ["KeyError"] and "+4930" not in str(lines)
