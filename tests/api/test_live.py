"""The live socket from outside: tickets, snapshots, changes, resume."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from aiohttp import web

from cti.api import live
from cti.api.live import NOT_SIGNED_IN, LiveSocket
from cti.api.live_hub import LiveHub
from cti.api.serving import limit_connections, serve_tcp
from cti.api.web_guard import Entrance, who
from cti.metrics.boards import Boards
from cti.metrics.live import LiveView
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId
from cti.people.person import Person
from cti.people.rights import Role
from cti.people.sessions import SignedIn
from tests.metrics.streams import CENTER
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract

ORIGIN = "http://cti.example.org"


class FakeSessions:
    """Everybody is signed in until the test says otherwise."""

    def __init__(self) -> None:
        self.person: Person | None = Person("eva", Role.SUPERVISOR)
        self.is_away = False

    def by_session(self, secret: str, now: float) -> SignedIn | None:
        if self.is_away:
            raise OSError("the store")
        return None if self.person is None else SignedIn(self.person, secret)

    by_token = by_session


class Scene:
    def __init__(self) -> None:
        self.now = 1000.0
        self.sessions = FakeSessions()
        self.view = LiveView(CENTER, ["node1"])
        self.boards = Boards(self.view)
        self.hub = LiveHub(self.boards, lambda: self.now, build="pages-1")
        socket = LiveSocket(self.hub, self.sessions, lambda: CENTER, lambda: self.now)  # type: ignore[arg-type]
        self.app = web.Application(middlewares=[self._signed_in])
        limit_connections(self.app, request_timeout_s=0.3)
        socket.add_routes(self.app, Entrance((ORIGIN,)))
        for path in ("/users/{name}/lock", "/tokens/{number}", "/me/password"):
            self.app.router.add_post(f"/api/v1{path}", self._changed)
        self.http: aiohttp.ClientSession
        self.base = ""

    @web.middleware
    async def _signed_in(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.sessions.person is not None:
            request[who] = SignedIn(self.sessions.person, "secret")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _changed(self, _request: web.Request) -> web.Response:
        self.sessions.person = None
        return web.Response()

    async def ticket(self) -> str:
        async with self.http.post(f"{self.base}/live/tickets") as response:
            return str((await response.json())["ticket"])

    async def open(self, ticket: str, topics: str = "agents,status", **more: Any) -> aiohttp.ClientWebSocketResponse:
        return await self.http.ws_connect(f"{self.base}/live", params={"ticket": ticket, "topics": topics}, **more)

    def tell(self, status: str) -> None:
        anna = AgentId("anna")
        changed = Changed(Kind.STATUS, anna, "logged_out", status, self.now, "Test", agent=anna)
        self.view.apply(changed)
        self.boards.apply(changed)


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    runner = await serve_tcp(scene.app, "127.0.0.1", 0)
    try:
        scene.base = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1"
        async with aiohttp.ClientSession() as scene.http:
            yield scene
    finally:
        await runner.cleanup()


async def message(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return msgspec.json.decode((await socket.receive(timeout=5)).data)


async def test_a_ticket_opens_the_socket_with_a_snapshot_and_then_changes_come(scene: Scene) -> None:
    socket = await scene.open(await scene.ticket())
    snapshot = await message(socket)
    assert snapshot["type"] == "snapshot"
    assert set(snapshot["topics"]) == {"agents", "status"}
    scene.tell("available")
    scene.hub.tick()
    change = await message(socket)
    while change["type"] == "pulse":
        change = await message(socket)
    assert change["topics"]["agents"]["set"]["anna"]["status"] == "available"


async def test_it_outlives_the_time_a_request_may_take(scene: Scene) -> None:
    socket = await scene.open(await scene.ticket())
    await message(socket)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.4):  # more than request_timeout_s above
            while True:
                await socket.receive()
    scene.hub.tick()
    scene.tell("available")
    scene.hub.tick()
    assert (await socket.receive(timeout=5)).type == aiohttp.WSMsgType.TEXT


@pytest.mark.parametrize(
    ("how", "status"),
    [("none", 401), ("twice", 401), ("old", 401), ("elsewhere", 403), ("unknown topics", 400)],
)
async def test_without_a_good_ticket_nobody_sees_anything(scene: Scene, how: str, status: int) -> None:
    ticket = "" if how == "none" else await scene.ticket()
    if how == "twice":
        await scene.open(ticket)
    if how == "old":
        scene.now += live.TICKET_S
    origin = "http://elsewhere.example" if how == "elsewhere" else ORIGIN
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await scene.open(ticket, "gossip" if how == "unknown topics" else "queues", origin=origin)
    assert refused.value.status == status


async def test_whose_session_ends_is_sent_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_S", 0.05)
    socket = await scene.open(await scene.ticket())
    await message(socket)
    scene.sessions.person = None
    while (heard := await socket.receive(timeout=5)).type == aiohttp.WSMsgType.TEXT:
        pass
    assert (heard.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, NOT_SIGNED_IN)


async def test_where_nobody_can_say_who_he_is_he_is_asked_to_come_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_S", 0.05)
    socket = await scene.open(await scene.ticket())
    await message(socket)
    scene.sessions.is_away = True
    while (heard := await socket.receive(timeout=5)).type == aiohttp.WSMsgType.TEXT:
        pass
    assert (heard.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.TRY_AGAIN_LATER)


@pytest.mark.parametrize("path", ["/users/eva/lock", "/tokens/1", "/me/password"])
async def test_who_is_locked_or_removed_is_sent_away_at_once_and_his_ticket_ends(scene: Scene, path: str) -> None:
    socket, unused = await scene.open(await scene.ticket()), await scene.ticket()
    await message(socket)
    async with scene.http.post(f"{scene.base}{path}"):
        pass
    while (heard := await socket.receive(timeout=3)).type == aiohttp.WSMsgType.TEXT:
        pass
    assert (heard.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, NOT_SIGNED_IN)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await scene.open(unused)


async def test_whose_rights_change_sees_what_he_may_now(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_S", 0.05)
    socket = await scene.open(await scene.ticket(), "agents,calls")
    assert set((await message(socket))["topics"]) == {"agents", "calls"}
    scene.sessions.person = Person("eva", Role.WALL)
    snapshot = await message(socket)
    while snapshot["type"] == "pulse":
        snapshot = await message(socket)
    assert set(snapshot["topics"]) == {"agents"}


async def test_who_goes_is_forgotten(scene: Scene) -> None:
    socket = await scene.open(await scene.ticket())
    await message(socket)
    await socket.close()
    async with asyncio.timeout(PATIENCE_S):
        while scene.hub.viewers:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_tickets_are_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_TICKETS", 2)
    await scene.ticket()
    await scene.ticket()
    async with scene.http.post(f"{scene.base}/live/tickets") as response:
        assert response.status == 503
    scene.now += live.TICKET_S
    assert await scene.ticket()


async def test_one_person_takes_neither_all_places_nor_all_tickets(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_OF_ONE", 2)
    seen = [await scene.open(await scene.ticket()) for _ in range(2)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await scene.open(await scene.ticket())
    assert refused.value.status == 429
    await scene.ticket()
    await scene.ticket()
    async with scene.http.post(f"{scene.base}/live/tickets") as response:
        assert response.status == 429
    scene.sessions.person = Person("ben", Role.SUPERVISOR)
    await scene.open(await scene.ticket())
    scene.sessions.person = Person("eva", Role.SUPERVISOR)
    await seen[0].close()
    scene.now += live.TICKET_S
    await scene.open(await scene.ticket())
