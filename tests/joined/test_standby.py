"""To whom does a standby send those who come to it, and when to nobody? Without Redis and without doors."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from cti import machine
from cti.joined import own_store, standby, taking
from cti.joined.door import Seen
from cti.joined.whereabouts import whereabouts
from cti.model.errors import ConfigError
from cti.store.database import Store
from tests.joined.standby_scene import OTHER, SETTINGS, Scene, opens

pytestmark = pytest.mark.unit


async def test_callers_go_to_the_owner_as_long_as_he_has_his_lease() -> None:
    scene = Scene()
    await scene.look(OTHER)
    assert await scene.sends_to() == OTHER.agi and scene.standby.owner == OTHER
    await scene.look(None)
    assert await scene.sends_to() is None, "he is dead: the dialplan tries the next one, and waits in between"
    assert scene.standby.owner is None


async def test_what_it_was_itself_before_it_died_is_no_owner() -> None:
    scene = Scene()
    former = whereabouts(SETTINGS)
    assert former != whereabouts(SETTINGS), "a name of its own each time"
    with capture_logs() as said:
        await scene.look(former)
        await scene.look(former)
    assert await scene.sends_to() is None and scene.standby.owner is None
    assert len([line for line in said if "owned" in line["event"]]) <= 1, "said once"


async def test_a_store_that_does_not_open_is_told_once_and_tried_ever_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, tried_at = 100.0, list[float]()

    def refuses(url: str, *, idle_s: float) -> Store:
        tried_at.append(now)
        raise ConfigError(["store: cannot open it"])

    monkeypatch.setattr(standby, "lasting_clock", lambda: now)
    monkeypatch.setattr(taking, "open_store", refuses)
    monkeypatch.setattr(machine, "make_directory", lambda _: None)
    scene = Scene()
    with capture_logs() as said:
        while now < 130.0:
            await scene.look(None)
            now += scene.standby._pause_s
    assert len([line for line in said if line["log_level"] == "error"]) == 1
    tried = [round(at - tried_at[0], 2) for at in tried_at]
    assert tried[:7] == [0.0, 0.25, 0.75, 1.75, 3.75, 7.75, 11.75], "a look each 0.25 s, a try less and less often"
    assert any("cannot take over" in reason for reason in scene.standby._not_ready())

    await scene.look(OTHER)
    assert not any("cannot take over" in reason for reason in scene.standby._not_ready())
    opens(monkeypatch, lambda: 0)
    scene.seen = Seen(None, given_back=True)
    assert await scene.standby._look(), "at once: who owned it meanwhile had the store"


async def test_an_engine_with_another_store_says_so_and_does_not_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    known = 4
    monkeypatch.setattr(own_store, "newest_token_in", lambda url, domain, *, answer_s: known)
    opens(monkeypatch, lambda: known)
    scene.seen = Seen(OTHER, False, 1.0, 5, "its file")
    assert not await scene.standby._look()
    await scene.standby._store.look()
    assert not scene.standby._store.is_anothers, "it may be the last lease of who is dead, and of another life"
    scene.seen = Seen(OTHER, False, 1.9, 5, "its file")
    assert not await scene.standby._look()
    await scene.standby._store.look()
    with capture_logs() as said:
        for _ in range(2):
            assert not await scene.standby._look()
    assert [line["warning"] for line in said] == [own_store.OTHER_STORE] == scene.standby._warnings()
    assert any("cannot take over" in reason for reason in scene.standby._not_ready())
    assert not scene.would_take, "an owner who is to go must not take it for somebody who could take over"
    scene.seen = Seen(None, given_back=True)
    with capture_logs() as said:
        assert not await scene.standby._look()
    [reason] = [line["reason"] for line in said if line["log_level"] == "error"]
    assert own_store.OTHER_STORE in reason and "start this one anew" in reason
    known, scene.standby._try_at = 5, 0.0
    assert await scene.standby._look(), "it is the owner's again"


async def test_an_engine_that_cannot_read_the_store_says_so_and_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner who is told to go would hand the centre to nobody."""
    scene, refuses = Scene(), True

    def newest_token_in(url: str, domain: str, *, answer_s: float) -> int:
        if refuses:
            raise OperationalError("SELECT token", {"domain": domain}, Exception({"M": "password is wrong"}))
        return 5

    monkeypatch.setattr(own_store, "newest_token_in", newest_token_in)
    for ends_in_s in (1.0, 1.9):
        scene.seen = Seen(OTHER, False, ends_in_s, 5, "its file")
        assert not await scene.standby._look()
    with capture_logs() as said:
        await scene.standby._store.look()
        assert not await scene.standby._look() and scene.would_take, "the owner's short lock of SQLite's file"
        assert not said and not scene.standby._warnings()
        for _ in range(2):
            await scene.standby._store.look()
            assert not await scene.standby._look() and not scene.would_take
    [told] = said
    assert (told["log_level"], told["reason"]) == ("error", "password is wrong") and "pg_hba.conf" in told["remedy"]
    assert scene.standby._warnings() == [own_store.SILENT]
    assert any("cannot take over" in reason for reason in scene.standby._not_ready())
    await scene.look(None)
    assert not scene.would_take, "that the owner has died has not mended it"
    refuses = False
    with capture_logs() as said:
        await scene.standby._store.look()
    assert [line["log_level"] for line in said] == ["info"]
    await scene.look(OTHER)
    assert scene.would_take and not scene.standby._warnings()
    assert not any("cannot take over" in reason for reason in scene.standby._not_ready())


