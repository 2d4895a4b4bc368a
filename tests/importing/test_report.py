"""Notes: once for each reason, with their places, in the YAML too."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.importing.conf import Place, Setting
from cti.importing.options import SOUNDS
from cti.importing.report import Kind, Report
from tests.imported import sales

pytestmark = pytest.mark.unit


def test_notes_stand_in_the_yaml_too(tmp_path: Path) -> None:
    _, found = sales(tmp_path, "membergosub = x\nqueue-thankyou=\n")
    assert "# - membergosub = x (queues.conf:4): no gosub runs" in found.yaml
    assert any(line.startswith("queue-thankyou = (queues.conf:5)") for line in found.notes[Kind.LOST])
    assert "queue-thankyou" in SOUNDS


def test_the_same_note_is_told_once_with_its_places() -> None:
    report = Report()
    for line in range(1, 7):
        report.lost(Setting("x", "1", Place("/etc/q.conf", line)), "because")
    assert report.lines(Kind.LOST) == ["x = 1 (q.conf:1, q.conf:2, q.conf:3, q.conf:4 and 2 more): because"]
    assert report.lines(Kind.SAME) == []
