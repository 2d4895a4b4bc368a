"""Are steps of the clock and of the calendar the same sums, and names that were asked for minded?"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, event

from cti.reports.query import Query, Span
from cti.reports.running import REPORTS, Reports
from cti.reports.sums import Summed, read_sums, total
from cti.store.day_tables import counted_day
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


@pytest.mark.parametrize("step", ["hour", "day", "all"])
def test_times_are_whole_numbers_as_the_columns_are(teller: Teller, step: str) -> None:
    """PostgreSQL would cast the column to compare it with a float, and read the whole table."""
    asked: list[Any] = []
    query = Query(Span(NOON - 0.5, NOON + 900.5), step, "UTC", {})
    with teller.store.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
        read_sums(connection, queue_interval, query)
    times = [value for statement, values in asked if "queue_interval" in statement for value in values]
    assert times and all(isinstance(value, int) for value in times)


@pytest.mark.parametrize("step", ["30m", "day", "week", "month", "all"])
def test_days_and_quarter_hours_say_the_same(teller: Teller, step: str) -> None:
    for number in range(40):
        teller.call(f"n/{number}", NOON + 20_000 * number, "answered" if number % 3 else "abandoned", 5.0 + number)
        teller.answer(f"n/{number}", NOON + 20_000 * number, "csat", 1 + number % 5)
    asked = {"from": str(NOON - 50_000), "to": str(NOON + 600_000), "step": step}
    told = []
    for zone in ("Europe/Berlin", "UTC"):  # the days are those of UTC
        reports = Reports(teller.store, partial(str, zone), lambda: NOON + 10 * 86_400)
        told.append([_rounded(reports.run(name, asked).as_object()["rows"]) for name in REPORTS])
    with teller.store.engine.begin() as connection:
        assert connection.execute(delete(counted_day)).rowcount >= 7
    for zone, before in zip(("Europe/Berlin", "UTC"), told, strict=True):
        reports = Reports(teller.store, partial(str, zone), lambda: NOON + 10 * 86_400)
        assert [_rounded(reports.run(name, asked).as_object()["rows"]) for name in REPORTS] == before


def test_whole_days_are_read_from_their_sums(teller: Teller) -> None:
    teller.call("n/1", NOON, "abandoned", 5.0)
    with teller.store.engine.begin() as connection:
        connection.execute(delete(queue_interval))
        midnight = NOON - NOON % 86_400
        for step in ("day", "all"):
            query = Query(Span(midnight, midnight + 2 * 86_400), step, "UTC", {})
            assert [each.counts["offered"] for each in read_sums(connection, queue_interval, query)] == [1.0]


def test_the_total_leaves_out_the_first_name() -> None:
    span = Span(0, 900)
    found = [
        Summed(span, ("sales", 1), {"offered": 1.0, "wait_max_s": 5.0}),
        Summed(span, ("support", 1), {"offered": 2.0, "wait_max_s": 3.0}),
        Summed(span, ("support", 2), {"offered": 4.0, "wait_max_s": 0.0}),
    ]
    assert total(found) == [
        Summed(span, (1,), {"offered": 3.0, "wait_max_s": 5.0}),
        Summed(span, (2,), {"offered": 4.0, "wait_max_s": 0.0}),
    ]
    assert found[0].counts["offered"] == 1.0


def _rounded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: round(each, 6) if isinstance(each, float) else each for key, each in row.items()} for row in rows]
