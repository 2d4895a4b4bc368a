"""Do two processes' turns give the centre to one of them at a time, and back? With a real Valkey, and no Asterisk."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import socket
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from cti.cli import control
from cti.config import settings as config
from cti.config.joined import Joined
from cti.joined import own_store, taking, turns
from cti.joined.door import Door
from cti.joined.holding import Holding
from cti.joined.own_file import OwnFile
from cti.joined.turns import take_turns
from cti.joined.whereabouts import whereabouts
from cti.store.database import Store, open_store
from cti.store.owner import claim, newest_token
from cti.switch.fastagi import FastAgiServer
from tests import valkey
from tests.waiting import until

pytestmark = pytest.mark.contract

PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def redis() -> Iterator[valkey.Valkey]:
    with valkey.server() as server:
        yield server


class Process:
    """One engine's turns; what it would serve is a flag."""

    def __init__(
        self, folder: Path, name: str, address: str, url: str, secret: str, lease_s: float, store: str
    ) -> None:
        self.settings = config.loads(
            f"""nodes: {{n: {{host: 127.0.0.1, secret: x}}}}
fastagi: {{token: t, listen: "{address}:4573"}}
http: {{listen: "{address}:8470"}}
web: {{listen: "{address}:8089", secret: "{secret}"}}
queues: {{sales: {{}}}}
state_dir: {folder}/{name}
store: {store or f"sqlite:///{folder}/shared.db"}
redis: {{url: "{url}", domain: {folder.name.replace("_", "-")[:30]}, lease_s: {lease_s:g}}}
""".encode(),
            environ={},
        )
        self.address, self.owns, self.tokens = address, False, list[int]()
        self.holding: Holding | None = None
        self._turns = asyncio.create_task(take_turns(OwnFile(self.settings), self._serve))

    async def _serve(self, holding: Holding) -> None:
        self.owns, self.holding = True, holding
        self.tokens.append(holding.token)
        try:
            await asyncio.Event().wait()
        finally:
            self.owns = False

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                assert not self._turns.done(), self._turns
                await asyncio.sleep(0.02)

    async def until_standing_by(self) -> None:
        await self.until(lambda: not self.owns and reachable(self.address, 8470))

    async def get(self, port: int, path: str) -> tuple[int, str, str]:
        url = f"http://{self.address}:{port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    async def enter(self, path: str) -> bytes:
        """What the dialplan's AGI(agi://here/path) hears until it is over."""
        reader, writer = await asyncio.open_connection(self.address, 4573)
        lines = (f"agi_request: agi://{self.address}:4573{path}", "agi_channel: PJSIP/x-1", "agi_uniqueid: 1.1")
        writer.write("".join(f"{line}\n" for line in (*lines, "")).encode())
        heard = await asyncio.wait_for(reader.readline(), PATIENCE_S)
        if heard:
            writer.write(b"200 result=1\n")
            heard += await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        return heard

    async def die(self) -> None:
        """kill -9, as others see it: the lease is not given back."""
        assert self.holding is not None
        self.holding.give_back = self.holding._stop.set  # type: ignore[method-assign]
        await self.stop()

    async def stop(self) -> None:
        self._turns.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._turns


