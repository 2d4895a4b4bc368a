"""Does an engine that stands by notice that its store is not the owner's, before and after he dies?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cti.joined import own_store
from cti.joined.door import Whereabouts
from cti.joined.own_store import OwnStore
from cti.store.database import open_store
from cti.store.owner import claim, named_in

pytestmark = pytest.mark.contract

DOMAIN, CLAIM_S = "center", 6.0
OWNER, NEXT = "10.0.0.6:4573-0a1b", "10.0.0.7:4573-2c3d"


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(own_store, "lasting_clock", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def owned(url: str, engine: str, token: int = 1) -> None:
    store = open_store(url)
    try:
        assert claim(store, DOMAIN, token, engine, time.time())
    finally:
        store.close()


async def judged(store: OwnStore, clock: Clock, owner: str, after_s: float, *, serves: bool = False) -> bool:
    """What it says of `owner` when it has looked twice; he is the owner all the time."""
    for wait_s in (0.0, after_s):
        clock.now += wait_s
        await store._look(owner, lambda: Whereabouts(owner, "10.0.0.6:4573"), serves=serves)
    return store.is_anothers


async def test_a_store_that_names_the_owner_is_his(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/cti.db"
    owned(url, OWNER)
    store = OwnStore(url, DOMAIN, CLAIM_S)
    assert not await judged(store, clock, OWNER, 60.0)


async def test_a_store_that_names_another_is_not_his_once_he_has_had_time(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/cti.db"
    owned(url, "10.0.0.6:4573-before")
    store = OwnStore(url, DOMAIN, CLAIM_S)
    assert not await judged(store, clock, OWNER, CLAIM_S - 1), "he has the lease, and may be writing just now"
    assert await judged(store, clock, OWNER, 1.0)
    owned(url, NEXT, token=2)
    assert not await judged(store, clock, NEXT, 0.0), "who owns it now writes where we do"


async def test_who_serves_has_claimed_his_store(tmp_path: Path, clock: Clock) -> None:
    store = OwnStore(f"sqlite:///{tmp_path}/cti.db", DOMAIN, CLAIM_S)
    assert await judged(store, clock, OWNER, 0.0, serves=True), "at once: he may die in the next moment"


async def test_who_is_followed_by_another_while_the_store_is_read_says_nothing(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/cti.db"
    owned(url, NEXT)
    store = OwnStore(url, DOMAIN, CLAIM_S)
    await store._look(OWNER, lambda: Whereabouts(NEXT, "10.0.0.7:4573"), serves=True)
    assert not store.is_anothers


async def test_a_store_that_is_not_there_is_not_his_and_is_not_made(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "cti.db"
    store = OwnStore(f"sqlite:///{file}", DOMAIN, CLAIM_S)
    assert await judged(store, clock, OWNER, 60.0)
    assert not file.exists()


async def test_an_empty_store_is_not_his_and_is_not_migrated(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "cti.db"
    file.touch()
    store = OwnStore(f"sqlite:///{file}", DOMAIN, CLAIM_S)
    assert await judged(store, clock, OWNER, 60.0)
    assert named_in(f"sqlite:///{file}", DOMAIN) == ""


async def test_a_store_that_does_not_answer_says_nothing(clock: Clock) -> None:
    store = OwnStore("postgresql://cti@127.0.0.1:1/cti", DOMAIN, CLAIM_S)
    assert not await judged(store, clock, OWNER, 60.0)
