"""Two records of those who were called add up, and a promise that nobody heard of is no kept one."""

from __future__ import annotations

from typing import Any

import pytest

from cti.demo.called import called, promised_numbers

pytestmark = pytest.mark.unit

TRIED = [{"attempt_no": 1}]


def promise(number: str, state: str, **given: Any) -> dict[str, Any]:
    return {"number": f"+{number}", "state": state, "tries": [], **given}


CAMPAIGN: dict[str, Any] = {
    "name": "autumn", "leads": 300, "leads_left": 255, "states": {"due": 253, "held": 2, "reached": 40, "exhausted": 5},
    "dialled": 66, "dialling": 1, "connected": 1,
}  # fmt: skip


def test_it_adds_up() -> None:
    rows = [promise("1", "kept", tries=TRIED), promise("2", "in_line"), promise("3", "due"), promise("4", "dialling")]
    said = ["1 rings", "1 picked_up", "1 hung_up", "8 busy", "9 rings", "9 missed", "4 rings"]
    found = called(rows, [CAMPAIGN], said)
    assert found.lines() == [
        "  callbacks  4 promised: kept 1, in line 2, being called 1",
        "  campaign   autumn, 300 leads: reached 40, exhausted 5, left to call 255; 66 dials",
        "  called     4 dials, as those called saw it: picked up 1, busy 1, not at home 1, still ringing 1",
    ]
    assert found.broken == 0
    assert found.short() == "callbacks 1 of 4 kept  autumn 40 of 300 reached, 2 in the air"


def test_a_kept_promise_of_which_its_owner_knows_nothing_is_broken() -> None:
    rows = [promise("1", "kept", tries=TRIED), promise("2", "kept", tries=TRIED)]
    assert called(rows, [], ["1 rings", "1 picked_up", "2 rings", "2 missed"]).broken == 1
    assert called(rows, []).broken == 0, "nobody asked them"


def test_nobody_called_is_not_mentioned() -> None:
    assert called([], [{**CAMPAIGN, "leads": 0}], []).lines() == []
    assert called([], []).short() == ""


def test_numbers_as_callers_have_them() -> None:
    assert promised_numbers([promise("447700900001", "kept")]) == {"447700900001"}
