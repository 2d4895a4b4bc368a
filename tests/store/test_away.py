"""Is it known of what both drivers say whether the store cannot be used now, or what it was asked is wrong?"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from postgres import NO_POSTGRES, NoPostgres, server
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError, TimeoutError

from cti.store import database
from cti.store.away import why_away
from cti.store.database import Store, open_store
from cti.store.owner import NotOwner

pytestmark = pytest.mark.unit

STATUS = "INSERT INTO agent_status (agent, status, reason, since) VALUES ('anna', 'available', :reason, 1)"
ONLY_READ = {"sqlite": "PRAGMA query_only = 1", "postgresql": "SET TRANSACTION READ ONLY"}


def failed(engine: Engine, *statements: str, reason: str = "") -> Exception:
    try:
        with engine.begin() as connection:
            for statement in statements[:-1]:
                connection.exec_driver_sql(statement)
            connection.execute(text(statements[-1]), {"reason": reason} if ":reason" in statements[-1] else {})
    except Exception as error:
        return error
    raise AssertionError(f"it was taken: {statements}")


def test_what_is_wrong_with_a_statement_is_not_the_stores_fault(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(STATUS), {"reason": ""})
    for wrong in (STATUS, "INSERT INTO nowhere VALUES (1)", "SELECT FROM WHERE", "SELECT nothing FROM agent_status"):
        assert why_away(failed(store.engine, wrong)) == "", wrong
    assert why_away(failed(store.engine, STATUS, reason="\ud800")) == ""
    assert why_away(ValueError("a bug")) == ""


def test_a_store_that_only_reads_is_told_in_its_own_words(store: Store) -> None:
    kind = store.engine.dialect.name
    with store.engine.connect() as connection:
        connection.exec_driver_sql(ONLY_READ[kind])
        with pytest.raises(Exception) as found:  # noqa: PT011
            connection.execute(text(STATUS), {"reason": "lunch"})
        connection.invalidate()
    why = why_away(found.value)
    assert "read" in why and "lunch" not in why and "agent_status" not in why


def test_a_sqlite_that_is_locked_or_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.01)
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    with closing(sqlite3.connect(tmp_path / "cti.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert why_away(failed(store.engine, STATUS)) == "database is locked"
    full = "INSERT INTO kept_answer (asker, key, digest, at, status, body) SELECT '', '', '', 1, 0, zeroblob(9000000)"
    assert why_away(failed(store.engine, "PRAGMA max_page_count = 1", full)) == "database or disk is full"
    store.close()


@pytest.mark.contract
def test_a_postgresql_that_is_stopped() -> None:
    try:
        with server() as found:
            store = open_store(found.url("postgres"))
            with store.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
    except NoPostgres as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"{NO_POSTGRES}: {error}")
    assert why_away(failed(store.engine, "SELECT 1"))
    store.close()


@pytest.mark.parametrize("code", ["53100", "40P01", "57P01", "57P03", "55P03", "25006", "28P01", "3D000", "08006"])
def test_what_passes_on_postgresql(code: str) -> None:
    assert why_away(ProgrammingError("INSERT", {}, Exception({"C": code, "M": "words"}))) == "words"


@pytest.mark.parametrize("code", ["22001", "23505", "42P01", "42601", "54000"])
def test_what_does_not_pass_on_postgresql(code: str) -> None:
    assert why_away(ProgrammingError("INSERT", {}, Exception({"C": code, "M": "words"}))) == ""


def test_no_connection_is_free_the_network_ends_or_another_engine_owns_it() -> None:
    assert why_away(TimeoutError("QueuePool limit reached")) == "QueuePool limit reached"
    lost = OperationalError("SELECT", None, ConnectionResetError("reset by peer"), connection_invalidated=True)
    assert why_away(lost) == "reset by peer"
    assert "another engine" in why_away(NotOwner("another engine owns the centre now"))
