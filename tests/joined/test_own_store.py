"""Does an engine that stands by notice that its store is not the owner's, before and after he dies?"""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cti.config.joined import Joined
from cti.joined import own_store
from cti.joined.own_store import OwnStore
from cti.store.database import UNREADABLE, open_store
from cti.store.owner import claim, newest_token_in
from tests.waiting import until

pytestmark = pytest.mark.contract

DOMAIN = Joined().domain
PATIENCE_S = 30.0


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
    store = OwnStore(url_of(tmp_path / "cti.db"), Joined())
    assert not await is_anothers(store), "nobody was seen to serve"
    store.owner_serves(5)
    assert not await is_anothers(store)
    owned(tmp_path / "cti.db", 6)  # by whom we never saw
    assert not await is_anothers(store)


async def test_a_store_of_older_owners_is_not_his(tmp_path: Path) -> None:
    owned(tmp_path / "cti.db", 4)
    store = OwnStore(url_of(tmp_path / "cti.db"), Joined())
    store.owner_serves(5)
    assert await is_anothers(store)
    owned(tmp_path / "cti.db", 5)
    assert not await is_anothers(store), "it is looked at anew"


@pytest.mark.parametrize("there", [False, True])
async def test_what_is_no_store_yet_is_not_his_and_is_not_made(there: bool, tmp_path: Path) -> None:
    file = tmp_path / "cti.db"
    if there:
        file.touch()
    store = OwnStore(url_of(file), Joined())
    store.owner_serves(1)
    assert await is_anothers(store)
    assert file.exists() is there and newest_token_in(url_of(file), DOMAIN) == 0


async def test_a_mount_that_is_late_is_seen_and_one_that_goes_too(tmp_path: Path) -> None:
    """What counts is how it stands at the takeover, when the owner has died and nobody says anything any more."""
    there = tmp_path / "there"
    there.mkdir()
    owned(there / "cti.db", 1)
    mount = tmp_path / "mount"
    store = OwnStore(url_of(mount / "cti.db"), Joined())
    store.owner_serves(1)
    assert await is_anothers(store)
    mount.symlink_to(there)
    assert not store.lacks_owner() and not store.is_anothers
    mount.unlink()
    mount.mkdir()
    assert store.lacks_owner(), "else a new store would be made, and nobody would know what was promised"


async def test_a_store_that_does_not_answer_says_nothing_and_is_silent_from_the_second_look_on() -> None:
    store = OwnStore("postgresql://cti:secret@127.0.0.1:1/cti", Joined())
    store.owner_serves(1)
    with capture_logs() as said:
        assert not await is_anothers(store) and store.could_be_opened
        assert not await is_anothers(store) and not store.could_be_opened
    with pytest.raises(UNREADABLE):
        store.lacks_owner()
    assert "nobody answers there" in said[0]["reason"] and "secret" not in str(said)


async def test_a_store_that_hangs_is_silent_before_it_answers_and_is_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    goes_on, asked = threading.Event(), list[float]()

    def hangs(url: str, domain: str, *, answer_s: float) -> int:
        asked.append(answer_s)
        goes_on.wait(PATIENCE_S)
        return 1

    monkeypatch.setattr(own_store, "newest_token_in", hangs)
    store = OwnStore("postgresql://cti@localhost/cti", Joined())
    store._patience_s = 0.05
    store.owner_serves(1)
    looking = asyncio.create_task(store.look())
    await until(lambda: store.is_silent)
    assert not looking.done() and asked == [0.05], "the server is given no longer either"
    goes_on.set()
    await looking
    assert store.could_be_opened and len(asked) == 1


async def test_it_is_looked_at_until_it_is_his_and_now_and_then_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(own_store, "lasting_clock", lambda: now)
    store = OwnStore(url_of(tmp_path / "cti.db"), Joined())
    assert not store.is_due(), "nobody has served: there may be no store yet"
    store.owner_serves(1)
    assert await is_anothers(store) and store.is_due()
    owned(tmp_path / "cti.db", 1)
    assert not await is_anothers(store) and not store.is_due()
    now += own_store.AGAIN_S
    assert store.is_due()
    (tmp_path / "cti.db").write_bytes(b"no database at all, and longer than a header" * 100)
    assert not await is_anothers(store) and store.could_be_opened
    assert store.is_due(), "at once: whether it was for a moment"
    await store.look()
    assert store.is_silent and store.is_due()
