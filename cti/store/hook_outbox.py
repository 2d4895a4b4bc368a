"""Which messages to other systems wait, were taken, or were given up? The outbox of webhooks.

Blocks for the disk: callers run it in a thread. Knows rows; what is in a message, and who gets it, is told by hooks/.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, select, tuple_, update

from cti.store.database import Store
from cti.store.tables import hook_message
from cti.store.upsert import put

WAITING, SENT, FAILED = "waiting", "sent", "failed"
PORTION = 5_000  # rows of one state that one commit deletes: nobody waits long for it


class Message(NamedTuple):
    """One that is to be sent. `body` may hold personal data."""

    id: str
    type: str
    at: float
    body: str
    tries: int


class Standing(NamedTuple):
    """How the messages of one receiver stand. `oldest_at`: of those that wait, epoch seconds."""

    waiting: int = 0
    sent: int = 0
    failed: int = 0
    oldest_at: float | None = None


def add(store: Store, rows: Sequence[Mapping[str, Any]], keep_most: Mapping[str, int]) -> int:
    """Put messages in; what is there already stays as it is. Return how many found no room.

    `keep_most`: of each receiver. Commits durably. Raises SQLAlchemyError.
    """
    lost = 0
    with store.durable.begin() as connection:
        for hook in {str(row["hook"]) for row in rows}:
            own = [row for row in rows if row["hook"] == hook]
            room = max(0, keep_most[hook] - _waiting(connection, hook))
            put(connection, hook_message, own[:room], replace=False)
            lost += len(own[room:])
    return lost


def due(store: Store, hook: str, now: float, limit: int) -> tuple[list[Message], float | None]:
    """Return up to `limit` whose time has come, who waits longest first; and when the next one's comes after these."""
    table = hook_message
    own = (table.c.hook == hook) & (table.c.state == WAITING)
    query = select(table).where(own, table.c.next_at <= now).order_by(table.c.next_at, table.c.at, table.c.id)
    with store.engine.connect() as connection:
        rows = connection.execute(query.limit(limit)).all()
        later = connection.execute(select(func.min(table.c.next_at)).where(own, table.c.next_at > now)).scalar()
    return [Message(row.id, row.type, row.at, row.body, row.tries) for row in rows], later


def tried(
    store: Store, hook: str, message: str, state: str, now: float, answer: str, next_at: float, *, counts: bool = True
) -> None:
    """Keep what came of one try. `counts`: whether it was one. Raises SQLAlchemyError."""
    table = hook_message
    values = {"state": state, "changed_at": now, "answer": answer[:60], "next_at": next_at}
    with store.engine.begin() as connection:
        own = (table.c.hook == hook) & (table.c.id == message)
        connection.execute(update(table).where(own).values(tries=table.c.tries + int(counts), **values))


def hurry(store: Store, hook: str, now: float) -> int:
    """Let all that wait be due: the receiver answers again. Return how many. Raises SQLAlchemyError."""
    table = hook_message
    with store.engine.begin() as connection:
        own = (table.c.hook == hook) & (table.c.state == WAITING) & (table.c.next_at > now)
        return connection.execute(update(table).where(own).values(next_at=now)).rowcount


def again(store: Store, hook: str, now: float) -> int:
    """Let all that failed wait again, from now on. Return how many. Commits durably. Raises SQLAlchemyError."""
    table = hook_message
    values = {"state": WAITING, "tries": 0, "next_at": now, "changed_at": now}
    with store.durable.begin() as connection:
        own = (table.c.hook == hook) & (table.c.state == FAILED)
        return connection.execute(update(table).where(own).values(values)).rowcount


def standings(store: Store, hooks: Collection[str]) -> dict[str, Standing]:
    """Return how the messages of each of `hooks` stand. Raises SQLAlchemyError."""
    table = hook_message
    query = select(table.c.hook, table.c.state, func.count(), func.min(table.c.at)).group_by(
        table.c.hook, table.c.state
    )
    found = dict.fromkeys(hooks, Standing())
    with store.engine.connect() as connection:
        for hook, state, count, oldest_at in connection.execute(query.where(table.c.hook.in_(hooks))):
            more = {state: count} | ({"oldest_at": oldest_at} if state == WAITING else {})
            found[hook] = found[hook]._replace(**more)
    return found


def forget(store: Store, hooks: Collection[str], sent_before: float, failed_before: float) -> int:
    """Delete what is over for so long (epoch seconds), up to PORTION of each state. Raises SQLAlchemyError.

    What waits for none of `hooks`, the receivers that there are, has failed: nobody sends it, nobody gives it up.
    Return how many of the state that had the most: PORTION says that there is more.
    """
    table = hook_message
    over = (
        (table.c.state == SENT, sent_before),
        (table.c.state == FAILED, failed_before),
        ((table.c.state == WAITING) & table.c.hook.not_in(hooks), failed_before),
    )
    return max(_forget(store, which & (table.c.changed_at < before)) for which, before in over)


def _forget(store: Store, which: ColumnElement[bool]) -> int:
    name = tuple_(hook_message.c.hook, hook_message.c.id)
    some = select(hook_message.c.hook, hook_message.c.id).where(which).limit(PORTION)
    with store.engine.begin() as connection:
        return connection.execute(delete(hook_message).where(name.in_(some))).rowcount


def _waiting(connection: Connection, hook: str) -> int:
    table = hook_message
    query = select(func.count()).where(table.c.hook == hook, table.c.state == WAITING)
    return int(connection.execute(query).scalar() or 0)
