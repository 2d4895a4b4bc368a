"""Does the report of campaigns tell answers from attempts, and abandoned ones with their interval?"""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from cti.store.tables import attempt

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit

RESULTS = ["answered"] * 7 + ["sold", "abandoned", "hung_up", "no_answer", "busy", "not_dialled", ""]


def test_results(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    made = [
        {
            "id": f"winter-{n}-1",
            "campaign": "winter",
            "lead": n,
            "attempt_no": 1,
            "number_index": 0,
            "number": "+4930",
            "contact": "",
            "state": "ended",
            "result": result,
            "rule": "",
            "by": "engine",
            "intended_at": NOON + n,
        }
        for n, result in enumerate(RESULTS)
    ]
    with teller.store.engine.begin() as connection:
        connection.execute(insert(attempt), made)
    (row,) = rows("campaigns")
    assert (row["campaign"], row["placed"], row["in_the_air"], row["answers"]) == ("winter", 14, 1, 10)
    assert (row["with_agent"], row["dial_abandoned"], row["left_early"], row["no_answer"]) == (8, 1, 1, 1)
    assert row["dial_abandon_rate"] == 0.1
    assert row["low"] < 0.1 < row["high"]
    assert row["reach_rate"] == pytest.approx(10 / 12)
    assert rows("campaigns", campaign="summer") == []
