"""Is a picture well-formed, with a bar for each row and no total among them?"""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from cti.reports.chart import chart
from cti.reports.query import read
from cti.reports.report import Report

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0
SVG = "{http://www.w3.org/2000/svg}"


def test_bars_and_a_line() -> None:
    report = Report("queues", read({}, NOON, "UTC"), ("queue", "offered", "sl_offered"))
    report.add({"queue": "<sales>", "offered": 10, "sl_offered": 0.8})
    report.add({"queue": "support", "offered": 5, "sl_offered": None})
    report.add({"queue": "", "offered": 15, "sl_offered": 0.8})
    drawn = ET.fromstring(chart(report))
    heights = [float(bar.attrib["height"]) for bar in drawn.findall(f"{SVG}rect")[2:]]
    assert heights[0] == 2 * heights[1] and len(heights) == 2
    assert len(drawn.findall(f"{SVG}circle")) == 1, "unknown is no point"
    assert "<sales>" in [text.text for text in drawn.findall(f"{SVG}text")]
