"""Is a report found by its name, on both kinds of database, and a wrong name answered with the right one?"""

from __future__ import annotations

import pytest

from cti.reports.chart import chart
from cti.reports.query import BadQuery
from cti.reports.running import REPORTS, Reports

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit


def test_every_report_of_an_empty_store_is_empty(teller: Teller) -> None:
    for name in REPORTS:
        report = Reports(teller.store, lambda: "UTC", lambda: NOON).run(name, {"from": "-7d", "step": "day"})
        assert report.rows == []
        assert chart(report).startswith("<svg")


def test_an_unknown_name(teller: Teller) -> None:
    with pytest.raises(BadQuery, match='did you mean "queues"'):
        Reports(teller.store, lambda: "UTC", lambda: NOON).run("queue", {})


def test_a_picture_of_every_report(teller: Teller) -> None:
    for number in range(5):
        teller.call(f"n/{number}", NOON + 600 * number, "answered" if number % 2 else "abandoned", 12.0)
    for name in ("queues", "intervals", "agents", "numbers", "abandonment"):
        found = Reports(teller.store, lambda: "UTC", lambda: NOON + 7200).run(
            name, {"from": "2023-11-15", "step": "15m"}
        )
        drawn = chart(found)
        assert drawn.count("<rect") == 2 + len(found.rows)
