"""The other sides of a lab's Asterisk in tests: callers and phones by SIPp, a scripted engine, a witness."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.waiting import until

CALLER = Path(__file__).resolve().parent / "caller.xml"


class AgiSession:
    """One AGI connection of a scripted engine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.env: dict[str, str] = {}

    async def read_environment(self) -> None:
        while line := (await self.reader.readline()).decode().strip():
            key, _, value = line.partition(": ")
            self.env[key] = value

    @property
    def args(self) -> dict[str, str]:
        words = [value for key, value in self.env.items() if key.startswith("agi_arg_")]
        return {key: unquote(value) for key, _, value in (word.partition("=") for word in words)}

    @property
    def path(self) -> str:
        return self.env["agi_network_script"]

    async def command(self, text: str) -> str:
        self.writer.write(text.encode() + b"\n")
        return (await self.reader.readline()).decode().strip()


Script = Callable[[AgiSession, int], Awaitable[None]]


class ScriptedEngine:
    """A FastAGI server that does what `script(session, number of the session)` says, then closes the connection."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.sessions: list[AgiSession] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = AgiSession(reader, writer)
        await session.read_environment()
        self.sessions.append(session)
        try:
            await self.script(session, len(self.sessions))
        finally:
            writer.close()

    @classmethod
    @asynccontextmanager
    async def listening(cls, address: str, script: Script) -> AsyncIterator["ScriptedEngine"]:
        engine = cls(script)
        host, port = address.rsplit(":", 1)
        server = await asyncio.start_server(engine._serve, host, int(port))
        try:
            yield engine
        finally:
            server.close()


@asynccontextmanager
async def sipp(lab: dict[str, Any], folder: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A SIPp for the length of a block."""
    process = await asyncio.create_subprocess_exec(
        *lab["sipp"], *words, "-nostdin", cwd=folder, env={**os.environ, "TERM": "dumb"},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def caller(
    lab: dict[str, Any], folder: Path, dialled: str, *, from_: str = "4930123", host: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A SIP caller from trunk1 (or from `host`); its process ends with 0 when it was answered and then hung up."""
    node = lab["nodes"][0]
    words = ("-sf", str(CALLER), "-i", host or f"{lab['base']}.151", "-p", "5062", "-m", "1", "-s", dialled)
    async with sipp(lab, folder, f"{node['host']}:{node['sip_port']}", *words, "-key", "from", from_) as process:
        yield process


class Witness:
    """A bare AMI client: sends actions, collects events."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.packets: list[dict[str, str]] = []

    @classmethod
    @asynccontextmanager
    async def of(cls, node: dict[str, Any], user: str = "witness") -> AsyncIterator["Witness"]:
        reader, writer = await asyncio.open_connection(node["host"], node["ami_port"])
        witness = cls(reader, writer)
        secret = node["ami_secret"] if user == node["ami_user"] else node["witness_secret"]
        reading = asyncio.create_task(witness._read())
        witness.send(Action="Login", Username=user, Secret=secret)
        await until(lambda: witness.events("FullyBooted"))
        try:
            yield witness
        finally:
            reading.cancel()
            writer.close()

    async def _read(self) -> None:
        packet: dict[str, str] = {}
        while line := await self.reader.readline():
            key, _, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
            if key:
                packet[key] = value
            elif packet:
                self.packets.append(packet)
                packet = {}

    def send(self, **fields: str) -> None:
        self.writer.write("".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n")

    def events(self, name: str) -> list[dict[str, str]]:
        return [packet for packet in self.packets if packet.get("Event") == name]
