"""How are thousands of callers and hundreds of phones started and ended? One SIPp for each trunk, one for all phones.

Knows SIPp's words and fills in the scenarios of bench/sipp/; who calls when is load_plan.py's.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.load_plan import FIRST_QUEUE, IMPATIENT_PERCENT, PATIENCE_S, TRANSFER_PERCENT, Plan
from cti.demo.children import Child
from cti.demo.sipp_program import COMMON, QUIT, said_in

SCENARIOS = Path(__file__).resolve().parent / "sipp"
PHONES_PORT, CALLERS_PORT = 5060, 6000
STEP_MS = 5000  # how often a waiting caller looks at the clock: 10,000 of them 2,000 times a second
RING_STEP_MS, TALK_STEP_MS = 250, 1000
QUIT_PATIENCE_S = 10.0


def fill_in(text: str, values: Mapping[str, object]) -> str:
    """A scenario with its placeholders filled in. Raises KeyError where a value is missing."""
    return re.sub(r"@([A-Z_]+)@", lambda found: str(values[found.group(1)]), text)


def caller_values(plan: Plan, end_at: float) -> dict[str, object]:
    """What the callers' scenario is filled in with. `end_at`: epoch seconds from which on those who wait leave."""
    return {
        "IMPATIENT_PERCENT": IMPATIENT_PERCENT,
        "PATIENCE_FROM_S": PATIENCE_S[0],
        "PATIENCE_TO_S": PATIENCE_S[1],
        "DRAIN_S": round(plan.drain_s),
        "END_AT": round(end_at),
        "STEP_MS": STEP_MS,
    }


def agent_values(plan: Plan) -> dict[str, object]:
    """What the phones' scenario is filled in with: ringing and talking vary by a quarter and a half."""
    ring, talk = 1000.0 * plan.ring_s / RING_STEP_MS, 1000.0 * plan.talk_s / TALK_STEP_MS
    return {
        "RING_STEP_MS": RING_STEP_MS,
        "RING_STEPS_FROM": 0.75 * ring,
        "RING_STEPS_TO": 1.25 * ring,
        "TALK_STEP_MS": TALK_STEP_MS,
        "TALK_STEPS_FROM": 0.5 * talk,
        "TALK_STEPS_TO": 1.5 * talk,
        "TRANSFER_PERCENT": TRANSFER_PERCENT,
        "TRANSFER_TO": FIRST_QUEUE,
    }


class People:
    """The SIPps of one run; `folder` takes their scenarios and records. `lab`: what `asterisk/lab up --json` says."""

    def __init__(self, plan: Plan, lab: Mapping[str, Any], folder: Path) -> None:
        self._plan, self._lab, self._folder = plan, lab, folder
        self._callers: list[Child] = []
        self._phones: Child | None = None

    async def open_phones(self) -> None:
        """The agents' phones, before anybody calls."""
        scenario = self._folder / "agents.xml"
        scenario.write_text(fill_in((SCENARIOS / "load_agents.xml").read_text(), agent_values(self._plan)))
        host = f"{self._lab['base']}.200"
        words = ["-i", host, "-mi", host, "-p", str(PHONES_PORT), "-l", str(4 * self._plan.agents + 100)]
        self._phones = await self._sipp("phones", scenario, words)

    async def begin(self, end_at: float) -> None:
        """Callers begin to come, all trunks at once; a new one for each who goes, until `stop_coming`."""
        scenario = self._folder / "callers.xml"
        scenario.write_text(fill_in((SCENARIOS / "load_callers.xml").read_text(), caller_values(self._plan, end_at)))
        for number, stream in enumerate(self._plan.streams()):
            node, trunk = self._lab["nodes"][stream.node], self._lab["trunks"][stream.trunk]["identify_ip"]
            words = [f"{node['host']}:{node['sip_port']}", "-i", trunk, "-mi", trunk, "-p", str(CALLERS_PORT + number)]
            words += ["-s", str(stream.dialled), "-key", "prefix", stream.prefix, "-l", str(stream.at_once)]
            words += ["-r", str(max(1, round(1000 * stream.per_s))), "-rp", "1000000"]
            self._callers.append(await self._sipp(f"callers-{number}", scenario, words))
            await asyncio.sleep(1.0 / len(self._lab["nodes"]) / 4)  # not all in step

    def stop_coming(self) -> None:
        """Nobody new; who is there stays as long as he wants. The SIPps end with their last caller."""
        for child in self._callers:
            if child.running:
                child.process.send_signal(QUIT[0])

    @property
    def still_calling(self) -> int:
        """SIPps of callers whose last call is not over."""
        return sum(child.running for child in self._callers)

    def trouble(self) -> str:
        """Which SIPp ended although it should not have; nothing where none did."""
        children = [*self._callers, *([self._phones] if self._phones is not None else [])]
        return ", ".join(f"{child.name} ({child.process.returncode})" for child in children if not child.running)

    async def close(self) -> None:
        """End all of them, calls that are left too."""
        await asyncio.gather(*(child.end(QUIT, patience_s=QUIT_PATIENCE_S) for child in self._callers))
        if self._phones is not None:
            await self._phones.end((*QUIT, signal.SIGTERM), patience_s=QUIT_PATIENCE_S)

    def callers_said(self) -> list[str]:
        """Every line of every caller."""
        return [line for file in sorted(self._folder.glob("callers-*.said")) for line in said_in(file)]

    def phones_said(self) -> list[str]:
        return said_in(self._folder / "phones.said")

    async def _sipp(self, name: str, scenario: Path, words: list[str]) -> Child:
        said = self._folder / f"{name}.said"
        argv = [*self._lab["sipp"], "-sf", str(scenario), *words, *COMMON, "-trace_logs", "-log_file", str(said)]
        argv += ["-watchdog_interval", "0"]  # on a busy machine it ends SIPp with all its calls [measured, 3.8]
        return await Child.start(name, argv)
