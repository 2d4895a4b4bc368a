"""Was this request made before, and what was answered? Written before anything is done, so that nothing is done twice.

Kept for a day. An answer may hold personal data; keys are kept as hashes.
"""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from cti.store.database import Store
from cti.store.people_tables import kept_answer

KEEP_S = 86_400.0


class KeptAnswer(msgspec.Struct, frozen=True):
    """`status` 0: it was begun and never answered, or is being worked on."""

    digest: str
    status: int
    body: bytes


class KeptAnswers:
    """An api/idempotency.Answers. Every method blocks. Raises SQLAlchemyError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, asker: str, key: str, digest: str, now: float) -> KeptAnswer | None:
        """Note that this is about to be done; what is known of it, where it was begun before."""
        table, mine = kept_answer, {"asker": asker, "key": _hash(key)}
        row = {**mine, "digest": digest, "at": now, "status": 0, "body": b""}
        query = select(table).where(table.c.asker == asker, table.c.key == mine["key"])
        while True:
            try:
                with self._store.durable.begin() as connection:
                    connection.execute(insert(table).values(**row))
                return None
            except IntegrityError:
                with self._store.engine.connect() as connection:
                    found = connection.execute(query).one_or_none()
            if found is not None:  # else it was refused meanwhile, and is forgotten: this one is the first
                return KeptAnswer(found.digest, found.status, found.body)

    def forget_old(self, now: float) -> None:
        """Those of yesterday go."""
        table = kept_answer
        with self._store.durable.begin() as connection:
            connection.execute(delete(table).where(table.c.at < now - KEEP_S))

    def answered(self, asker: str, key: str, status: int, body: bytes) -> None:
        """Keep the answer."""
        table = kept_answer
        statement = update(table).where(table.c.asker == asker, table.c.key == _hash(key))
        with self._store.durable.begin() as connection:
            connection.execute(statement.values(status=status, body=body))

    def forget(self, asker: str, key: str) -> None:
        """It was refused: nothing was done, and it may be tried again."""
        table = kept_answer
        with self._store.durable.begin() as connection:
            connection.execute(delete(table).where(table.c.asker == asker, table.c.key == _hash(key)))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