def reachable(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


Start = Callable[..., Process]


@pytest.fixture
async def start(redis: valkey.Valkey, tmp_path: Path) -> AsyncIterator[Start]:
    begun: list[Process] = []

    def begin(name: str, secret: str = "s" * 32, *, at: int = 0, lease_s: float = 1, store: str = "") -> Process:
        address = f"127.34.0.{at or len(begun) + 1}"
        begun.append(Process(tmp_path, name, address, redis.url, secret, lease_s, store))
        return begun[-1]

    yield begin
    for each in begun:
        await each.stop()


async def test_one_owns_it_the_other_sends_on_and_follows(start: Start) -> None:
    one = start("one")
    await one.until(lambda: one.owns)
    two = start("two")
    await two.until_standing_by()
    status, text, _ = await two.get(8470, "/readyz")
    while "127.34.0.1:8470 owns" not in text:  # until it has looked for the first time
        status, text, _ = await two.get(8470, "/readyz")
    assert status == 503 and "standby" in text and "warnings" not in text
    assert (await two.get(8470, "/healthz"))[0] == 200
    assert (await two.get(8470, "/ownz"))[0] == 503
    assert "cti_owner 0.0" in (await two.get(8470, "/metrics"))[1]
    assert (await two.get(8089, "/supervisor"))[::2] == (307, "http://127.34.0.1:8089/supervisor")
    assert await two.enter("/inbound/t") == b"SET VARIABLE CTI_OWNER 127.34.0.1:4573\n"
    assert await two.enter("/agent/t") == b"", "a feature code tries the next engine by itself"
    assert b"refused" in await two.enter("/inbound/wrong")
    assert one.holding is not None
    await one.until(lambda: one.holding is not None and one.holding.standbys == 1)

    await one.stop()
    await two.until(lambda: two.owns)
    assert two.tokens[0] > one.tokens[0]
    store = open_store(two.settings.store)
    assert two.settings.redis is not None
    assert newest_token(store, two.settings.redis.domain) == two.tokens[0]
    store.close()


async def test_one_that_does_not_reach_the_store_does_not_count_as_one_who_stands_by(start: Start) -> None:
    one = start("one")
    await one.until(lambda: one.owns)
    assert one.holding is not None
    one.holding.says = "its file"  # as who serves does
    with capture_logs() as said:
        two = start("two", store="postgresql://cti@127.0.0.1:1/cti")
        await two.until(lambda: any("remedy" in line for line in said))
    await one.until(lambda: one.holding is not None and one.holding.standbys == 0)
    told = json.loads((await two.get(8470, "/readyz"))[1])
    assert told["warnings"] == [own_store.SILENT] and "cannot take over" in str(told)
    with pytest.raises(control.NotRunning, match="its store cannot be used"):
        await asyncio.to_thread(control.ask, two.settings.control, "GET", "/api/v1/status")


async def test_one_with_another_secret_of_the_web_says_so_while_it_stands_by(start: Start) -> None:
    one = start("one")
    await one.until(lambda: one.owns)
    with capture_logs() as said:
        two = start("two", "another secret, another secret")
        await two.until(lambda: any("warning" in line for line in said))
        await asyncio.sleep(0.3)  # a few looks more
    (warning,) = (line["warning"] for line in said if "warning" in line)
    assert "web.secret" in warning
    assert json.loads((await two.get(8470, "/readyz"))[1])["warnings"] == [warning]
    with pytest.raises(control.NotRunning, match=r"stands by; its web\.secret .*127\.34\.0\.1.* owns the centre"):
        await asyncio.to_thread(control.ask, two.settings.control, "GET", "/api/v1/status")
    assert "web.secret" not in (await two.get(8089, "/api/v1/status"))[1], "nothing for strangers"


async def test_one_that_was_killed_and_is_back_sends_nobody_to_itself(start: Start) -> None:
    """Its own lease outlives it: that is no owner to whom anybody could go."""
    one = start("one", lease_s=4)
    await one.until(lambda: one.owns)
    await one.die()
    again = start("one", at=1, lease_s=4)
    await again.until_standing_by()
    await asyncio.sleep(0.7)  # it has looked
    assert (await again.enter("/inbound/t"), (await again.get(8089, "/supervisor"))[0]) == (b"", 503)
    assert "nobody owns the centre" in (await again.get(8470, "/readyz"))[1]
    assert not again.owns, "the lease of its former life has not run out yet"
    await again.until(lambda: again.owns)


async def test_an_owner_whom_the_store_does_not_know_any_more_stands_by_again(start: Start) -> None:
    one = start("one")
    await one.until(lambda: one.owns)
    assert one.holding is not None
    one.holding.step_down()
    await one.until(lambda: len(one.tokens) == 2)
    assert one.tokens[1] > one.tokens[0]


async def test_who_stands_by_again_keeps_nothing_of_the_former_centre(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Centre:
        def __init__(self) -> None:
            self.part = self

    centres = list[weakref.ref[Centre]]()
    there = list[bool]()

    async def serve(process: Process, holding: Holding) -> None:
        there.append(any(centre() is not None for centre in centres))
        made = Centre()
        centres.append(weakref.ref(made))
        gc.freeze()  # as machine.make_pauses_rare does
        process.holding, process.owns = holding, True
        await asyncio.Event().wait()

    monkeypatch.setattr(Process, "_serve", serve)
    try:
        one = start("one")
        await one.until(lambda: one.owns)
        assert one.holding is not None
        one.holding.step_down()
        await one.until(lambda: len(there) == 2)
        assert there == [False, False]
    finally:
        gc.unfreeze()


async def test_a_store_that_takes_no_claim_is_not_asked_again_at_once(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed_at: list[float] = []

    def refuses(*_: object) -> bool:
        claimed_at.append(time.monotonic())
        raise OperationalError("INSERT", None, OSError("disk full"))

    monkeypatch.setattr(turns, "claim", refuses)
    with capture_logs() as logged:
        one = start("one")
        await one.until(lambda: len(claimed_at) == 1)
        await one.until(lambda: reachable(one.address, 8470))
        assert "cannot take over" in (await one.get(8470, "/readyz"))[1], "it answers meanwhile, and says so"
        with pytest.raises(control.NotRunning, match=r"cannot take over: .*disk full"):
            await asyncio.to_thread(control.ask, one.settings.control, "GET", "/api/v1/status")
        await one.until(lambda: len(claimed_at) == 3)
    [told] = [line for line in logged if line["log_level"] == "error"]
    assert "disk full" in told["reason"], "and once, however often it is tried"
    assert claimed_at[1] - claimed_at[0] >= 1.0 and not one.owns  # a lease, at least
    monkeypatch.undo()
    await one.until(lambda: one.owns)


async def test_a_store_that_hangs_at_the_claim_keeps_the_lease_from_nobody(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, hung = threading.Event(), list[str]()

    def hangs(*words: object) -> bool:
        hung.append(str(words[3]))
        if len(hung) == 1:
            goes_on.wait(PATIENCE_S)
        return claim(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(turns, "claim", hangs)
    monkeypatch.setattr(Joined, "claim_s", 0.3)
    one = start("one")
    await one.until(lambda: bool(hung))
    two = start("two")
    await one.until(lambda: one.owns or two.owns)
    goes_on.set()
    await asyncio.sleep(0.3)
    owner = one if one.owns else two
    assert newest_token_of(owner) == owner.tokens[0], "what was claimed too late changes nothing"


async def test_a_stop_that_comes_while_an_owner_steps_down_holds_and_cuts_nothing_short(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, may_end, left = asyncio.Event(), asyncio.Event(), list[bool]()

    async def serve(process: Process, holding: Holding) -> None:
        process.owns, process.holding = True, holding
        try:
            await asyncio.Event().wait()
        finally:
            leaving.set()
            await may_end.wait()
            left.append(True)

    monkeypatch.setattr(Process, "_serve", serve)
    one = start("one")
    await one.until(lambda: one.owns)
    assert one.holding is not None
    one.holding.step_down()
    await asyncio.wait_for(leaving.wait(), PATIENCE_S)
    stopping = asyncio.create_task(one.stop())
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.wait_for(stopping, PATIENCE_S)
    assert left == [True] and one._turns.cancelled()


async def test_the_lease_is_kept_while_a_standby_shuts_its_doors(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slowly(agi: FastAgiServer) -> None:
        await asyncio.sleep(2.5)  # its grace is longer than a lease

    one = start("one")
    await one.until(lambda: one.owns)
    monkeypatch.setattr(FastAgiServer, "close", slowly)
    two, three = start("two"), start("three")
    await two.until_standing_by()
    await three.until_standing_by()
    await one.stop()
    await two.until(lambda: two.owns or three.owns)
    assert len(two.tokens + three.tokens) == 1
    await asyncio.sleep(0.5)
    assert two.owns != three.owns and newest_token_of(two) == (two.tokens + three.tokens)[0] == one.tokens[0] + 1


@pytest.mark.parametrize("where", ["store", "redis"])
async def test_a_stop_while_the_lease_is_taken_gives_it_back(
    start: Start, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    reached, goes_on = threading.Event(), threading.Event()
    closed: list[Store] = []

    def hangs(url: str, *, idle_s: float | None) -> Store:
        store = open_store(url, idle_s=idle_s)
        if where == "store":
            reached.set()
            goes_on.wait(PATIENCE_S)
        return store

    def take(door: Door, newer_than: int) -> int | None:
        token = taken(door, newer_than)
        if where == "redis":
            reached.set()
            goes_on.wait(PATIENCE_S)
        return token

    taken = Door.take
    monkeypatch.setattr(taking, "open_store", hangs)
    monkeypatch.setattr(Door, "take", take)
    close = Store.close

    def closes(store: Store) -> None:
        closed.append(store)
        close(store)

    monkeypatch.setattr(Store, "close", closes)
    one = start("one")
    await one.until(reached.is_set)
    stopping = asyncio.create_task(one.stop())
    await asyncio.sleep(0.1)
    goes_on.set()
    await asyncio.wait_for(stopping, PATIENCE_S)
    await until(lambda: closed)
    assert one.settings.redis is not None
    seen = Door(one.settings.redis, whereabouts(one.settings)).stand_by()
    assert seen.owner is None and not one.owns and not one.tokens
    assert seen.given_back == (where == "redis")


def newest_token_of(process: Process) -> int:
    store = open_store(process.settings.store)
    assert process.settings.redis is not None
    try:
        return newest_token(store, process.settings.redis.domain)
    finally:
        store.close()
