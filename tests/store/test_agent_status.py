"""Does each agent's newest status reach the store, without the loop ever waiting for it?"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cti.model.changes import Changed, Kind
from cti.model.events import AgentRestored
from cti.model.words import AgentId, AgentStatus
from cti.store.agent_status import AgentStatusWriter, load_agent_status
from cti.store.database import Store, open_store

pytestmark = pytest.mark.unit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def status(agent: str, new: str, at: float, reason: str | None = None, cause: str = "AgentRequest") -> Changed:
    return Changed(Kind.STATUS, agent, "available", new, at, cause, agent=AgentId(agent), reason=reason)


def test_the_newest_status_is_read_back(store: Store) -> None:
    writer = AgentStatusWriter(store)
    for changed in (
        status("anna", "available", 1.0),
        status("ben", "on_break", 2.0, "lunch"),
        status("anna", "logged_out", 3.0),
    ):
        writer.apply(changed)
    assert writer.close() == 0
    assert load_agent_status(store) == [
        AgentRestored(AgentId("anna"), AgentStatus.LOGGED_OUT, "", 3.0),
        AgentRestored(AgentId("ben"), AgentStatus.ON_BREAK, "lunch", 2.0),
    ]


def test_what_was_restored_keeps_its_old_time(store: Store) -> None:
    writer = AgentStatusWriter(store)
    writer.apply(status("anna", "on_break", 9.0, "lunch", "AgentRestored"))
    writer.apply(Changed(Kind.ACTIVITY, "anna", "idle", "ringing", 9.0, "Test"))
    writer.close()
    assert load_agent_status(store) == []


def test_words_of_another_version_are_left_out(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO agent_status VALUES ('anna', 'on_the_moon', '', 1.0)"))
    assert load_agent_status(store) == []


def test_apply_returns_while_the_database_is_locked_and_nothing_is_lost(store: Store) -> None:
    writer = AgentStatusWriter(store, retry_s=0.01)
    with store.durable.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")  # the writer's thread now waits for us
        for number in range(1000):
            writer.apply(status("anna", "available", float(number)))
        other.rollback()
    assert writer.close() == 0
    assert load_agent_status(store) == [AgentRestored(AgentId("anna"), AgentStatus.AVAILABLE, "", 999.0)]


def test_errors_are_counted_and_tried_again(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE agent_status RENAME TO away")
    failed = threading.Event()
    writer = AgentStatusWriter(store, retry_s=0.01)
    real_try = writer._try

    def watched(rows: dict[Hashable, dict[str, object]]) -> bool:
        done = real_try(rows)
        if not done:
            failed.set()
        return done

    writer._try = watched  # type: ignore[method-assign,assignment]
    writer.apply(status("anna", "available", 1.0))
    assert failed.wait(10)
    assert writer.errors >= 1
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO agent_status")
    assert writer.close() == 0
    assert [event.agent for event in load_agent_status(store)] == ["anna"]


def test_close_says_what_could_not_be_written(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE agent_status")
    writer = AgentStatusWriter(store, retry_s=0.01)
    writer.apply(status("anna", "available", 1.0))
    assert writer.close() == 1
