"""Does the report of queues say what happened, queue by queue and step by step, and in total once?"""

from __future__ import annotations

import pytest

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit


def test_levels_means_and_the_total(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    teller.call("n/1", NOON + 60, "answered", 10.0)
    teller.call("n/2", NOON + 200, "answered", 30.0, caller="+49301234568")
    teller.call("n/3", NOON + 300, "abandoned", 40.0, queue="support", caller="anonymous")
    teller.call("n/4", NOON + 400, "abandoned", 3.0, caller="anonymous")
    sales, support, total = rows("queues")
    assert (sales["queue"], support["queue"], total["queue"]) == ("sales", "support", "")
    assert (sales["offered"], sales["answered"], sales["abandoned"], sales["short_abandoned"]) == (3, 2, 1, 1)
    assert (sales["sl_offered"], sales["sl_strict"], sales["asa_s"]) == (0.5, pytest.approx(1 / 3), 20.0)
    assert (sales["wait_p50_s"], sales["wait_p90_s"], sales["wait_max_s"]) == (11.0, 31.0, 30.0)
    assert (support["sl_offered"], support["asa_s"], support["aht_s"]) == (0.0, None, None)
    assert (total["offered"], total["handled"], total["aht_s"]) == (4, 2, 60.0)
    assert (sales["busy_s"], support["busy_s"], total["busy_s"]) == (120.0, 120.0, 120.0), "in the total once"
    assert sales["resolved_first"] == 1.0


def test_a_call_belongs_to_the_step_in_which_it_came(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    teller.call("n/1", NOON + 895, "answered", 10.0)
    teller.call("n/2", NOON + 1000, "abandoned", 10.0)
    found = rows("intervals", step="15m")
    assert [(row["start"], row["offered"], row["answered"], row["abandoned"]) for row in found] == [
        (NOON, 1, 1, 0),
        (NOON + 900, 1, 0, 1),
    ]
    (day,) = rows("intervals", step="day")
    assert (day["start"], day["offered"]) == (NOON - 12 * 3600, 2)
    assert [row["start"] for row in rows("queues", step="hour", queue="sales")] == [NOON]


def test_who_calls_again_within_a_week_was_not_helped(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    teller.call("n/1", NOON + 60, "answered", 10.0)
    teller.call("n/2", NOON + 60 + 6 * 86_400, "answered", 10.0)
    assert rows("queues", queue="sales")[0]["resolved_first"] == 0.0
    assert rows("queues", **{"from": "2023-11-20", "to": "2023-11-22"})[0]["resolved_first"] == 1.0


def test_who_calls_for_something_else_was_helped(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    teller.call("n/1", NOON + 60, "answered", 10.0)
    teller.call("n/2", NOON + 7200, "answered", 10.0, queue="support")
    assert rows("queues", queue="sales")[0]["resolved_first"] == 1.0


def test_scores_of_few_answers_are_weak(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    from cti.reports.running import Reports

    teller.call("n/1", NOON + 60, "answered", 10.0)
    for score in (5, 4, 1, 2):
        teller.answer("n/1", NOON + 200, "csat", score)
    row = rows("queues")[0]
    assert (row["csat"], row["survey_answers"]) == (0.5, 4)
    assert row["csat_low"] < 0.5 < row["csat_high"]
    found = Reports(teller.store, lambda: "UTC", lambda: NOON + 3600).run("queues", {"from": "2023-11-15"})
    assert {(0, "csat"), (0, "resolved_first")} <= set(found.weak)
