"""Are steps of the clock and of the calendar the same sums, and names that were asked for minded?"""

from __future__ import annotations

import pytest

from cti.reports.query import Query, Span
from cti.reports.sums import read_sums
from cti.store.interval_tables import queue_interval

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize("step", ["15m", "30m", "hour", "day", "week", "month", "all"])
def test_every_step_makes_the_whole_and_begins_where_the_query_says(teller: Teller, step: str, zone: str) -> None:
    for number in range(30):
        teller.call(f"n/{number}", NOON + 1000 * number, "abandoned", 5.0)
    query = Query(Span(NOON, NOON + 86_400), step, zone, {"queue": ("sales",)})
    with teller.store.engine.connect() as connection:
        found = read_sums(connection, queue_interval, query)
        assert sum(each.counts["offered"] for each in found) == 30
        assert {each.span.begin for each in found} <= {span.begin for span in query.steps()}
        none = read_sums(connection, queue_interval, Query(query.span, step, zone, {"queue": ("support",)}))
    assert sum(each.counts["offered"] for each in none) == 0
