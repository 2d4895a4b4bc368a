"""Peers that hang, drip, cut off and talk nonsense cost no more than the time that is given."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from cti.lookup.client import Lookups
from cti.model.lookups import Down, Why
from tests.lookup.shops import at, get

pytestmark = pytest.mark.contract


@asynccontextmanager
async def raw(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], **fields: Any
) -> AsyncIterator[Lookups]:
    tasks: list[asyncio.Task[None]] = []

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(run, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with at(f"http://127.0.0.1:{port}", **fields) as lookups:
        yield lookups
    for task in tasks:
        task.cancel()
    server.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def hang_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
    await asyncio.sleep(60)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close sends RST


async def cut_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"order"')
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"SSH-2.0-OpenSSH\r\n" * 3)
    await writer.drain()


async def endless_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b"X: " + b"y" * 1000 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("serve", "whys"),
    [
        (hang, {Why.TIMEOUT}),
        (hang_in_the_body, {Why.TIMEOUT}),
        (drip, {Why.TIMEOUT}),
        (reset, {Why.UNREACHABLE}),
        (cut_off, {Why.UNREACHABLE}),
        (nonsense, {Why.UNREACHABLE}),
        (endless_headers, {Why.UNREACHABLE, Why.TIMEOUT}),
    ],
)
async def test_bad_peers_cost_no_more_than_the_time_that_is_given(serve: Any, whys: set[Why]) -> None:
    async with raw(serve) as lookups:
        began = time.monotonic()
        answer = await lookups.ask(get())
        assert isinstance(answer, Down) and answer.why in whys
        assert time.monotonic() - began < 3.0  # 0.4 s were given; the rest is a slow machine
        assert lookups.counts["shop", "retried"] == 1


async def test_a_caller_who_leaves_blocks_nobody() -> None:
    async with raw(hang, timeout_s=30, max_at_once=1, give_up_after=1) as lookups:
        asking = asyncio.create_task(lookups.ask(get()))
        await asyncio.sleep(0.05)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert lookups.resting == []
