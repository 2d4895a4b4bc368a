"""Do reports say on either database what they are to say, in every step?"""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from cti.reports.running import REPORTS, Reports
from cti.store.database import Store
from cti.store.history_sums import Sums
from cti.store.interval_tables import agent_interval, flow_interval, number_interval, queue_interval, wait_interval
from cti.store.interval_writing import write
from cti.store.tables import attempt, callback

pytestmark = pytest.mark.unit

MIDNIGHT = 1_700_006_400  # 2023-11-15 00:00 UTC
DAY_S = 86_400
STARTS = (MIDNIGHT, MIDNIGHT + 900, MIDNIGHT + 1800, MIDNIGHT + DAY_S, MIDNIGHT + DAY_S + 3600)
AMOUNTS = {"queues": "offered", "intervals": "offered", "agents": "handled", "flows": "came", "numbers": "calls"}


@pytest.mark.parametrize("step", ["15m", "30m", "hour", "day", "week", "all"])
def test_every_report_counts_everything_once(store: Store, step: str) -> None:
    sums = Sums()
    for start in STARTS:
        sums.add(queue_interval, (start, "sales"), {"offered": 1, "answered": 1})
        sums.add(wait_interval, (start, "sales", "answered", 3), {"contacts": 1})
        sums.add(agent_interval, (start, "anna", "sales"), {"handled": 1})
        sums.add(flow_interval, (start, "main"), {"came": 1})
        sums.add(number_interval, (start, "6001"), {"calls": 1})
    told = {"kind": "asked", "number": "", "state": "kept", "due_at": 0.0, "body": ""}
    attempts = [(f"c-{n}", "c", n, 1, 0, "", "", "ended", "busy", "", "", at, at, at) for n, at in enumerate(STARTS)]
    with store.engine.begin() as connection:
        write(connection, sums)
        rows = [{**told, "request": str(at), "queue": "sales", "promised_at": at + 899.9} for at in STARTS]
        connection.execute(insert(callback), rows)
        names = [column.name for column in attempt.columns]
        connection.execute(insert(attempt), [dict(zip(names, row, strict=True)) for row in attempts])
    reports = Reports(store, lambda: "UTC", lambda: MIDNIGHT + 9 * DAY_S)
    asked = {"from": str(MIDNIGHT), "to": str(MIDNIGHT + 3 * DAY_S), "step": step}
    steps = {"15m": 5, "30m": 4, "hour": 3, "day": 2, "week": 1, "all": 1}[step]
    for name in REPORTS:
        rows = reports.run(name, asked).as_object()["rows"]
        rows = [row for row in rows if step != "all" or "" not in row.values()]  # without the total
        if name in AMOUNTS:
            assert [len(rows), sum(row[AMOUNTS[name]] for row in rows)] == [steps, 5], name
    of_queues = reports.run("queues", asked).as_object()["rows"]
    assert sum(row["callbacks"] for row in of_queues if row["queue"]) == 5
    assert sum(row["busy"] for row in reports.run("campaigns", asked).as_object()["rows"]) == 5
