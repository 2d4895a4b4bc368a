"""How do real phones call and answer? One SIPp for the agents' phones, one for the callers of every half minute.

Knows SIPp's words and the scenarios beside this file; who calls when is plan.py's.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cti.demo.breaks import Breaks, Errand
from cti.demo.children import Child
from cti.demo.fingers import Fingers
from cti.demo.outcomes import Tally, tally
from cti.demo.plan import WITH_FLOW, Caller, waves
from cti.demo.sipp_program import QUIT, said_in, sipp
from cti.demo.sipp_town import Town

WAVE_S = 30.0
AGENTS_PORT, CALLERS_PORT, FEATURE_PORT, PORTS = 5080, 6000, 6600, 500


@dataclass(frozen=True)
class PhoneSide:
    """Where phones and callers are, and whom they call. Callers come from the trunks' addresses in turn."""

    sipp: tuple[str, ...]
    target: str  # HOST:PORT of Asterisk's SIP
    phones_host: str
    trunk_hosts: tuple[str, ...]
    password: str = ""  # of every agent's phone, where they are asked for one

    @classmethod
    def of_lab(cls, descriptor: Mapping[str, Any]) -> PhoneSide:
        """The phones of a lab's first node. `descriptor` is what `asterisk/lab up --json` says."""
        node = descriptor["nodes"][0]
        return cls(
            sipp=tuple(descriptor["sipp"]),
            target=f"{node['host']}:{node['sip_port']}",
            phones_host=f"{descriptor['base']}.200",
            trunk_hosts=tuple(trunk["identify_ip"] for trunk in descriptor["trunks"]),
        )


class SippTraffic:
    """Phones and callers; `folder` takes their records, `queue_log` is the engine's (None: nobody counts).

    `rates`: calls a minute for each number; `called`: the engine calls people, too, and here they are.
    """

    def __init__(
        self,
        side: PhoneSide,
        folder: Path,
        queue_log: Path | None,
        seed: int,
        rates: Mapping[str, float] = WITH_FLOW,
        *,
        called: bool = False,
    ) -> None:
        self._side = side
        self._folder = folder
        self._queue_log = queue_log
        self._waves = enumerate(waves(random.Random(seed), WAVE_S, rates))
        self._fingers = Fingers(side.target.rpartition(":")[0])
        self._alone: set[str] = set()  # numbers of callers who need nobody
        self._asks: set[str] = set()  # numbers of those who would rather be called back
        self._town = Town(side.sipp, side.trunk_hosts, folder) if called else None
        self._following: asyncio.Task[None] | None = None
        self._breaks = Breaks(random.Random(seed + 1))
        self._began_at = 0.0
        self._begun = 0
        self._agents: Child | None = None
        self._callers: list[Child] = []
        self._errands: list[Child] = []
        self._errand_count = 0

    async def start(self) -> None:
        self._began_at = time.monotonic()
        self._following = asyncio.get_running_loop().create_task(self._fingers.follow())
        words = ("-i", self._side.phones_host, "-mi", self._side.phones_host, "-p", str(AGENTS_PORT))
        self._agents = await self._child("agents", "agents.xml", words)
        if self._town is not None:
            await self._town.start()
        await self._next_wave()

    async def step(self, agents: Sequence[Mapping[str, Any]]) -> None:
        now_s = time.monotonic() - self._began_at
        if now_s >= self._begun * WAVE_S:
            await self._next_wave()
        self._errands = [child for child in self._errands if child.running]
        self._callers = [child for child in self._callers if child.running]
        for errand in self._breaks.due(now_s, [row for row in agents if str(row.get("phone")).startswith("PJSIP/1")]):
            await self._dial(errand)

    def tally(self, live: frozenset[str], promised: frozenset[str]) -> Tally | None:
        if self._queue_log is None:
            return None
        alone = self._alone & self._fingers.done
        asked = {number: number in promised for number in self._asks}
        return tally(self._callers_log(), said_in(self._queue_log), live, alone, asked)

    def called_say(self) -> list[str] | None:
        return None if self._town is None else self._town.said()

    def trouble(self) -> str:
        if self._agents is not None and not self._agents.running:
            return "the agents' phones (SIPp) ended by themselves"
        return "" if self._town is None else self._town.trouble()

    async def stop(self) -> None:
        if self._following is not None:
            self._following.cancel()
        await asyncio.gather(*(child.end(QUIT, patience_s=3.0) for child in self._callers))
        rest = [child for child in (self._agents, *self._errands) if child is not None]
        if self._town is not None:
            await self._town.stop(patience_s=2.0)
        await asyncio.gather(*(child.end(QUIT, patience_s=2.0) for child in rest))

    async def _next_wave(self) -> None:
        number, callers = next(self._waves)
        late_s = time.monotonic() - self._began_at - number * WAVE_S
        self._begun = number + 1
        if not callers:
            return
        csv = self._folder / f"callers-{number}.csv"
        csv.write_text(wave_csv(callers, number * WAVE_S + late_s))
        host = self._side.trunk_hosts[number % len(self._side.trunk_hosts)]
        said = self._folder / f"callers-{number}.said"
        for caller in callers:
            if caller.errand is not None:
                self._fingers.ahead(caller.number, host, caller.errand.keys, said)
                self._alone |= {caller.number} if caller.errand.alone else set()
                self._asks |= {caller.number} if caller.errand.asks else set()
        words = ["-i", host, "-mi", host, "-p", str(CALLERS_PORT + number % PORTS)]
        words += ["-inf", str(csv), "-m", str(len(callers)), "-l", str(len(callers)), "-r", "100"]
        words += ["-trace_logs", "-log_file", str(said)]
        self._callers.append(await self._child("callers", "callers.xml", [self._side.target, *words]))

    async def _dial(self, errand: Errand) -> None:
        self._errand_count += 1
        host, port = self._side.phones_host, FEATURE_PORT + self._errand_count % PORTS
        words = [self._side.target, "-i", host, "-mi", host, "-p", str(port), "-s", errand.code]
        words += ["-key", "number", errand.number, "-m", "1"]
        if self._side.password:
            words += ["-au", errand.number, "-ap", self._side.password]
        self._errands.append(await self._child("errands", "feature.xml", words))

    async def _child(self, name: str, scenario: str, words: Sequence[str]) -> Child:
        return await sipp(self._side.sipp, name, scenario, words)

    def _callers_log(self) -> Iterator[str]:
        for said in self._folder.glob("callers-*.said"):
            yield from said_in(said)


def wave_csv(callers: Sequence[Caller], began_s: float) -> str:
    """SIPp's injection file: number; dialled; ms until he calls; steps of 200 ms that he stays."""
    rows = [
        f"{caller.number};{caller.dialled};{max(0, round((caller.at_s - began_s) * 1000))};{round(caller.stays_s * 5)};"
        for caller in callers
    ]
    return "\n".join(["SEQUENTIAL", *rows]) + "\n"
