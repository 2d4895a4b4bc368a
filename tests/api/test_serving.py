"""What does a slow, silent or greedy peer cost? His own connection."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from cti.api import serving
from cti.api.serving import limit_connections, serve_tcp
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract

HOST = "127.0.24.1"
Start = Callable[[float, float], Awaitable[int]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    runners = []

    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async def fast(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    async def body(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def started(idle_limit_s: float, request_timeout_s: float) -> int:
        app = web.Application()
        limit_connections(app, idle_limit_s=idle_limit_s, request_timeout_s=request_timeout_s)
        app.router.add_get("/slow", slow)
        app.router.add_get("/", fast)
        app.router.add_post("/body", body)
        runners.append(await serve_tcp(app, HOST, 0))
        return int(runners[0].addresses[0][1])

    yield started
    for runner in runners:
        await runner.cleanup()


async def fetched(port: int, path: str = "/") -> int:
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}{path}") as response:
        return response.status


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1"])
async def test_a_peer_who_never_finishes_his_headers_is_cut_off(start: Start, sent: bytes) -> None:
    port = await start(0.2, 5.0)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(sent)
    with contextlib.suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
    writer.close()
    assert await fetched(port) == 200


async def test_an_answer_that_takes_too_long_is_a_408(start: Start) -> None:
    assert await fetched(await start(5.0, 0.05), "/slow") == 408


async def test_a_working_peer_is_not_cut_off_while_he_waits_for_his_answer(start: Start) -> None:
    assert await fetched(await start(0.05, 0.4), "/slow") == 408  # the answer came, long after the idle limit


async def test_silent_peers_above_the_limit_are_cut_off(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MAX_CONNECTIONS", 3)
    monkeypatch.setattr(serving, "SWEEP_S", 0.05)
    port = await start(60.0, 5.0)
    peers = [await asyncio.open_connection(HOST, port) for _ in range(5)]
    cut = asyncio.gather(*(asyncio.wait_for(peer[0].read(), PATIENCE_S) for peer in peers[3:]), return_exceptions=True)
    assert all(end == b"" or isinstance(end, ConnectionResetError) for end in await cut)
    assert not peers[0][0].at_eof()
    for _, writer in peers:
        writer.close()


async def test_peers_with_half_a_body_count_and_one_address_never_takes_all(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(serving, "PER_ADDRESS", 3)
    port = await start(60.0, 60.0)
    peers = []
    for _ in range(6):
        peers.append(await asyncio.open_connection(HOST, port))
        with contextlib.suppress(ConnectionError):
            peers[-1][1].write(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nx")
            await peers[-1][1].drain()
    for reader, _ in peers[3:]:
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
    assert not any(reader.at_eof() for reader, _ in peers[:3])
    elsewhere = aiohttp.TCPConnector(local_addr=("127.0.24.3", 0))
    async with aiohttp.ClientSession(connector=elsewhere) as session, session.get(f"http://{HOST}:{port}/") as found:
        assert found.status == 200
    for _, writer in peers:
        writer.close()
    gc.collect()  # a task that failed tells so when it is forgotten
    assert not caplog.records


async def test_who_has_his_answer_makes_room_for_who_comes(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PER_ADDRESS", 2)
    port = await start(60.0, 60.0)
    peers = []
    for _ in range(4):
        peers.append(await asyncio.open_connection(HOST, port))
        peers[-1][1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in await asyncio.wait_for(peers[-1][0].readuntil(b"here"), PATIENCE_S)
    for reader, _ in peers[:2]:
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
    assert not peers[2][0].at_eof() and not peers[3][0].at_eof()
    for _, writer in peers:
        writer.close()


async def test_connect_and_close_costs_nothing(start: Start) -> None:
    port = await start(5.0, 5.0)
    for _ in range(20):
        _, writer = await asyncio.open_connection(HOST, port)
        writer.transport.abort()
    assert await fetched(port) == 200


async def test_headers_without_end_are_refused(start: Start) -> None:
    port = await start(5.0, 5.0)
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000)
    with contextlib.suppress(ConnectionError):
        assert b" 400 " in await asyncio.wait_for(reader.readline(), PATIENCE_S)
    writer.close()
    assert await fetched(port) == 200
