"""Does a standby look on while its try to take over hangs, give it up in time, and never serve by a late one?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from cti import machine
from cti.joined import own_store, standby, taking
from cti.joined.door import Seen
from cti.store.database import Store
from tests.joined.standby_scene import OTHER, SETTINGS, Scene
from tests.waiting import until

pytestmark = pytest.mark.unit

PATIENCE_S = 30.0
FREE = Seen(None, given_back=True)


class AStore:
    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


class Server:
    """A server that keeps who opens the store, while it hangs; and the clock of who waits."""

    def __init__(self) -> None:
        self.hangs, self.now = True, 100.0
        self.opening, self.opened = list[threading.Event](), list[AStore]()

    def open_store(self, url: str, *, idle_s: float) -> AStore:
        goes_on = threading.Event()
        self.opening.append(goes_on)
        if self.hangs:
            goes_on.wait(PATIENCE_S)
        self.opened.append(AStore())
        return self.opened[-1]

    async def goes_on(self, nth: int) -> AStore:
        """Let who came as the `nth` have his store."""
        before = len(self.opened)
        self.opening[nth].set()
        await until(lambda: len(self.opened) > before)
        return self.opened[-1]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    found = Server()
    monkeypatch.setattr(machine, "make_directory", lambda _: None)
    monkeypatch.setattr(taking, "open_store", found.open_store)
    monkeypatch.setattr(taking, "newest_token", lambda store, domain: 5)
    monkeypatch.setattr(own_store, "newest_token_in", lambda url, domain, *, answer_s: 5)
    monkeypatch.setattr(standby, "lasting_clock", lambda: found.now)
    yield found
    for each in found.opening:
        each.set()


def scene_of(lease_s: float = 0.08, **settings: object) -> Scene:
    """A lease that no test waits for; what a try is given is what it always is."""
    scene = Scene(SETTINGS.model_copy(update=settings))
    scene.standby._rules = scene.rules.model_copy(update={"lease_s": lease_s})
    scene.seen = FREE
    return scene


async def until_ours(scene: Scene) -> None:
    """Look until the centre is ours: how many looks a try takes is the machine's."""
    async with asyncio.timeout(PATIENCE_S):
        while not await scene.standby._look():
            pass


async def until_it_opens(scene: Scene, server: Server, nth: int) -> None:
    """Look until the `nth` try has come to the store."""
    async with asyncio.timeout(PATIENCE_S):
        while len(server.opening) < nth:
            assert not await scene.standby._look()


async def test_it_sees_who_owns_the_centre_while_its_own_try_hangs_and_gives_that_up(server: Server) -> None:
    scene = scene_of()
    await until_it_opens(scene, server, 1)
    await scene.look(OTHER)
    assert scene.standby.owner == OTHER and await scene.sends_to() == OTHER.agi
    late = await server.goes_on(0)
    await until(lambda: late.is_closed)
    scene.seen = Seen(None, given_back=False)
    await scene.look(None)
    assert not scene.took, "it was given up: what it knew of the store is older than that owner"
    scene.seen, server.hangs = FREE, False
    await until_ours(scene)
    assert scene.took == server.opened[1:] and not server.opened[1].is_closed


async def test_a_try_that_hangs_is_given_up_told_once_and_followed_by_others(server: Server) -> None:
    scene = scene_of()
    with capture_logs() as said:
        for nth in (1, 2):
            await until_it_opens(scene, server, nth)
            assert scene.standby._taking.is_under_way, "another one only when this one was given up"
            server.now += scene.rules.claim_s
            assert not await scene.standby._look() and not scene.standby._taking.is_under_way
            server.now += standby.LONGEST_PAUSE_S
    assert [line["reason"] for line in said if line["log_level"] == "error"] == [taking.SLOW]
    assert any("cannot take over" in reason for reason in scene.standby._not_ready())
    server.hangs = False
    await until_ours(scene)
    ours = server.opened[0]
    late = [await server.goes_on(nth) for nth in (0, 1)]
    await until(lambda: all(store.is_closed for store in late))
    assert scene.took == [ours] and not ours.is_closed, "one store, by which the lease was taken once"


async def test_no_more_than_some_tries_hang_and_the_end_of_one_is_a_sign_of_life(server: Server) -> None:
    scene = scene_of()
    for nth in range(1, taking.MOST_GIVEN_UP + 1):
        await until_it_opens(scene, server, nth)
        server.now += scene.rules.claim_s
        assert not await scene.standby._look()
        server.now += standby.LONGEST_PAUSE_S
    for _ in range(3):
        assert not await scene.standby._look()
        server.now += standby.LONGEST_PAUSE_S
    assert len(server.opening) == taking.MOST_GIVEN_UP
    scene.standby._try_at, server.hangs = server.now + 1000.0, False
    await server.goes_on(0)
    await until_ours(scene)
    assert len(scene.took) == 1


async def test_one_that_is_at_the_lease_is_not_given_up(server: Server) -> None:
    """It may have taken it: who began another one would compete with himself."""
    scene, asked, answers = scene_of(), threading.Event(), threading.Event()

    def take(store: Store, newest: int) -> bool:
        asked.set()
        answers.wait(PATIENCE_S)
        return scene.takes(store, newest)

    scene.term.take = take
    server.hangs = False
    assert not await scene.standby._look()
    await until(asked.is_set)
    server.now += 10 * scene.rules.claim_s
    for seen in (FREE, Seen(OTHER, False, 1.0), Seen(scene.standby._door.me, False, 1.0)):
        scene.seen = seen
        assert not await scene.standby._look() and scene.standby._taking.is_under_way
    assert len(server.opening) == 1
    answers.set()
    await until_ours(scene)
    assert len(scene.took) == 1 and not server.opened[0].is_closed
    assert scene.left == 1, "it has said once more that it stands by, perhaps behind the lease"


async def test_a_file_that_takes_long_is_told_and_waited_for(server: Server) -> None:
    scene = scene_of(store="sqlite:////nowhere/cti.db")
    await until_it_opens(scene, server, 1)
    server.now += scene.rules.claim_s
    with capture_logs() as said:
        for _ in range(3):
            assert not await scene.standby._look()
            server.now += scene.rules.claim_s
    assert [line["reason"] for line in said] == [taking.SLOW]
    server.opening[0].set()
    await until_ours(scene)
    assert scene.took == server.opened and len(server.opening) == 1


async def test_who_stops_takes_nothing_any_more(server: Server) -> None:
    scene = scene_of()
    await until_it_opens(scene, server, 1)
    scene.standby._taking.close()
    await server.goes_on(0)
    await until(lambda: server.opened[0].is_closed)
    assert not scene.took
