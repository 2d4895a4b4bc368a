"""Which engine may write? The newest fencing token of each routing domain, compared in the transaction that writes.

A lease alone cannot stop an owner who was frozen in the midst of a write: by the time he goes on it is another's. So
whoever takes over raises the token here first, and from then on no commit of an older token goes through.
Knows nothing of Redis. Blocks for the disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import structlog
from sqlalchemy import Connection, event, false, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cti.store.database import ANSWER_S, UNREADABLE, Store, glance, reason
from cti.store.tables import routing_owner

_table = routing_owner

log = structlog.get_logger(__name__)

TAKEN = "another engine owns the centre now: this one may not write any more"
GONE_BACK = (
    "the store has gone back to an older state, which does not know that this engine owns the centre: it may not write "
    "until it has taken over again"
)


class NotOwner(SQLAlchemyError):
    """The store does not name this engine's token (any more): nothing of its transaction is kept."""


def gravity(error: Exception) -> int:
    """How loud the log is about a write that failed. That another engine owns the centre, our stepping down tells."""
    return logging.INFO if isinstance(error, NotOwner) else logging.ERROR


def newest_token(store: Store, domain: str) -> int:
    """Return the token of the domain's newest owner, 0 before the first. Raises SQLAlchemyError."""
    # By the door by which it is claimed: a connection to PostgreSQL is 30 ms of CPU, while nobody is served [measured].
    with store.durable.connect() as connection:
        return connection.execute(select(_table.c.token).where(_table.c.domain == domain)).scalar() or 0


def newest_token_in(url: str, domain: str, *, answer_s: float = ANSWER_S) -> int:
    """Return the token of the domain's newest owner in the store at `url`; 0: it knows none, or there is no store.

    The store is neither made nor migrated. `answer_s` is that of `glance`; raises what that does, also where a token
    could be read and not be written (a role without that right, a replica).
    """
    with glance(url, answer_s=answer_s) as connection:
        if connection is None or not inspect(connection).has_table(_table.name):
            return 0
        connection.execute(update(_table).where(false()).values(since=_table.c.since))
        return connection.execute(select(_table.c.token).where(_table.c.domain == domain)).scalar() or 0


def why_not_taken(store: Store, domain: str) -> str:
    """Why the store takes no commit of the owner's now, in words without values; "" where it does. Blocks."""
    try:
        with store.durable.begin() as connection:
            connection.execute(update(_table).where(_table.c.domain == domain).values(since=_table.c.since))
    except UNREADABLE as error:
        return reason(error)
    return ""


def claim(store: Store, domain: str, token: int, engine: str, now: float) -> bool:
    """Commit durably that `engine` owns the domain by `token`; False: there is one as new or newer.

    When it returns, every commit of an older token has happened or never will. Raises SQLAlchemyError.
    """
    values = {"token": token, "engine": engine, "since": now}
    try:
        with store.durable.begin() as connection:
            older = update(_table).where(_table.c.domain == domain, _table.c.token < token)
            if connection.execute(older.values(values)).rowcount == 1:
                return True
            if connection.execute(select(_table.c.token).where(_table.c.domain == domain)).first() is not None:
                return False
            connection.execute(insert(_table).values(domain=domain, **values))
            return True
    except IntegrityError:  # another one was first a moment ago
        return False


def guard(store: Store, domain: str, token: int, lost: Callable[[], None]) -> None:
    """From now on every commit of `store` raises NotOwner, and keeps nothing, but while it names our token.

    `lost` is called then, from whichever thread has tried. Another token is a newer owner's; or an older one, or none:
    then the store is a replica that was promoted, or a backup, and lacks our claim and what we wrote behind it. To
    claim again here would not bring that back into it, and we would go on as if it were there: who steps down takes
    over again (he, or who stands by), by a newer token, and starts from what the store does say.
    """
    # On PostgreSQL the row stays as it is until our commit is over (FOR SHARE); on SQLite a writer is alone anyway.
    newest = select(_table.c.token).where(_table.c.domain == domain).with_for_update(read=True)
    told = False

    def refuse(found: int | None) -> str:
        nonlocal told
        if found is not None and found > token:
            return TAKEN
        if not told:
            log.error("the store has gone back to an older state: what was written last may be missing", token=token)
        told = True
        return GONE_BACK

    def compare(connection: Connection) -> None:
        found = connection.execute(newest).scalar()
        if found != token:
            # Now, and not when the connection is closed: the new owner waits for the lock on SQLite [measured]
            connection.connection.rollback()
            lost()
            raise NotOwner(refuse(found))

    for engine in (store.engine, store.durable):
        event.listen(engine, "commit", compare)
