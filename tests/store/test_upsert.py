"""Is a row put where another one may be, replaced or left, in every database?"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cti.store.database import Store
from cti.store.tables import agent_status
from cti.store.upsert import put

pytestmark = pytest.mark.unit


def row(agent: str, reason: str, since: float) -> dict[str, object]:
    return {"agent": agent, "status": "on_break", "reason": reason, "since": since}


@pytest.mark.parametrize(
    ("replace", "keep", "expected"),
    [
        (True, (), [("anna", "", 2.0), ("ben", "tea", 2.0)]),
        (True, ("reason",), [("anna", "lunch", 2.0), ("ben", "tea", 2.0)]),
        (False, (), [("anna", "lunch", 1.0), ("ben", "tea", 2.0)]),
    ],
)
def test_what_is_there_is_replaced_or_left(
    store: Store, replace: bool, keep: tuple[str, ...], expected: list[tuple[str, str, float]]
) -> None:
    with store.engine.begin() as connection:
        put(connection, agent_status, [row("anna", "lunch", 1.0)], replace=replace)
        put(connection, agent_status, [], replace=replace)
        rows = [row("ben", "tea", 2.0), row("anna", "", 2.0)]
        put(connection, agent_status, rows, replace=replace, keep_where_empty=keep)
        found = connection.execute(select(agent_status).order_by(agent_status.c.agent)).all()
    assert [(each.agent, each.reason, each.since) for each in found] == expected
