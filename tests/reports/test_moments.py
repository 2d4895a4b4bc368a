"""Is each row counted in the step of its moment, at its begin too? PostgreSQL: store/test_reports_on_both.py."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import insert, select

from cti.reports.moments import count_by_step
from cti.reports.query import Query, Span
from cti.store.database import Store
from cti.store.tables import callback

pytestmark = pytest.mark.unit

MIDNIGHT = 1_700_006_400.0
EVERY = {"kind": "asked", "number": "", "state": "kept", "due_at": 0.0, "body": ""}


@pytest.mark.parametrize(("step", "step_s"), [("15m", 900), ("30m", 1800), ("day", 86_400), ("all", 200_000)])
def test_a_row_counts_in_the_step_of_its_moment(store: Store, step: str, step_s: int) -> None:
    moments = [0.0, 1.0, 899.9, 900.0, 1350.5, 1799.999, 1800.0, 86_399.5, 86_400.0, 90_000.25]
    rows: list[dict[str, Any]] = [
        {**EVERY, "request": str(at), "queue": f"q{n % 2}", "promised_at": MIDNIGHT + at}
        for n, at in enumerate([*moments, -0.1, 200_000.0])
    ]
    query = Query(Span(MIDNIGHT, MIDNIGHT + 200_000), step, "UTC", {})
    with store.engine.begin() as connection:
        connection.execute(insert(callback), rows)
        found = count_by_step(connection, select(callback.c.id), callback.c.promised_at, query, (callback.c.queue,))
    told = {(span.begin - MIDNIGHT, *names): count for span, each in found.items() for names, count in each.items()}
    assert told == dict(Counter((at // step_s * step_s, f"q{n % 2}") for n, at in enumerate(moments)))
