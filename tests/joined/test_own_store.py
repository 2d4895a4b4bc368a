"""Does an engine that stands by notice that its store is not the owner's, before and after he dies?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cti.joined.own_store import OwnStore
from cti.store.database import UNREADABLE, open_store
from cti.store.owner import claim, newest_token_in

pytestmark = pytest.mark.contract

DOMAIN = "center"


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def owned(file: Path, token: int) -> None:
    store = open_store(url_of(file))
    try:
        assert claim(store, DOMAIN, token, f"engine-{token}", time.time())
    finally:
        store.close()


async def is_anothers(store: OwnStore) -> bool:
    await store.look()
    return store.is_anothers


async def test_a_store_that_knows_the_owner_or_a_newer_one_is_his(tmp_path: Path) -> None:
    owned(tmp_path / "cti.db", 5)
    store = OwnStore(url_of(tmp_path / "cti.db"), DOMAIN)
    assert not await is_anothers(store), "nobody was seen to serve"
    store.owner_serves(5)
    assert not await is_anothers(store)
    owned(tmp_path / "cti.db", 6)  # by whom we never saw
    assert not await is_anothers(store)


async def test_a_store_of_older_owners_is_not_his(tmp_path: Path) -> None:
    owned(tmp_path / "cti.db", 4)
    store = OwnStore(url_of(tmp_path / "cti.db"), DOMAIN)
    store.owner_serves(5)
    assert await is_anothers(store)
    owned(tmp_path / "cti.db", 5)
    assert not await is_anothers(store), "it is looked at anew"


@pytest.mark.parametrize("there", [False, True])
async def test_what_is_no_store_yet_is_not_his_and_is_not_made(there: bool, tmp_path: Path) -> None:
    file = tmp_path / "cti.db"
    if there:
        file.touch()
    store = OwnStore(url_of(file), DOMAIN)
    store.owner_serves(1)
    assert await is_anothers(store)
    assert file.exists() is there and newest_token_in(url_of(file), DOMAIN) == 0


async def test_a_mount_that_is_late_is_seen_and_one_that_goes_too(tmp_path: Path) -> None:
    """What counts is how it stands at the takeover, when the owner has died and nobody says anything any more."""
    there = tmp_path / "there"
    there.mkdir()
    owned(there / "cti.db", 1)
    mount = tmp_path / "mount"
    store = OwnStore(url_of(mount / "cti.db"), DOMAIN)
    store.owner_serves(1)
    assert await is_anothers(store)
    mount.symlink_to(there)
    assert not store.lacks_owner() and not store.is_anothers
    mount.unlink()
    mount.mkdir()
    assert store.lacks_owner(), "else a new store would be made, and nobody would know what was promised"


async def test_a_store_that_does_not_answer_says_nothing() -> None:
    store = OwnStore("postgresql://cti@127.0.0.1:1/cti", DOMAIN)
    store.owner_serves(1)
    assert not await is_anothers(store)
    with pytest.raises(UNREADABLE):
        store.lacks_owner()
