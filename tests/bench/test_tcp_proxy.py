"""The bad line on loopback: each way of being bad does what it says, and an open one changes no byte."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.tcp_proxy import CRUMB_BYTES, Line, TcpProxy, crumbs

pytestmark = [pytest.mark.contract, pytest.mark.timeout(60)]

HOST = "127.0.21.77"
PATIENCE_S = 30.0


class Echo:
    """Says back what it hears, and keeps it."""

    def __init__(self) -> None:
        self.heard = b""
        self.pieces = 0
        self.gone = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                self.heard += data
                self.pieces += 1
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
            self.gone.set()


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[TcpProxy]:
    server = await asyncio.start_server(echo, HOST, 0)
    between = await TcpProxy((HOST, 0), (HOST, server.sockets[0].getsockname()[1]), seed=1).start()
    try:
        yield between
    finally:
        await between.close()
        server.close()


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def hear(self, count: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(count), PATIENCE_S)

    async def is_cut(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(1), PATIENCE_S) == b""
        except ConnectionResetError:
            return True


async def connect(proxy: TcpProxy) -> Client:
    return Client(*await asyncio.open_connection(HOST, proxy.port))


async def until(condition: asyncio.Event) -> None:
    await asyncio.wait_for(condition.wait(), PATIENCE_S)


@given(data=st.binary(max_size=200), seed=st.integers(0, 99))
def test_crumbs_are_the_same_bytes(data: bytes, seed: int) -> None:
    pieces = list(crumbs(data, random.Random(seed)))
    assert b"".join(pieces) == data
    assert all(1 <= len(piece) <= CRUMB_BYTES for piece in pieces)


@pytest.mark.parametrize("line", [Line.OPEN, Line.SLOW, Line.LATE, Line.SPLIT])
async def test_every_byte_comes_and_the_end_does_too(proxy: TcpProxy, echo: Echo, line: Line) -> None:
    proxy.bytes_per_s, proxy.late_s = 20_000.0, 0.05
    proxy.turn(line)
    client, said = await connect(proxy), random.Random(2).randbytes(3000)
    client.writer.write(said)
    assert await client.hear(len(said)) == said == echo.heard
    client.writer.write_eof()
    assert await client.is_cut()
    await until(echo.gone)
    assert echo.pieces > 1 or line in (Line.OPEN, Line.LATE)


async def test_late_is_late_and_slow_is_slow(proxy: TcpProxy) -> None:
    """At least: how much longer is the machine's."""
    now = asyncio.get_running_loop().time
    proxy.bytes_per_s, proxy.late_s = 1000.0, 0.2
    for line, least_s in ((Line.LATE, 0.4), (Line.SLOW, 0.2)):
        proxy.turn(line)
        client, began = await connect(proxy), now()
        client.writer.write(b"x" * 300)
        await client.hear(300)
        assert now() - began >= least_s
        client.writer.close()


async def test_a_cut_resets_and_refuses_until_it_is_open_again(proxy: TcpProxy, echo: Echo) -> None:
    client = await connect(proxy)
    client.writer.write(b"one")
    assert await client.hear(3) == b"one"
    proxy.turn(Line.CUT)
    assert await client.is_cut()
    await until(echo.gone)
    assert await (await connect(proxy)).is_cut()
    proxy.turn(Line.OPEN)
    again = await connect(proxy)
    again.writer.write(b"two")
    assert await again.hear(3) == b"two"
    assert echo.heard == b"onetwo"


async def test_a_half_open_line_swallows_and_closes_nothing(proxy: TcpProxy, echo: Echo) -> None:
    before = await connect(proxy)
    before.writer.write(b"one")
    await before.hear(3)
    proxy.turn(Line.DEAF)
    during = await connect(proxy)
    for client in (before, during):
        client.writer.write(b"lost")
        await client.writer.drain()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.reader.read(1), 0.2)
    proxy.turn(Line.OPEN)
    assert await before.is_cut() and await during.is_cut(), "bytes of both are missing: neither can go on"
    after = await connect(proxy)
    after.writer.write(b"two")
    assert await after.hear(3) == b"two"
    assert echo.heard == b"onetwo"


async def test_who_said_nothing_meanwhile_goes_on(proxy: TcpProxy) -> None:
    quiet = await connect(proxy)
    quiet.writer.write(b"one")
    await quiet.hear(3)
    proxy.turn(Line.DEAF)
    proxy.turn(Line.OPEN)
    quiet.writer.write(b"two")
    assert await quiet.hear(3) == b"two"


async def test_nobody_there_is_an_end_for_the_client(proxy: TcpProxy) -> None:
    proxy.target = (HOST, 1)
    assert await (await connect(proxy)).is_cut()


async def test_closing_leaves_no_connection(proxy: TcpProxy) -> None:
    client = await connect(proxy)
    client.writer.write(b"x")
    await client.hear(1)
    assert proxy.open_connections == 1
    await proxy.close()
    assert await client.is_cut()
    assert proxy.open_connections == 0
