"""How many calls are there now, and what do they cost? Asks Asterisk by AMI, the engine's /metrics, and /proc.

Knows no callers and decides nothing; what is read is handed out as numbers.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.processes import cpu_s, resident_bytes
from bench.scraping import Metrics, scrape, total

TIMEOUT_S = 20.0
COUNT_S = 9.0  # Asterisk lists its channels no more often than that
CALLERS = b"\r\nChannel: PJSIP/trunk"


@dataclass(frozen=True)
class Sample:
    """One look. `asterisk`: callers' channels by Asterisk's own list; `engine`: contacts in the engine's hands."""

    at: float  # epoch seconds
    asterisk: int | None  # None: not counted this time
    engine: int
    waiting: int
    engine_cpu_s: float
    engine_kib: int
    asterisk_cpu_s: float
    metrics: Metrics

    @property
    def both(self) -> int:
        """As many as both say; 0 where Asterisk was not asked."""
        return min(self.asterisk or 0, self.engine)


def together(looks: Sequence[Sample]) -> Sample:
    """What several engines and their nodes are in all; metrics are added, those of histograms too."""
    names = {name for look in looks for name in look.metrics}
    counted = [look.asterisk for look in looks if look.asterisk is not None]
    return Sample(
        at=max(look.at for look in looks),
        asterisk=sum(counted) if len(counted) == len(looks) else None,
        engine=sum(look.engine for look in looks),
        waiting=sum(look.waiting for look in looks),
        engine_cpu_s=sum(look.engine_cpu_s for look in looks),
        engine_kib=sum(look.engine_kib for look in looks),
        asterisk_cpu_s=sum(look.asterisk_cpu_s for look in looks),
        metrics={name: sum(look.metrics.get(name, 0.0) for look in looks) for name in names},
    )


def peak(samples: Sequence[Sample], calls: int) -> tuple[Sample, Sample] | None:
    """The first and the last look at which there were `calls` by both counts; None where there are not two."""
    full = [sample for sample in samples if sample.both >= calls]
    return (full[0], full[-1]) if len(full) > 1 else None


class Console:
    """An AMI connection of our own to one node, beside the engine's."""

    def __init__(self, node: Mapping[str, Any]) -> None:
        self._node = node
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._node["host"], self._node["ami_port"])
        await self._reader.readline()
        words = {"Username": self._node["witness_user"], "Secret": self._node["witness_secret"], "Events": "off"}
        answer = await self.ask("Login", words)
        if answer.get("Response") != "Success":
            raise ConnectionError(f"{self._node['name']} refuses the witness of the lab")

    async def ask(self, action: str, words: Mapping[str, str] | None = None) -> dict[str, str]:
        """The answer to an action; events that come meanwhile are passed over."""
        lines = [f"Action: {action}", "ActionID: load", *(f"{key}: {value}" for key, value in (words or {}).items())]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                block = (await self._reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
                answer = dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line)
                if "Response" in answer:
                    return answer

    async def callers(self) -> int:
        """Callers' channels, one by one: CoreStatus counts agents' legs as calls too [measured]."""
        await self.ask("CoreShowChannels")
        found, rest = 0, b""
        async with asyncio.timeout(TIMEOUT_S):
            while b"CoreShowChannelsComplete" not in rest:
                data = rest[-40:] + await self._reader.read(1 << 16)
                if len(data) <= 40:
                    raise ConnectionError("Asterisk closed the AMI connection")
                found += data.count(CALLERS) - rest[-40:].count(CALLERS)
                rest = data
            if not rest.endswith(b"\r\n\r\n"):
                await self._reader.readuntil(b"\r\n\r\n")
        return found

    def close(self) -> None:
        self._writer.close()


class Gauges:
    """Everything that is looked at again and again."""

    def __init__(self, nodes: Sequence[Mapping[str, Any]], engine_pid: int, http: str) -> None:
        self._consoles = [Console(node) for node in nodes]
        self._pids = [int(node["pid"]) for node in nodes]
        self._engine_pid, self._http = engine_pid, http
        self._counted_at = 0.0

    async def __aenter__(self) -> Gauges:
        for console in self._consoles:
            await console.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        for console in self._consoles:
            with contextlib.suppress(Exception):
                console.close()

    async def look(self) -> Sample:
        """Now."""
        metrics, callers = await asyncio.to_thread(scrape, self._http), None
        if time.monotonic() >= self._counted_at + COUNT_S:
            self._counted_at = time.monotonic()
            callers = await self._count()
        return Sample(
            at=time.time(),
            asterisk=callers,
            engine=int(total(metrics, "cti_calls_active")),
            waiting=int(total(metrics, "cti_queue_waiting")),
            engine_cpu_s=cpu_s(self._engine_pid),
            engine_kib=resident_bytes(self._engine_pid) // 1024,
            asterisk_cpu_s=sum(cpu_s(pid) for pid in self._pids),
            metrics=metrics,
        )

    async def _count(self) -> int | None:
        """All nodes' callers; None where one does not answer in time: then its next answer would be the last one's."""
        try:
            return sum([await console.callers() for console in self._consoles])
        except (OSError, EOFError):  # TimeoutError is an OSError
            for console in self._consoles:
                console.close()
                with contextlib.suppress(OSError, EOFError):
                    await console.open()
            return None
