"""How is a TCP line made bad on purpose? A proxy that can be cut, slowed, delayed, made half-open, or pass crumbs.

Knows bytes and nothing of what they say. It runs on the asyncio loop of whoever uses it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Iterator
from enum import StrEnum

CHUNK_BYTES = 65536
CRUMB_BYTES = 9  # the longest piece of a split line
CONNECT_S = 5.0
BACKLOG = 2000  # a thousand callers come back at the same time
QUEUED_MOST = 1000
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # socket(7): SO_LINGER with no time is a reset
SLICES_PER_S = 20  # a slow line passes so many portions in a second


class Line(StrEnum):
    """How the line is."""

    OPEN = "open"
    CUT = "cut"  # every connection is reset, and every new one, too
    SLOW = "slow"  # `bytes_per_s` in each direction of each connection
    LATE = "late"  # every byte comes `late_s` later, as many a second as ever
    DEAF = "deaf"  # half-open: what is sent is swallowed, new connections are accepted and lead nowhere
    SPLIT = "split"  # every byte at once, but in pieces of 1 to 9


def crumbs(data: bytes, lot: random.Random) -> Iterator[bytes]:
    """The same bytes in pieces of a random length, each at least one byte."""
    start = 0
    while start < len(data):
        end = start + lot.randint(1, CRUMB_BYTES)
        yield data[start:end]
        start = end


class _Pair:
    """One connection and its other half. `broken`: bytes of it were swallowed, so it can never be whole again."""

    def __init__(self, near: asyncio.StreamWriter) -> None:
        self.ends = [near]
        self.broken = False
        self.over = asyncio.Event()

    def reset(self) -> None:
        """Both sides see a reset."""
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            end.transport.abort()
        self.over.set()

    def close(self) -> None:
        for end in self.ends:
            end.close()
        self.over.set()


class TcpProxy:
    """Listens at one address and forwards to another; `turn` changes the line, for open connections, too."""

    def __init__(self, listen: tuple[str, int], target: tuple[str, int], seed: int = 0) -> None:
        self.listen, self.target = listen, target
        self.line = Line.OPEN
        self.bytes_per_s = 2000.0
        self.late_s = 0.5
        self._lot = random.Random(seed)
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> TcpProxy:
        self._server = await asyncio.start_server(self._take, *self.listen, limit=CHUNK_BYTES, backlog=BACKLOG)
        return self

    @property
    def port(self) -> int:
        """Where it listens, also when it was asked for port 0."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def open_connections(self) -> int:
        return len(self._pairs)

    def turn(self, line: Line) -> None:
        """From now on the line is so. After a half-open one, connections whose bytes were swallowed are reset."""
        self.line = line
        for pair in list(self._pairs):
            if line is Line.CUT or (pair.broken and line is not Line.DEAF):
                pair.reset()

    async def close(self) -> None:
        """Nobody is connected any more, and nobody can be."""
        if self._server is not None:
            self._server.close()
        self.turn(Line.CUT)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- one connection ---------------------------------------------------------------------------------------------

    def _take(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        pair = _Pair(near)
        if self.line is Line.CUT:
            pair.reset()
            return
        self._pairs.add(pair)
        task = asyncio.create_task(self._hold(pair, reader))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hold(self, pair: _Pair, reader: asyncio.StreamReader) -> None:
        try:
            await self._serve(pair, reader)
        except (OSError, TimeoutError):
            pass
        finally:
            pair.close()
            self._pairs.discard(pair)

    async def _serve(self, pair: _Pair, reader: asyncio.StreamReader) -> None:
        if self.line is Line.DEAF:
            pair.broken = True
            while await reader.read(CHUNK_BYTES):
                pass
            return
        async with asyncio.timeout(CONNECT_S):
            far_reader, far = await asyncio.open_connection(*self.target, limit=CHUNK_BYTES)
        pair.ends.append(far)
        if pair.over.is_set():
            pair.reset()
            return
        async with asyncio.TaskGroup() as both:
            both.create_task(self._pass_on(pair, reader, far))
            both.create_task(self._pass_on(pair, far_reader, pair.ends[0]))

    async def _pass_on(self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction until its end, which is passed on, too."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sender = asyncio.create_task(self._send(pair, queue, writer))
        now = asyncio.get_running_loop().time
        try:
            with contextlib.suppress(OSError):
                while not sender.done() and (data := await reader.read(self._portion())):
                    queue.put_nowait((now() + self._late_by_s, data))
                    while queue.qsize() > QUEUED_MOST and not sender.done():  # noqa: ASYNC110
                        await asyncio.sleep(1 / SLICES_PER_S)
            queue.put_nowait((now() + self._late_by_s, b""))
            await sender
        finally:
            sender.cancel()

    @property
    def _late_by_s(self) -> float:
        return self.late_s if self.line is Line.LATE else 0.0

    def _portion(self) -> int:
        return max(1, int(self.bytes_per_s / SLICES_PER_S)) if self.line is Line.SLOW else CHUNK_BYTES

    async def _send(self, pair: _Pair, queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        now = asyncio.get_running_loop().time
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - now()))
            if not data:
                if pair.broken:  # nobody hears that the other side has gone, either
                    await pair.over.wait()
                with contextlib.suppress(OSError):
                    writer.write_eof()
                return
            if self.line is Line.DEAF or pair.broken:
                pair.broken = True
                continue
            try:
                await self._write(data, writer)
            except OSError:
                pair.reset()
                return

    async def _write(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self.line is Line.SPLIT:
            for crumb in crumbs(data, self._lot):
                writer.write(crumb)  # asyncio sets TCP_NODELAY: each is a packet, as long as the peer reads
                await writer.drain()
                await asyncio.sleep(0)
            return
        writer.write(data)
        await writer.drain()
        if self.line is Line.SLOW:
            await asyncio.sleep(len(data) / self.bytes_per_s)
