"""Does the store open, migrate, and refuse clearly?"""

from __future__ import annotations

import gc
import importlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres import Postgres
from sqlalchemy import inspect, literal, select
from sqlalchemy.exc import DBAPIError, OperationalError

from cti.model.errors import ConfigError
from cti.store import database
from cti.store.database import Store, open_store, reason_and_remedy
from cti.store.overwriting import tables  # noqa: F401  which brings every table
from cti.store.owner import claim
from cti.store.row_fault import is_rows_fault
from cti.store.tables import metadata
from tests import migrated

pytestmark = pytest.mark.unit

for _file in Path(database.__file__).parent.glob("*_tables.py"):  # `metadata` knows of those that were imported
    importlib.import_module(f"cti.store.{_file.stem}")


@pytest.fixture(autouse=True)
def _all_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """No copies here: migrations are what is tested."""
    monkeypatch.setattr(database, "_migrate", migrated.all_the_way)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/cti.db"


def pragma(store: Store, durable: bool, name: str) -> object:
    with (store.durable if durable else store.engine).connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    store = open_store(url(tmp_path))
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []
    store.close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    open_store(url(tmp_path)).close()
    store = open_store(url(tmp_path))
    assert set(inspect(store.engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    store.close()


def test_a_database_in_the_newest_shape_is_opened_without_alembic(tmp_path: Path) -> None:
    open_store(url(tmp_path)).close()
    asked = "import sys; from cti.store.database import open_store; open_store(sys.argv[1]); print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", asked, url(tmp_path)], capture_output=True, text=True, check=True)
    assert "sqlalchemy" in found.stdout.split() and "alembic" not in found.stdout.split()


def test_sqlite_is_in_wal_mode_and_promises_survive_a_power_cut(tmp_path: Path) -> None:
    store = open_store(url(tmp_path))
    assert pragma(store, False, "journal_mode") == "wal"
    assert (pragma(store, False, "synchronous"), pragma(store, True, "synchronous")) == (1, 2)
    store.close()


@pytest.mark.parametrize("bad", ["", "nonsense", "nodatabase://x/y", "postgresql://h:x/y", "postgresql://h:99999999/x"])
def test_a_url_that_is_none_is_a_config_error(bad: str) -> None:
    with pytest.raises(ConfigError, match="store: "):
        open_store(bad)


def test_a_file_that_is_no_database_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "cti.db").write_text("hello " * 2000)
    with pytest.raises(ConfigError, match="not a database"):
        open_store(url(tmp_path))


def test_a_missing_folder_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unable to open"):
        open_store(url(tmp_path / "missing"))


def test_who_keeps_sqlite_locked_can_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.01)
    store = open_store(url(tmp_path))
    with closing(sqlite3.connect(tmp_path / "cti.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as found:
            claim(store, "d", 1, "me", 1.0)
    told = reason_and_remedy(found.value, store)
    assert told.startswith("database is locked: ") and f"fuser -v {tmp_path}/cti.db" in told
    assert reason_and_remedy(OperationalError("", None, OSError("disk full")), store) == "disk full"
    assert reason_and_remedy(OperationalError("", None, OSError()), store) == "OSError", "who has no words has a name"
    store.close()


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    store = open_store(url(tmp_path))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(ConfigError, match=r"newer \(9999\) than this program \(\d+\): upgrade this engine"):
        open_store(url(tmp_path))


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(ConfigError) as caught:
        open_store("postgresql+nodriver://cti:hush@127.0.24.9:1/cti")
    assert "hush" not in str(caught.value)


def test_the_migrations_lead_to_the_tables_on_every_database(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_value_that_no_database_takes_costs_its_own_statement_only(store: Store) -> None:
    for _ in range(3):
        with pytest.raises(UnicodeEncodeError), store.engine.connect() as connection:
            connection.execute(select(literal("half a character: \ud800")))
        with store.engine.connect() as connection:
            assert connection.execute(select(literal(7))).scalar_one() == 7


def test_a_postgresql_needs_no_driver_named(store_url: str) -> None:
    store = open_store(store_url.replace("+pg8000", ""))
    assert store.engine.dialect.driver in ("pysqlite", "pg8000")
    store.close()


def test_no_statement_stays_with_its_values(tmp_path: Path) -> None:
    """Before, each connection kept 128 of any length: of the history's batches, megabytes each."""
    store = open_store(url(tmp_path))
    with store.engine.connect() as held:
        before = statements()
        for length in range(1, 60):
            values = tuple(str(number) for number in range(length))
            held.exec_driver_sql(f"SELECT 1 WHERE 'x' IN ({', '.join('?' * length)})", values).all()
        assert statements() - before < 10
    store.close()


def statements() -> int:
    """How many SQLite has prepared and not forgotten, of all connections of this process."""
    gc.collect()
    kinds = map(type, gc.get_objects())
    return sum((kind.__module__, kind.__name__) == ("sqlite3", "Statement") for kind in kinds)


def test_a_second_opening_takes_no_locks_away(tmp_path: Path) -> None:
    """Before, another process (`cti list import`, a second engine) then removed the log (WAL) under our hands."""
    file = tmp_path / "cti.db"
    first = open_store(f"sqlite:///{file}")
    with first.engine.connect() as held:
        held.exec_driver_sql("SELECT COUNT(*) FROM agent_status")
        second = open_store(f"sqlite:///{file}")
        other = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT id FROM lead'); c.close()"
        subprocess.run([sys.executable, "-c", other, str(file)], check=True, timeout=60)
        assert (tmp_path / "cti.db-wal").exists()
        second.close()
    first.close()


@pytest.mark.contract
def test_a_postgresql_that_does_not_answer_is_away(postgres: Postgres) -> None:
    """And not waited for until the end of days; its rows are tried again."""
    engine = database._engine(postgres.url("postgres"), "FULL", 0.3)
    with pytest.raises(DBAPIError) as found, engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(30)")
    assert found.value.connection_invalidated and not is_rows_fault(found.value)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()
