"""Penalty rules become rings."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.importing.report import Kind
from tests.imported import MEMBERS, imported, sales

pytestmark = pytest.mark.unit


RULES = "[widen]\npenaltychange => 60,20,5\npenaltychange => 30,+5 ; in no order\npenaltychange => 90,,,7\n"


def test_rules_become_rings(tmp_path: Path) -> None:
    found, report = sales(tmp_path, "defaultrule=Widen\nmember => PJSIP/3,20", RULES)
    queue = found.queues["sales"]
    assert (queue.min_penalty, queue.max_penalty) == (0, 0)
    rings = [(ring.after_s, ring.min_penalty, ring.max_penalty) for ring in queue.rings]
    assert rings == [(30, None, 5), (60, 5, 20)]
    assert any("0 to 0 was assumed" in line for line in report.notes[Kind.DIFFERS])
    assert any("RAISE_PENALTY" in line for line in report.notes[Kind.LOST])
    [note] = [line for line in report.notes[Kind.DIFFERS] if "0 to 0 was assumed" in line]
    assert "--min-penalty and --max-penalty say" in note and "What it does not set no rule moves" in note
    told = sales(tmp_path, "defaultrule=widen\nmember => PJSIP/3,20", RULES, max_penalty=3)[0].queues["sales"]
    assert [told.max_penalty, *(ring.max_penalty for ring in told.rings)] == [3, 8, 20]


@pytest.mark.parametrize(
    ("rule", "told", "missing"),
    [
        ("60,20,5", {"max_penalty": 3}, "QUEUE_MIN_PENALTY"),
        ("60,20,5", {"min_penalty": 0}, "QUEUE_MAX_PENALTY"),
        ("60,20", {"max_penalty": 3}, ""),
        ("60,,5", {"min_penalty": 0}, ""),
        ("60,20,5", {"min_penalty": 0, "max_penalty": 3}, ""),
    ],
)
def test_what_was_assumed_of_a_start_that_is_not_told_is_said(
    tmp_path: Path, rule: str, told: dict[str, int], missing: str
) -> None:
    """app_queue moves neither end that the dialplan has not set (app_queue.c, update_qe_rule)."""
    lines = "defaultrule=widen\nmember => PJSIP/3,20"
    _, report = sales(tmp_path, lines, f"[widen]\npenaltychange => {rule}\n", **told)
    notes = [line for line in report.notes.get(Kind.DIFFERS, ()) if "was assumed" in line]
    assert [f"({missing})" in note for note in notes] == ([True] if missing else [])


def test_a_rule_means_nothing_where_penalties_are_passed_over(tmp_path: Path) -> None:
    lines = "defaultrule=widen\npenaltymemberslimit={}\nmember => PJSIP/3,20"
    found, report = sales(tmp_path, lines.format(3), RULES, max_penalty=3)
    queue = found.queues["sales"]
    assert (queue.rings, queue.min_penalty, queue.max_penalty) == ((), 0, 1000)
    assert any(line.startswith("defaultrule = widen") and "up to 3 members" in line for line in report.notes[Kind.LOST])
    assert sales(tmp_path, lines.format(2), RULES)[0].queues["sales"].rings


def test_an_unused_rule_is_listed(tmp_path: Path) -> None:
    _, found = sales(tmp_path, "", RULES)
    assert any(line.startswith("rule [widen] (queuerules.conf:1)") for line in found.notes[Kind.LOST])


@pytest.mark.parametrize("line", ["penaltychange => 30", "penaltychange => x,1", "penaltychange => 3,4,x"])
def test_a_wrong_rule_is_an_error_with_its_line(tmp_path: Path, line: str) -> None:
    found = imported(tmp_path, f"[sales]\n{MEMBERS}defaultrule=widen", f"[widen]\n{line}\n")
    assert found.errors[0].startswith(f"{tmp_path}/queuerules.conf:2: ")


def test_an_unknown_word_in_a_rule_is_listed(tmp_path: Path) -> None:
    rules = f"[general]\nrealtime=no\n{RULES}penaltychanges => 1,2\n"
    found, report = sales(tmp_path, "defaultrule=widen", rules)
    assert found.queues["sales"].rings
    assert [line.partition(" = ")[0] for line in report.notes[Kind.UNKNOWN]] == ["realtime", "penaltychanges"]
    assert 'did you mean "penaltychange"?' in report.notes[Kind.UNKNOWN][1]
