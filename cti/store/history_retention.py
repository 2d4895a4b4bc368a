"""Which of the history is too old, or of one who wants to be forgotten? Deleted in portions that lock nobody out."""

from __future__ import annotations

from sqlalchemy import Table, delete, exists, select, update

from cti.store.database import Store
from cti.store.tables import agent_fact, contact_fact, contact_history, decision_agent

PORTION = 1_000  # rows of one table in one commit


def sweep(store: Store, before: float) -> int:
    """Delete up to PORTION rows of each table that are older than `before` (epoch seconds); how many of the most.

    An agent's newest row of that time stays: it says how he stood when what is kept begins.
    """
    return max(
        _sweep(store, contact_fact, before),
        _sweep(store, decision_agent, before),
        _sweep_agents(store, before),
        _sweep_contacts(store, before),
    )


def _sweep(store: Store, table: Table, before: float) -> int:
    """By time: the oldest PORTION, and whatever is of the same instant as the last of these."""
    old = select(table.c.at).where(table.c.at < before).order_by(table.c.at).limit(PORTION)
    with store.engine.begin() as connection:
        times = connection.execute(old).scalars().all()
        if times:
            connection.execute(delete(table).where(table.c.at <= times[-1]))
    return len(times)


def _sweep_agents(store: Store, before: float) -> int:
    later = agent_fact.alias()
    outdated = exists().where(later.c.agent == agent_fact.c.agent, later.c.id > agent_fact.c.id, later.c.at < before)
    old = select(agent_fact.c.id).where(agent_fact.c.at < before, outdated).order_by(agent_fact.c.at).limit(PORTION)
    with store.engine.begin() as connection:
        ids = connection.execute(old).scalars().all()
        if ids:
            connection.execute(delete(agent_fact).where(agent_fact.c.id.in_(ids)))
    return len(ids)


def _sweep_contacts(store: Store, before: float) -> int:
    old = select(contact_history.c.contact).where(contact_history.c.seen_at < before).limit(PORTION)
    with store.engine.begin() as connection:
        contacts = connection.execute(old).scalars().all()
        if contacts:
            connection.execute(delete(contact_history).where(contact_history.c.contact.in_(contacts)))
    return len(contacts)


def forget_caller(store: Store, caller: str) -> int:
    """Take a person's number out of the history; how many contacts it was in. Commits durably."""
    with store.durable.begin() as connection:
        done = connection.execute(update(contact_history).where(contact_history.c.caller == caller).values(caller=""))
    return done.rowcount
