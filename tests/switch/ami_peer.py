"""A small Asterisk manager for the tests: it logs clients in, remembers every action, and misbehaves when asked to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.waiting import PATIENCE_S

HOST = "127.0.21.1"
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"


class Peer:
    """One listening manager. `answers` maps the name of an action to what is sent back; None answers nothing."""

    def __init__(self) -> None:
        self.actions: list[dict[str, str]] = []
        self.connections: list[asyncio.StreamWriter] = []
        self.answers: dict[str, Callable[[dict[str, str]], bytes] | None] = {}
        self.secret = "secret"
        self.booted = True
        self.deaf = False
        self.ended = 0
        """Connections that the client has closed."""
        self.arrived = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.sleep(0)

    def cut(self) -> None:
        """Close every connection, as `core restart now` does."""
        for writer in self.connections:
            writer.close()
        self.connections.clear()

    def send(self, data: bytes) -> None:
        for writer in self.connections:
            writer.write(data)

    def named(self, name: str) -> list[dict[str, str]]:
        return [action for action in self.actions if action.get("Action") == name]

    async def until(self, name: str, count: int = 1) -> None:
        """Wait until that many actions of this name have arrived."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.named(name)) < count:
                self.arrived.clear()
                await self.arrived.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        writer.write(BANNER)
        try:
            while True:
                packet = await reader.readuntil(b"\r\n\r\n")
                lines = packet.decode().strip().split("\r\n")
                action = dict(line.split(": ", 1) for line in lines)
                self.actions.append(action)
                self.arrived.set()
                if not self.deaf:
                    writer.write(self._answer(action))
        except (asyncio.IncompleteReadError, OSError):
            self.ended += 1
        finally:
            writer.close()

    def _answer(self, action: dict[str, str]) -> bytes:
        name = action["Action"]
        if name in self.answers:
            answer = self.answers[name]
            return b"" if answer is None else answer(action)
        if name == "Login":
            if action["Secret"] != self.secret:
                return reply(action, "Error", Message="Authentication failed")
            return reply(action, Message="Authentication accepted") + (BOOTED if self.booted else b"")
        return reply(action)


def reply(action: dict[str, str], response: str = "Success", **fields: str) -> bytes:
    """A response packet to this action."""
    return packet(Response=response, ActionID=action["ActionID"], **fields)


def packet(**fields: str) -> bytes:
    """Any packet."""
    return "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n"
