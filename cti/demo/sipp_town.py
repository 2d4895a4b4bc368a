"""How do those whom the engine calls answer? One SIPp behind each trunk; what they do is drawn in the scenario.

Knows SIPp's words; why somebody is called is the engine's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cti.demo.children import Child
from cti.demo.sipp_program import QUIT, said_in, sipp

PORT = 5080
CONTACT = "{trunk}:5080"  # as asterisk/lab is told: each trunk leads to its own address


class Street(NamedTuple):
    """Those behind one trunk. Of 100, `answers` pick up and `busy` are on the phone; the others do not hear it."""

    name: str
    trunk: int  # its place in the lab's list
    answers: int
    busy: int


# Who has asked to be called sits beside his phone; of a list, half are not at home.
STREETS = (Street("asked", 0, 90, 5), Street("listed", 1, 62, 16))


class Town:
    """Everybody behind the trunks at `hosts`; `folder` takes what they say."""

    def __init__(self, program: Sequence[str], hosts: Sequence[str], folder: Path) -> None:
        self._sipp, self._hosts, self._folder = program, hosts, folder
        self._streets: list[Child] = []

    async def start(self) -> None:
        for street in STREETS:
            host = self._hosts[street.trunk]
            words = ["-i", host, "-mi", host, "-p", str(PORT), "-trace_logs", "-log_file", str(self._said(street))]
            words += ["-key", "answers", str(street.answers), "-key", "busy", str(street.busy)]
            self._streets.append(await sipp(self._sipp, street.name, "town.xml", words))

    def trouble(self) -> str:
        return "" if all(child.running for child in self._streets) else "the people called (SIPp) ended by themselves"

    def said(self) -> list[str]:
        """What each of them has met, `NUMBER WORD` a line."""
        return [line for street in STREETS for line in said_in(self._said(street))]

    async def stop(self, *, patience_s: float) -> None:
        await asyncio.gather(*(child.end(QUIT, patience_s=patience_s) for child in self._streets))

    def _said(self, street: Street) -> Path:
        return self._folder / f"called-{street.name}.said"
