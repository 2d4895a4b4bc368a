"""Does the report of agents hold their time and their talks, and each of them once in the total?"""

from __future__ import annotations

import pytest

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit


def test_time_and_talks(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    teller.call("n/1", NOON + 100, "answered", 0.0)
    teller.call("n/2", NOON + 300, "answered", 0.0, queue="support")
    teller.answer("n/1", NOON + 200, "nps", 10)
    anna, total = rows("agents")
    assert (anna["handled"], anna["talk_s"], anna["idle_s"], anna["aht_s"]) == (2, 120.0, 240.0, 60.0)
    assert anna["occupancy"] == pytest.approx(120 / 360)
    assert (anna["nps"], anna["survey_answers"]) == (1.0, 1)
    assert {name: total[name] for name in ("handled", "talk_s")} == {"handled": 2, "talk_s": 120.0}
    assert (anna["utilisation"], anna["shrinkage"]) == (pytest.approx(120 / 360), 0.0)
    (of_sales, _) = rows("agents", queue="sales")
    assert (of_sales["handled"], of_sales["talk_s"], of_sales["occupancy"]) == (1, 60.0, None)


def test_of_stated_queues_only_their_talks_count_also_over_days(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    teller.call("n/1", NOON, "answered", 5.0, queue="sales")
    teller.call("n/2", NOON + 900, "answered", 5.0, queue="support")
    assert [row["handled"] for row in rows("agents", step="day")] == [2]
    assert [row["handled"] for row in rows("agents", step="day", queue="sales")] == [1]
    assert [row["handled"] for row in rows("agents", queue="support") if row["agent"]] == [1]
