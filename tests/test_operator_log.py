"""What the engine tells its operator's log, and what it never tells."""

from __future__ import annotations

import pytest
import structlog

from cti.model.changes import Changed, Kind
from cti.operator_log import RETELL_S, NoEntryLog

pytestmark = pytest.mark.unit


def test_numbers_without_an_entry_are_told_rarely_and_never_named() -> None:
    reader = NoEntryLog()
    with structlog.testing.capture_logs() as lines:
        for at in (100.0, 101.0, 102.0, 100.0 + RETELL_S):
            reader.apply(Changed(Kind.REPAIR, "node1/1.1", "", "no_entry", at, "CallArrived", caller="+4930"))
        reader.apply(Changed(Kind.REPAIR, "node1/1.1", "", "other", 999.0, "CallArrived"))
    assert [line["callers"] for line in lines] == [1, 3]
    assert "+4930" not in str(lines) and "entries" in lines[0]["event"]
