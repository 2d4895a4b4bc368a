"""Can the store not be used at all now, and why? For those who ask it on somebody's behalf, and must say so.

Away, locked, full, not to be written, broken, its file gone, or another engine's by now. A statement that no database
takes is none of these: that is our own mistake. Knows errors, and no row.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, TimeoutError

from cti.store.database import PRIMARY_CODE, reason
from cti.store.owner import NotOwner
from cti.store.row_fault import sqlstate
from cti.store.same_file import FileGone

# Appendix A of PostgreSQL's manual: connection, authorisation, no such database, deadlock, no resources, not in the
# needed state (a lock), an operator's doing, the system, its files, itself; and a server that only reads
_CLASSES = frozenset(("08", "28", "3D", "40", "53", "55", "57", "58", "F0", "XX"))
_READ_ONLY = "25006"
# https://sqlite.org/rescode.html
_CODES = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOTADB,
    )
)


def why_away(error: Exception) -> str:
    """Return why the store cannot be used, in words without values; "" where it is not to blame for `error`."""
    if isinstance(error, NotOwner | FileGone | TimeoutError):  # TimeoutError: no connection became free
        return str(error).partition(" (Background")[0]
    if not isinstance(error, DBAPIError):
        return ""
    code = sqlstate(error)
    if code:
        is_away = code[:2] in _CLASSES or code == _READ_ONLY
    elif isinstance(error.orig, sqlite3.Error):
        is_away = getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY_CODE in _CODES
    else:  # the driver's own words: it has lost its server, or found none
        is_away = True
    return reason(error) if is_away else ""
