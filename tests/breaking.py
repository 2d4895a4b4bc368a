"""How does a test lose the answer to a commit? A store whose connection breaks at the end of one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from cti.store.database import Store


def breaking(store: Store, when: Callable[[Connection], None]) -> Any:
    """`store`, whose connection breaks at the end of its first transaction: `when` says what had become of that."""
    left = [OperationalError("COMMIT", None, ConnectionResetError())]

    def door(engine: Engine) -> Any:
        @contextmanager
        def begin() -> Iterator[Connection]:
            with engine.connect() as connection:
                yield connection
                if left:
                    when(connection)
                    raise left.pop()
                connection.commit()

        return SimpleNamespace(begin=begin, connect=engine.connect)

    return SimpleNamespace(engine=door(store.engine), durable=door(store.durable))
