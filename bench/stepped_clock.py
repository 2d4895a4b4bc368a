"""How does an engine live when its machine's clock is stepped? `cti` with a wall clock that somebody else can shift.

`python -m bench.stepped_clock FILE run center.yaml`: FILE holds seconds (a C double) by which `time.time` is off, read
at every call. The kernel has no wall clock for one process (time namespaces move the others only, and CAP_SYS_TIME
steps the machine's), so this stands before Python's; the engine's decisions read no other. Must not know the engine.
"""

from __future__ import annotations

import mmap
import runpy
import struct
import sys
import time
from pathlib import Path

SECONDS = struct.Struct("d")


def step(file: Path, by_s: float) -> None:
    """From now on the clocks that look into `file` are wrong by so much."""
    if file.exists():
        _overwrite(file, by_s)
    else:
        file.write_bytes(SECONDS.pack(by_s))


def with_clock(file: Path) -> tuple[str, ...]:
    """The engine as a program whose clock `step` of `file` shifts: what is run as a module, with its first words."""
    step(file, 0.0)
    return ("bench.stepped_clock", str(file))


def _overwrite(file: Path, by_s: float) -> None:
    with file.open("r+b") as shared:  # in place: it is mapped
        shared.write(SECONDS.pack(by_s))


def shift_wall_clock(file: Path) -> None:
    """Let `time.time` of this process be off by what `file` says."""
    with file.open("rb") as shared:
        seconds = mmap.mmap(shared.fileno(), SECONDS.size, prot=mmap.PROT_READ)
    true = time.time

    def shifted() -> float:
        return true() + SECONDS.unpack_from(seconds)[0]

    time.time = shifted


if __name__ == "__main__":
    shift_wall_clock(Path(sys.argv.pop(1)))  # before anything of the engine is imported
    runpy.run_module("cti", run_name="__main__")
