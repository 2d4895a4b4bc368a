"""How old is news when it reaches a viewer? Many WebSockets in a process of their own, started by bench/wall.py.

An agent's row says since when he does what he does, by the engine's clock, which is this machine's: what has passed
since then is how old the news is. One viewer reads nothing at all, as a screen does whose browser hangs. A viewer here
is as little as can be, so that it is the engine that is measured: frames are cut, and what all got is read once.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import re
import socket
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
import uvloop

from bench.percentiles import quantile
from cti import machine

TOPICS = "queues,agents,calls,status"
JOIN_GAP_S = 0.05
OF_ONE_TOKEN = 15  # the engine lets each have 20
SMALL_BUFFER_BYTES = 4096  # of the one who does not read: else the kernel would read for him for minutes
KEPT = 200
PING = 0x89
PONG = bytes((0x8A, 0x80, 0, 0, 0, 0))  # masked, as a client's frames are, and empty
SEQ = re.compile(rb'"seq":(\d+)')


class Heard:
    """What all viewers have heard since the last time somebody asked."""

    def __init__(self) -> None:
        self._read: dict[bytes, list[float]] = {}
        self.begin()

    def begin(self) -> None:
        self.late_ms: list[float] = []
        self.sent_ms: list[float] = []  # until the engine wrote it: the part that is not the viewers' own
        self.messages = self.bytes = self.snapshots = self.changes = 0

    def message(self, payload: bytes) -> None:
        now = time.time()
        self.messages += 1
        self.bytes += len(payload)
        if payload.startswith(b'{"type":"change"'):
            self.late_ms += [(now - since) * 1000 for since in self._since(payload)]
        elif payload.startswith(b'{"type":"snapshot"'):
            self.snapshots += 1

    def _since(self, payload: bytes) -> list[float]:
        found = SEQ.search(payload, 0, 64)
        seq = b"" if found is None else found[1]
        if seq not in self._read:
            message = msgspec.json.decode(payload)
            topics = message["topics"]
            rows = topics.get("agents", {}).get("set", {}).values()
            self._read[seq] = [row["since"] for row in rows if row.get("since") is not None]
            self.sent_ms += [(message["at"] - since) * 1000 for since in self._read[seq]]
            self.changes += sum(len(each.get("set", ())) + len(each.get("gone", ())) for each in topics.values())
            if len(self._read) > KEPT:
                del self._read[next(iter(self._read))]
        return self._read[seq]

    def told(self) -> dict[str, Any]:
        """Return the figures, and begin anew."""
        late = sorted(self.late_ms)  # once: millions, and three figures of them
        found = {
            "p50_ms": _of(late, 0.5),
            "p99_ms": _of(late, 0.99),
            "max_ms": _of(late, 1.0),
            "sent_p99_ms": _of(self.sent_ms, 0.99),
            "messages": self.messages,
            "bytes": self.bytes,
            "rows": self.changes,
            "snapshots": self.snapshots,
        }
        self.begin()
        return found


def _of(values: list[float], share: float) -> float | None:
    return round(quantile(values, share), 1) if values else None


class Viewer(asyncio.Protocol):
    """One WebSocket: it cuts the frames of a server (RFC 6455, 5.2) and answers pings."""

    def __init__(self, heard: Heard, ask: bytes, *, reads: bool) -> None:
        self._heard, self._ask, self._reads = heard, ask, reads
        self._buffer = bytearray()
        self._is_open = self.is_gone = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        assert self.transport is not None
        self.transport.write(self._ask)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                raise RuntimeError("the engine opens no WebSocket")
            del self._buffer[: end + 4]
            self._is_open = True
            if not self._reads and self.transport is not None:
                self.transport.pause_reading()
        self._cut()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_gone = True

    def _cut(self) -> None:
        while len(self._buffer) >= 2:
            size, begin = self._buffer[1], 2
            if size >= 126:
                begin = 4 if size == 126 else 10
                if len(self._buffer) < begin:
                    return
                size = int.from_bytes(self._buffer[2:begin], "big")
            if len(self._buffer) < begin + size:
                return
            if self._buffer[0] == 0x81:
                self._heard.message(bytes(self._buffer[begin : begin + size]))
            elif self._buffer[0] == PING and self.transport is not None:
                self.transport.write(PONG)
            del self._buffer[: begin + size]


class Crowd:
    """Who looks, and the one who does not read."""

    def __init__(self, http: aiohttp.ClientSession, address: str, headers: dict[str, str], heard: Heard) -> None:
        self._http, self._address, self._headers, self._heard = http, address, headers, heard
        self._shown = headers
        self.looking: list[Viewer] = []
        self.frozen: list[Viewer] = []

    async def take_token(self, name: str) -> None:
        """Those who join from now on show a new token."""
        asked = {"name": name, "role": "api"}
        async with self._http.post(f"{self._address}/api/v1/tokens", json=asked, headers=self._headers) as response:
            response.raise_for_status()
            self._shown = {"Authorization": f"Bearer {(await response.json())['token']}"}

    async def join(self, *, reads: bool) -> None:
        """One more, with a ticket of his own."""
        async with self._http.post(f"{self._address}/api/v1/live/tickets", json={}, headers=self._shown) as response:
            response.raise_for_status()
            ticket = (await response.json())["ticket"]
        place = urlsplit(self._address)
        key = base64.b64encode(os.urandom(16)).decode()
        ask = (
            f"GET /api/v1/live?ticket={ticket}&topics={TOPICS} HTTP/1.1\r\nHost: {place.netloc}\r\n"
            f"Origin: {self._address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()
        viewer = Viewer(self._heard, ask, reads=reads)
        line = socket.socket()
        if not reads:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        line.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, (place.hostname or "", place.port or 0))
        await loop.create_connection(lambda: viewer, sock=line)
        (self.looking if reads else self.frozen).append(viewer)

    async def frozen_gone(self) -> int:
        """How many of those who do not read were sent away: they see it when they read again."""
        for viewer in self.frozen:
            if viewer.transport is not None and not viewer.is_gone:
                viewer.transport.resume_reading()
        await asyncio.sleep(1.0)
        return sum(viewer.is_gone for viewer in self.frozen)


async def run(options: argparse.Namespace) -> None:
    """Sign in, open the sockets; a line `figures` on standard input asks for them, `frozen` who was sent away."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        origin = {"Origin": options.address}
        who = {"name": "admin", "password": options.password}
        async with http.post(f"{options.address}/api/v1/sign-in", json=who, headers=origin) as response:
            response.raise_for_status()
            headers = {**origin, "X-CSRF-Token": (await response.json())["csrf"]}
        heard = Heard()
        crowd = Crowd(http, options.address, headers, heard)
        for number in range(options.viewers + options.frozen):
            if number % OF_ONE_TOKEN == 0:
                await crowd.take_token(f"wall{number}")
            await crowd.join(reads=number >= options.frozen)
            await asyncio.sleep(JOIN_GAP_S)
        print(json.dumps({"joined": len(crowd.looking)}), flush=True)
        while line := await reader.readline():
            if line.strip() == b"frozen":
                print(json.dumps({"frozen_sent_away": await crowd.frozen_gone()}), flush=True)
            else:
                gone = sum(viewer.is_gone for viewer in crowd.looking)
                print(json.dumps({**heard.told(), "gone": gone}), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.wall_viewers")
    parser.add_argument("--address", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--viewers", type=int, required=True)
    parser.add_argument("--frozen", type=int, required=True)
    machine.raise_file_limit()
    machine.make_pauses_rare()
    uvloop.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
