"""Is it known of every error of both drivers whether the row is to blame, or the database?"""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, ProgrammingError, TimeoutError

from cti.store.database import Store
from cti.store.owner import NotOwner
from cti.store.row_fault import is_rows_fault

pytestmark = pytest.mark.unit


def failed(store: Store, statement: str, **values: object) -> Exception | None:
    try:
        with store.engine.begin() as connection:
            connection.execute(text(statement), values)
    except Exception as error:
        return error
    return None


STATUS = "INSERT INTO agent_status (agent, status, reason, since) VALUES (:agent, 'available', :reason, :since)"
ANNA = {"agent": "anna", "reason": "", "since": 1.0}


NOT_TAKEN: dict[str, list[dict[str, object]]] = {
    "sqlite": [{"reason": "\ud800"}, {"reason": None}, {"reason": object()}, {"since": 2**70}],
    "postgresql": [
        *({"reason": reason} for reason in ("\ud800", None, "a\0b", "x" * 5000)),
        {"since": "noon"},
    ],
}
ONLY_READ = {"sqlite": "PRAGMA query_only = 1", "postgresql": "SET TRANSACTION READ ONLY"}


def test_what_the_drivers_say(store: Store) -> None:
    """Measured on PostgreSQL: a database that only reads has the same name as a value that is too long."""
    kind = store.engine.dialect.name
    for values in NOT_TAKEN[kind]:
        error = failed(store, STATUS, **ANNA | values)
        assert error is not None and is_rows_fault(error), values
    assert failed(store, STATUS, **ANNA) is None
    twice = failed(store, STATUS, **ANNA)
    assert twice is not None and is_rows_fault(twice)
    missing = failed(store, "INSERT INTO nowhere VALUES (1)")
    assert missing is not None and not is_rows_fault(missing)
    with store.engine.connect() as connection:
        connection.exec_driver_sql(ONLY_READ[kind])
        with pytest.raises(DatabaseError) as found:
            connection.execute(text(STATUS), ANNA | {"agent": "ben"})
        connection.invalidate()
    assert not is_rows_fault(found.value)


@pytest.mark.parametrize("code", ["53100", "40P01", "57P01", "55P03", "25006", "42501"])
def test_what_passes_on_postgresql_is_not_the_rows_fault(code: str) -> None:
    """A full disk, a deadlock, a server that stops, a lock, a standby, a right that is missing."""
    assert not is_rows_fault(ProgrammingError("INSERT", {}, Exception({"C": code})))


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("INSERT", {}, Exception("disk is full")),
        InterfaceError("INSERT", {}, Exception("network error")),
        DatabaseError("INSERT", {}, Exception("database disk image is malformed")),
        TimeoutError("no connection is free"),
        NotOwner("another engine owns the centre"),
        OSError("the socket"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_away_is_not_the_rows_fault(error: Exception) -> None:
    assert not is_rows_fault(error)
