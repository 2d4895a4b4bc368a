"""Does a report become JSON and CSV without losing what is unknown, and without a cell that a spreadsheet runs?"""

from __future__ import annotations

import csv
import io
import json

import pytest

from cti.reports.query import read
from cti.reports.report import Report

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0


def test_as_object_and_csv() -> None:
    report = Report("queues", read({"step": "hour"}, NOON, "Europe/Berlin"), ("start", "queue", "offered", "asa_s"))
    report.add({"start": NOON, "queue": "=SUM(A1)", "offered": 3, "something": 1}, ("asa_s",))
    found = json.loads(json.dumps(report.as_object()))
    assert found["rows"] == [{"start": NOON, "queue": "=SUM(A1)", "offered": 3, "asa_s": None}]
    assert found["weak"] == [{"row": 0, "column": "asa_s"}]
    assert set(found["definitions"]) == set(found["columns"])
    head, row = csv.reader(io.StringIO(report.as_csv()))
    assert head == ["start", "queue", "offered", "asa_s"]
    assert row == ["2023-11-15T13:00+01:00", "'=SUM(A1)", "3", ""]


def test_the_total_has_its_name_in_a_spreadsheet_and_none_for_programs() -> None:
    report = Report("queues", read({}, NOON, "Europe/Berlin"), ("queue", "offered"))
    report.add({"queue": "sales", "offered": 3})
    report.add({"queue": "", "offered": 3})
    assert [row[0] for row in csv.reader(io.StringIO(report.as_csv()))] == ["queue", "sales", "total"]
    assert report.as_object()["rows"][1]["queue"] == ""
