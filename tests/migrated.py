"""How does a test get an empty store without making it in all the steps that migrations have come to?

A new SQLite database begins as a copy of one that was migrated once in this process. What migrations do is the test of
tests/store/test_database.py, which goes all the way.
"""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from cti.store import database

all_the_way: Callable[[Engine], None] = database._migrate
_one_at_a_time = threading.Lock()


def by_copy(engine: Engine) -> None:
    """Bring a database into its newest shape."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection, _one_at_a_time:
            if not connection.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master").scalar():
                _pattern().backup(connection.connection.driver_connection)  # type: ignore[arg-type]
    if database._is_older(engine):
        all_the_way(engine)


def write(file: Path) -> None:
    """An empty store for a process that is still to be started."""
    with _one_at_a_time, sqlite3.connect(file) as there:
        _pattern().backup(there)
    there.close()
    file.chmod(0o600)


@cache
def _pattern() -> sqlite3.Connection:
    pattern = sqlite3.connect(":memory:", check_same_thread=False)
    with tempfile.TemporaryDirectory(prefix="cti-pattern-") as folder:
        url = f"sqlite:///{folder}/cti.db"
        engine = database._engine(url, "OFF")
        all_the_way(engine)
        engine.dispose()
        made = sqlite3.connect(f"{folder}/cti.db")
        made.backup(pattern)
        made.close()
    return pattern
