"""Is what was taken kept from that moment on, and given back once, whoever ends the term and when?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from cti.config.joined import Joined
from cti.joined.door import Door
from cti.joined.term import Term
from cti.store.database import Store, open_store

pytestmark = pytest.mark.contract

PATIENCE_S = 30.0


class Redis:
    """A door that gives the lease to whoever asks, or says that somebody has it."""

    def __init__(self) -> None:
        self.token: int | None = 7
        self.asked, self.given = list[int](), list[int]()
        self.renewed = threading.Event()

    def take(self, newer_than: int) -> int | None:
        self.asked.append(newer_than)
        return self.token

    def renew(self, token: int, says: str) -> bool:
        self.renewed.set()
        return True

    def standbys(self) -> list[str]:
        return []

    def no_longer_by(self) -> None:
        pass

    def give_back(self, token: int) -> bool:
        self.given.append(token)
        return True


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


async def test_it_is_kept_from_the_moment_when_it_was_taken_and_given_back_once(store: Store) -> None:
    redis = Redis()
    term = Term(Joined(), cast(Door, redis))
    term.beat()
    assert await asyncio.to_thread(term.take, store, 4)
    assert term.holding is not None and (term.holding.token, term.store) == (7, store)
    assert await asyncio.to_thread(redis.renewed.wait, PATIENCE_S), "nobody had to begin anything"
    for _ in range(2):
        await asyncio.to_thread(term.end)
    assert (redis.asked, redis.given) == ([4], [7])


@pytest.mark.parametrize(("token", "newest", "told"), [(7, 6, False), (7, 0, True), (1, 0, False)])
async def test_a_store_without_any_owner_is_known_where_redis_has_counted_some(
    store: Store, token: int, newest: int, told: bool
) -> None:
    redis = Redis()
    redis.token = token
    term = Term(Joined(), cast(Door, redis))
    assert await asyncio.to_thread(term.take, store, newest)
    assert term.is_first_of_store is told
    await asyncio.to_thread(term.end)


async def test_what_somebody_else_has_is_not_ours_to_give_back(store: Store) -> None:
    redis = Redis()
    redis.token = None
    term = Term(Joined(), cast(Door, redis))
    assert not await asyncio.to_thread(term.take, store, 4)
    await asyncio.to_thread(term.end)
    assert (term.holding, redis.given) == (None, [])


async def test_after_its_end_nothing_is_taken(store: Store) -> None:
    redis = Redis()
    term = Term(Joined(), cast(Door, redis))
    term.end()
    assert not await asyncio.to_thread(term.take, store, 4) and redis.asked == []
