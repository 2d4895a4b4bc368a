"""How old is news when it reaches a viewer? Many WebSockets in a process of their own, started by bench/wall.py.

An agent's row says since when he does what he does, by the engine's clock, which is this machine's: what has passed
since then is how old the news is. One viewer reads nothing at all, as a screen does whose browser hangs. Ends with its
standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from typing import Any

import aiohttp
import msgspec
import uvloop

from cti import machine

TOPICS = "queues,agents,calls,status"
JOIN_GAP_S = 0.05


class Viewers:
    """What all of them have heard. A message that many got is read once."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self.messages = self.bytes = self.snapshots = self.changes = 0
        self._newest: tuple[str, list[float]] = ("", [])

    def hear(self, text: str) -> None:
        now = time.time()
        self.messages += 1
        self.bytes += len(text)
        if text.startswith('{"type":"snapshot"'):
            self.snapshots += 1
        elif text.startswith('{"type":"change"'):
            self.late_ms += [(now - since) * 1000 for since in self._since(text)]

    def _since(self, text: str) -> list[float]:
        if self._newest[0] != text:
            message = msgspec.json.decode(text)
            rows = message["topics"].get("agents", {}).get("set", {}).values()
            self._newest = (text, [row["since"] for row in rows if row.get("since") is not None])
            self.changes += sum(map(_rows, message["topics"].values()))
        return self._newest[1]

    def told(self) -> dict[str, Any]:
        """Return the figures since the last time, and begin anew."""
        late = sorted(self.late_ms)
        found = {
            "p50_ms": _of(late, 0.5),
            "p99_ms": _of(late, 0.99),
            "max_ms": round(late[-1], 1) if late else None,
            "heard": len(late),
            "messages": self.messages,
            "bytes": self.bytes,
            "rows": self.changes,
            "snapshots": self.snapshots,
        }
        self.__init__()  # type: ignore[misc]
        return found


def _rows(change: dict[str, Any]) -> int:
    return len(change.get("set", ())) + len(change.get("gone", ()))


def _of(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else None


async def look(http: aiohttp.ClientSession, base: str, headers: dict[str, str], viewers: Viewers) -> None:
    """One viewer, until he is stopped or sent away."""
    socket = await _open(http, base, headers)
    async for message in socket:
        viewers.hear(message.data)


async def freeze(http: aiohttp.ClientSession, base: str, headers: dict[str, str]) -> None:
    """Open the socket and read nothing."""
    socket = await _open(http, base, headers)
    transport = socket._response.connection.transport  # type: ignore[union-attr]
    transport.pause_reading()  # type: ignore[union-attr]
    await asyncio.Event().wait()


async def _open(http: aiohttp.ClientSession, base: str, headers: dict[str, str]) -> aiohttp.ClientWebSocketResponse:
    async with http.post(f"{base}/live/tickets", json={}, headers=headers) as response:
        response.raise_for_status()
        ticket = (await response.json())["ticket"]
    return await http.ws_connect(
        f"{base}/live",
        params={"ticket": ticket, "topics": TOPICS},
        max_msg_size=0,
        headers={"Origin": headers["Origin"]},
    )


async def run(options: argparse.Namespace) -> None:
    """Sign in, open the sockets; each line on standard input asks for the figures since the one before."""
    base = f"{options.address}/api/v1"
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        origin = {"Origin": options.address}
        who = {"name": "admin", "password": options.password}
        async with http.post(f"{base}/sign-in", json=who, headers=origin) as response:
            response.raise_for_status()
            headers = {**origin, "X-CSRF-Token": (await response.json())["csrf"]}
        viewers = Viewers()
        looking = []
        for _ in range(options.viewers):
            looking.append(asyncio.create_task(look(http, base, headers, viewers)))
            await asyncio.sleep(JOIN_GAP_S)
        frozen = [asyncio.create_task(freeze(http, base, headers)) for _ in range(options.frozen)]
        print(json.dumps({"joined": len(looking)}), flush=True)
        while await reader.readline():
            gone = sum(task.done() for task in looking)
            print(json.dumps({**viewers.told(), "gone": gone}), flush=True)
        for task in (*looking, *frozen):
            task.cancel()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.wall_viewers")
    parser.add_argument("--address", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--viewers", type=int, required=True)
    parser.add_argument("--frozen", type=int, required=True)
    machine.raise_file_limit()
    uvloop.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
