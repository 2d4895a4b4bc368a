"""Which of what is kept is too old? Deleted in portions that lock nobody out. By number: erasure.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy import Table, delete, exists, select

from cti.store import day_writing
from cti.store.callback_erasure import delete_recordings, forget_before
from cti.store.database import Store
from cti.store.survey_asked import LONGEST_QUIET_S
from cti.store.tables import (
    agent_fact,
    config_version,
    contact_fact,
    contact_history,
    survey_asked,
)

PORTION = 1_000  # rows of one table in one commit
MAX_POLICIES = 20  # looked for at once: each may mean a walk through all facts

_log = structlog.get_logger(__name__)


def steps(
    store: Store,
    before: float,
    version: str,
    promises_before: float | None = None,
    recorded_before: float | None = None,
) -> dict[str, Callable[[], int]]:
    """What is to be deleted that is older than `before` (epoch seconds); each up to PORTION rows, and says how many.

    `promises_before`: the same for ended callbacks and follow-ups, with their recordings; without it as the others.
    `recorded_before`: no recording goes that is younger, nor its row.

    An agent's newest row of that time stays: it says how he stood when what is kept begins. A policy goes when no
    kept fact names it; `version`, which holds now, stays. Each raises SQLAlchemyError.
    """
    promised = before if promises_before is None else promises_before
    return {
        "facts of contacts": partial(_sweep, store, contact_fact, before),
        "facts of agents": partial(_sweep_agents, store, before),
        "contacts": partial(_sweep_contacts, store, before),
        "who was surveyed": partial(_sweep, store, survey_asked, before - LONGEST_QUIET_S),
        "callbacks and follow-ups": partial(_sweep_promises, store, promised, recorded_before),
        "policies": partial(_sweep_policies, store, before, version),
    }


def sweep_sums(store: Store, now: float, zone: str, before: float | None) -> int:
    """Make one day of `zone` that an earlier version has not counted; delete one day's quarter hours before `before`.

    Times are epoch seconds; without `before` all are kept. One a minute is enough: 0. Raises SQLAlchemyError.
    """
    with store.engine.begin() as connection:
        day_writing.make_older(connection, int(now), zone)
    if before is not None:
        with store.engine.begin() as connection:
            day_writing.forget_quarters(connection, int(before))
    return 0


def _sweep_policies(store: Store, before: float, version: str) -> int:
    """One that came into use later is of kept facts. Looked for outside the commit: no fact is found by its policy."""
    table = config_version
    named = exists().where(contact_fact.c.version == table.c.version)
    old = select(table.c.version).where(table.c.at < before, table.c.version != version, ~named).limit(MAX_POLICIES)
    with store.engine.connect() as connection:
        versions = connection.execute(old).scalars().all()
    if versions:
        with store.engine.begin() as connection:
            connection.execute(delete(table).where(table.c.version.in_(versions)))
    return PORTION if len(versions) == MAX_POLICIES else len(versions)


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


def _sweep_promises(store: Store, before: float, recorded_before: float | None) -> int:
    """What has ended of callbacks and follow-ups; an open one is somebody's work, however old."""
    gone = forget_before(store, before, PORTION, recorded_before)
    _, elsewhere = delete_recordings(gone.recordings)
    if elsewhere:
        _log.warning("recordings_left", files=len(elsewhere), where="on an Asterisk's machine: it is to delete them")
    return min(gone.rows, PORTION)
