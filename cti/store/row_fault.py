"""Whose fault is it that something was not written: the row's, or the database's? Decides whether to try again.

A row that no database takes would fail for ever, and hold up all that comes after it. A database that is full, locked
or away takes the same row later. Knows errors, and no row.
"""

from __future__ import annotations

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)

# Appendix A of PostgreSQL's manual: cardinality, data, integrity, limits of the program (a key too long for its index)
_CLASSES = frozenset(("21", "22", "23", "54"))
_WRONG_TYPE = "42804"


def is_rows_fault(error: Exception) -> bool:
    """Whether one more try would fail too. False: the database is away, full, locked, or another engine's by now."""
    if not isinstance(error, SQLAlchemyError):  # the driver's own: half a character, a number of more than 64 bits
        return not isinstance(error, OSError | MemoryError)
    if not isinstance(error, StatementError):  # no connection was free; store/owner.py `NotOwner`
        return False
    if not isinstance(error, DBAPIError):  # a value that could not be bound
        return True
    if error.connection_invalidated:
        return False
    code = sqlstate(error)
    if code:
        return code[:2] in _CLASSES or code == _WRONG_TYPE
    return isinstance(error, DataError | IntegrityError | ProgrammingError | NotSupportedError)


def sqlstate(error: DBAPIError) -> str:
    """Return what PostgreSQL says; "" of SQLite, and where there is no server to say it.

    pg8000 1.31 has one class for nearly all of it, also for a full disk and a read-only standby [measured].
    """
    told = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return str(told.get("C", "")) if isinstance(told, dict) else ""
