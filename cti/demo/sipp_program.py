"""How is one SIPp started and ended? Knows its words; who calls whom is said by others."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Sequence
from pathlib import Path

from cti.demo.children import Child

SCENARIOS = Path(__file__).resolve().parent / "sipp"
# Once ends calls that have not begun, twice hangs up the others; SIGTERM would leave them to Asterisk [measured, 3.8].
QUIT = (signal.SIGUSR1, signal.SIGUSR1)
COMMON = (
    *("-nostdin", "-timer_resol", "20"),  # ms; the default of 1 costs 20 times the CPU of an idle SIPp
    *("-ci", "127.0.0.1"),  # its remote control: without, whoever is in the network may steer it
)


async def sipp(program: Sequence[str], name: str, scenario: str, words: Sequence[str]) -> Child:
    """Start `scenario` (a file of SCENARIOS)."""
    argv = [*program, "-sf", str(SCENARIOS / scenario), *words, *COMMON]
    return await Child.start(name, argv)  # its stdout is a screen that is drawn again every second: of no use


def said_in(file: Path) -> list[str]:
    """What its people said in `file` until now; nothing where there is none."""
    with contextlib.suppress(FileNotFoundError):
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    return []