async def test_a_server_that_has_held_the_owners_store_is_asked_once_at_a_takeover(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each question is a connection, and nobody is served meanwhile."""
    scene, asked, known = Scene(), 0, 5

    def newest_token_in(url: str, domain: str, *, answer_s: float) -> int:
        nonlocal asked
        asked += 1
        return known

    monkeypatch.setattr(own_store, "newest_token_in", newest_token_in)
    opens(monkeypatch, lambda: known)
    for ends_in_s in (1.0, 1.9):
        scene.seen = Seen(OTHER, False, ends_in_s, 5, "its file")
        assert not await scene.standby._look()
    await scene.standby._store.look()
    assert asked == 1
    scene.seen, known = Seen(None, given_back=True), 4
    assert not await scene.standby._look(), "another server answers at that address now"
    assert asked == 1 and scene.standby._store.is_anothers
    known, scene.standby._try_at = 5, 0.0
    assert await scene.standby._look()


async def test_a_redis_that_drips_its_answer_is_away_and_keeps_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()
    scene.standby._rules = scene.rules.model_copy(update={"lease_s": 0.05})
    hangs, asked = threading.Event(), list[bool]()

    def drips(*, would_take: bool) -> Seen:
        asked.append(would_take)
        hangs.wait(30)
        return Seen(None, given_back=False)

    monkeypatch.setattr(scene.standby._door, "stand_by", drips)
    for _ in range(3):
        assert not await scene.standby._look()
    assert len(asked) == 1 and any("Redis gives no answer" in reason for reason in scene.standby._not_ready())
    hangs.set()
    assert scene.standby._asked is not None
    await scene.standby._asked
    monkeypatch.undo()
    await scene.look(OTHER)
    assert scene.standby.redis_away_s is None


async def test_another_engine_with_our_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(standby, "lasting_clock", lambda: now)
    scene = Scene()
    former = whereabouts(SETTINGS)
    with capture_logs() as said:
        for left_s in (1.5, 1.0, 0.5):  # our own last lease runs out
            scene.seen = Seen(former, False, left_s)
            assert not await scene.standby._look()
            now += 0.5
        assert not scene.standby._warnings()
        scene.seen = Seen(former, False, 2.0)  # and somebody renews it
        assert not await scene.standby._look()
    assert scene.standby._warnings() == [standby.SAME_ADDRESS]
    assert [line["remedy"] for line in said if "remedy" in line] == [standby.REMEDIES[standby.SAME_ADDRESS]]
