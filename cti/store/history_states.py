"""How did each agent stand at a moment of the past? The newest of his rows before it."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, String, column, func, select, values

from cti.acd.agent import Agent
from cti.acd.reach import pools_of
from cti.model.policy import Center
from cti.model.words import AgentId
from cti.store.history_facts import AgentState
from cti.store.tables import agent_fact

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
        newest = select(func.max(agent_fact.c.id)).where(agent_fact.c.at == until)
        number = max(number, (connection.execute(newest).scalar() or 0) + 1)
    for first in range(0, len(concerned), PORTION):
        for name, body in _newest(connection, concerned[first : first + PORTION], number):
            found[AgentId(name)] = _decode(body).agent(AgentId(name), center.agents[name])
    return found


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
