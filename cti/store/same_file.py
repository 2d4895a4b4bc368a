"""Is SQLite's file still the one that was opened? One that was moved, deleted or replaced is neither read nor written.

SQLite does not ask: it goes on in a file without a name, whose contents go with the process, makes an empty one in its
place, or shares its log with a stranger. https://sqlite.org/howtocorrupt.html, 2.4 and 4. What cannot be written waits,
as on a full disk; so whoever puts the file back in time has lost nothing.
"""

from __future__ import annotations

import os
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)

GONE = "the store's file was moved or deleted while it was in use: put it back (what waits is written then)"
REPLACED = (
    "the store's file was replaced while it was in use: put the one back that was there, or start the engine again, "
    "which goes on with the new one and forgets what waits"
)


class FileGone(SQLAlchemyError):
    """The store's file is not there, or is another one: nothing of the transaction is kept."""


def watch(engine: Engine, file: str) -> None:
    """From now on `engine` (SQLite) connects, begins and commits only while `file` is the one that is there now.

    Else each raises FileGone. A file that is not there yet is not watched: to open it fails anyway.
    """
    try:
        ours = os.stat(file)
    except OSError:
        return
    told = False

    def trouble() -> str:
        nonlocal told
        try:
            found = os.stat(file)
        except FileNotFoundError:
            said = GONE
        except OSError:  # not to be reached is what the statement itself will say
            return ""
        else:
            said = "" if os.path.samestat(found, ours) else REPLACED
        if said and not told:
            log.error(said, file=file)
        told = bool(said)
        return said

    @event.listens_for(engine, "begin")
    def begin(_connection: Connection) -> None:
        if said := trouble():
            raise FileGone(said)

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        if said := trouble():
            connection.connection.rollback()
            raise FileGone(said)

    @event.listens_for(engine, "do_connect")
    def connect(*_to: Any) -> None:
        """None: SQLAlchemy connects as ever."""
        if said := trouble():
            raise FileGone(said)
