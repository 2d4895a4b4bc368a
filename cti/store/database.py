"""Where is the database, and is it in the newest shape? Opens SQLite (default) or PostgreSQL and migrates it.

Knows no row. Whoever cannot be opened is a ConfigError: the engine must not start with a store that forgets.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from cti.model.errors import ConfigError
from cti.store import same_file

BUSY_TIMEOUT_S = 5.0
LOG_PAGES = 4_000  # of SQLite's log (16 MB), until they go into the database; the default is 1,000
CACHE_KIB = 8_000  # of each connection, at most; the default is 2,000
# A statement that sqlite3 keeps to ask it again keeps its values too, and a batch of the history is megabytes of them,
# each of another length: 128 of each connection (the default) were 14 MiB that nobody asked again [measured].
KEPT_STATEMENTS = 0
POSTGRESQL = "postgresql+pg8000"  # the driver that comes along
# A server that hangs, or a network that swallows, is away after so long, and what it was asked is asked anew: longer
# than the longest report. Migrations have no end of their own: an index over ten million rows takes its time.
ANSWER_S = 300.0
# What a driver makes of an address where something else answers, or of a url that names no user [measured: pg8000].
UNREADABLE = (SQLAlchemyError, OSError, TypeError, ValueError, LookupError, struct.error)
PRIMARY_CODE = 0xFF  # of SQLite's codes: the lowest byte, https://sqlite.org/rescode.html

_MIGRATION_LOCK = 0x637469  # "cti": PostgreSQL advisory lock, so that two engines do not migrate at once


STEPS = Path(__file__).parent / "migrations" / "versions"


class _CannotMigrate(Exception):
    """No way leads from its step to ours."""


@dataclass(frozen=True)
class Store:
    """Two doors to one database.

    `engine` is for what may be repeated (SQLite: synchronous NORMAL, a power cut may take the newest commits);
    `durable` is for promises whose only other copy is deleted after the commit (synchronous FULL).
    """

    engine: Engine
    durable: Engine

    def close(self) -> None:
        self.engine.dispose()
        self.durable.dispose()


def open_store(url: str, *, idle_s: float | None = None) -> Store:
    """Open and migrate the database at `url` (e.g. sqlite:///var/lib/cti/cti.db); raises ConfigError.

    `idle_s`: engines are joined, and one that is frozen within a transaction keeps its locks. PostgreSQL ends one in
    which nothing was asked for so long, and nobody waits for a lock for longer than twice that.
    """
    try:
        url = _with_driver(url)
        shown = make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):  # ValueError: of a port that is no number
        raise ConfigError(["store: not a database URL; write for example sqlite:////var/lib/cti/cti.db"]) from None
    try:
        store = Store(_engine(url, "NORMAL", idle_s=idle_s), _engine(url, "FULL", idle_s=idle_s))
    except (ImportError, SQLAlchemyError, TypeError, ValueError) as error:
        raise ConfigError([f"store: cannot use {shown}: {reason(error)}"]) from None
    try:
        if _is_older(store.durable):
            with _patient(store, url) as engine:
                _migrate(engine)
    except (*UNREADABLE, _CannotMigrate) as error:
        store.close()
        raise ConfigError([f"store: cannot open {shown}: {reason_and_remedy(error, store)}"]) from None
    return store


@contextlib.contextmanager
def glance(url: str, *, answer_s: float = ANSWER_S) -> Iterator[Connection | None]:
    """Give the database at `url` as it is, neither made nor migrated; None: there is no such file.

    `answer_s`: a server that hangs is away after so long. Raises UNREADABLE.
    """
    url = _with_driver(url)
    database = make_url(url).database
    if is_file(url) and database and not _is_there(database):
        yield None
        return
    engine = _engine(url, "NORMAL", answer_s)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _is_there(file: str) -> bool:
    """Raises OSError where that cannot be known: a folder that may not be entered."""
    try:
        os.stat(file)
    except FileNotFoundError:
        return False
    return True


def is_file(url: str) -> bool:
    """Whether the database at `url` is a file, which is made where there is none."""
    return make_url(url).get_backend_name() == "sqlite"


def _with_driver(url: str) -> str:
    return url.replace("postgresql", POSTGRESQL, 1) if make_url(url).drivername == "postgresql" else url


def _engine(url: str, synchronous: str, answer_s: float | None = ANSWER_S, *, idle_s: float | None = None) -> Engine:
    if not is_file(url):
        of_driver = {"timeout": answer_s} if make_url(url).drivername == POSTGRESQL else {}
        engine = create_engine(url, pool_pre_ping=True, connect_args=of_driver)
        event.listen(engine, "handle_error", _trust_no_more)
        if idle_s is not None and engine.dialect.name == "postgresql":
            event.listen(engine, "connect", partial(_limit, round(idle_s * 1000)))
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "cached_statements": KEPT_STATEMENTS})
    if (file := make_url(url).database) and file != ":memory:":
        _make_private(file)
        same_file.watch(engine, file)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        # Pages are written into the log again and again: let more of it come together before they go to their places
        cursor.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        cursor.close()

    return engine


def _limit(idle_ms: int, connection: Any, _record: Any) -> None:
    """Of each new connection. By SET, since a pooler in between may refuse what it does not know at the start."""
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = {idle_ms}")
    cursor.execute(f"SET lock_timeout = {2 * idle_ms}")
    cursor.close()
    connection.commit()


def _trust_no_more(context: ExceptionContext) -> OperationalError | None:
    """A connection whose driver failed within a statement (half a character, for which utf-8 has no bytes) goes.

    Measured with pg8000 1.31: it has sent a part of it, and the next question would get this one's answer. And what it
    says of a network that ends while it reads is the socket's own error: who asks knows those of databases.
    """
    if context.sqlalchemy_exception is not None:  # one of the database's own errors
        return None
    context.is_disconnect = True
    if isinstance(context.original_exception, OSError):
        return OperationalError(context.statement or "", None, context.original_exception, connection_invalidated=True)
    return None


def _make_private(file: str) -> None:
    """The file holds callers' numbers: for its owner only (SQLite gives its side files the same rights).

    One that is there already is not touched: to close any descriptor of it takes away the locks of all our connections
    (fcntl(2)), another process then takes itself for the last one and removes the log (WAL) under us [measured:
    "database disk image is malformed"]. https://sqlite.org/howtocorrupt.html, 2.2
    """
    with contextlib.suppress(OSError):  # it exists; or what is wrong with the path, the first connection says
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))


@contextlib.contextmanager
def _patient(store: Store, url: str) -> Iterator[Engine]:
    """An engine whose statements may take as long as they do."""
    if store.durable.dialect.name == "sqlite":
        yield store.durable
        return
    engine = _engine(url, "FULL", answer_s=None)
    try:
        yield engine
    finally:
        engine.dispose()


def _is_older(engine: Engine) -> bool:
    """Whether the store lacks a step of ours. Raises _CannotMigrate where it has one more."""
    newest = _newest()
    with engine.connect() as connection:
        found = _version(connection)
    if found is not None and found > newest:  # steps are counted: "0028"
        raise _CannotMigrate(f"the store is newer ({found}) than this program ({newest}): upgrade this engine")
    return found != newest


def _migrate(engine: Engine) -> None:
    from alembic import command  # a tenth of a start, where there is anything to do at all
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "cti.store:migrations")
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        _lock(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise _CannotMigrate(str(error)) from None
        connection.commit()


def _version(connection: Connection) -> str | None:
    """Which step the database has come to; None: it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _newest() -> str:
    """Which step is the last one: files are called v0001_what_it_does.py."""
    return max(file.name[1:5] for file in STEPS.glob("v[0-9]*.py"))


def _lock(connection: Connection) -> None:
    """One migration at a time; the lock ends with the transaction."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")


def reason(error: BaseException) -> str:
    """Return the driver's words in one line, without SQL and without values."""
    cause = getattr(error, "orig", None) or error
    told = cause.args[0] if cause.args else None
    if isinstance(told, dict):  # PostgreSQL's own, by field: pg8000 hands them on as they are
        return str(told.get("M", "refused")).splitlines()[0]
    if str(cause).startswith("Can't create a connection"):
        return f"nobody answers there ({cause.__cause__ or 'is PostgreSQL running?'})"
    return next(iter(str(cause).splitlines()), type(cause).__name__)


def reason_and_remedy(error: BaseException, store: Store) -> str:
    """Return `reason`, and what ends it where that is known."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & PRIMARY_CODE
    if code not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return reason(error)
    file = store.engine.url.database
    return f"{reason(error)}: end the program that keeps its lock (`fuser -v {file}` names it), a shell or a copy"
