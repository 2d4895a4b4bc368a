"""How did each agent stand at a moment of the past? The newest of his rows before it."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, String, Table, column, desc, func, select, values

from cti.acd.agent import Agent
from cti.acd.reach import pools_of
from cti.model.changes import Changed
from cti.model.policy import Center
from cti.model.words import AgentId
from cti.store.history_facts import AgentState, gate_of
from cti.store.history_looks import Seen
from cti.store.tables import agent_fact, contact_fact

PORTION = 500  # names in one query

_decode = msgspec.json.Decoder(AgentState).decode


def states_at(
    connection: Connection, center: Center, pools: Collection[str], number: int, until: float | None
) -> dict[AgentId, Agent]:
    """Everybody of `center`; those who look into `pools` as they stood before fact `number`.

    `until`: as they stood when all facts of that instant (epoch seconds) were told, instead. Of the others no row is
    read: all that is asked of them is that they are elsewhere.
    """
    found = {AgentId(name): AgentState().agent(AgentId(name), rules) for name, rules in center.agents.items()}
    asked = set(pools)
    concerned = [name for name, rules in center.agents.items() if asked.intersection(pools_of(AgentId(name), rules))]
    if until is not None:
        number = _after(connection, agent_fact, until, number)
    for first in range(0, len(concerned), PORTION):
        for name, body in _newest(connection, concerned[first : first + PORTION], number):
            found[AgentId(name)] = _decode(body).agent(AgentId(name), center.agents[name])
    return found


def gate_shut(connection: Connection, center: Center, seen: Seen) -> bool:
    """Whether the contact's queue is blended and nothing of it was offered then."""
    queue = center.queues.get(str(seen.fact.queue))
    if queue is None or queue.blending is None:
        return False
    table = contact_fact
    before = seen.number if seen.until is None else _after(connection, table, seen.until, seen.number)
    newest = (
        select(table.c.body)
        .where(table.c.contact == gate_of(str(seen.fact.queue)), table.c.id < before)
        .order_by(desc(table.c.id))
        .limit(1)
    )
    body = connection.execute(newest).scalar()
    return body is None or msgspec.json.decode(body, type=Changed).new == "shut"


def _after(connection: Connection, table: Table, at: float, number: int) -> int:
    """The number after everything that `table` holds of the instant `at`, or `number` if that is later."""
    return max(number, (connection.execute(select(func.max(table.c.id)).where(table.c.at == at)).scalar() or 0) + 1)


def _newest(connection: Connection, names: Collection[str], before: int) -> list[tuple[str, str]]:
    """Name and body of each one's newest row before number `before`: one look into the index for each."""
    # As a CTE, because SQLite names no columns of VALUES elsewhere.
    asked = values(column("agent", String), name="names").data([(name,) for name in names]).cte("asked")
    earlier = agent_fact.alias("earlier")
    newest = (
        select(func.max(earlier.c.id))
        .where(earlier.c.agent == asked.c.agent, earlier.c.id < before)
        .correlate(asked)
        .scalar_subquery()
    )
    query = select(asked.c.agent, agent_fact.c.body).select_from(asked).join(agent_fact, agent_fact.c.id == newest)
    return [(name, body) for name, body in connection.execute(query)]
