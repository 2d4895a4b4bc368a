"""What does a caller cost while no engine answers? A real Asterisk alone, and a crowd that leaves its number.

Everybody hears the fallback's menu and presses 1 until his request is kept. Counted: CPU of Asterisk and of whatever it
started, the most processes it had at once and their memory. Run: `python -m bench.away` (see --help); the last line of
stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.asterisk_lab import asterisks
from bench.processes import cpu_s, resident_bytes
from bench.saying import say
from tests.acceptance.crowd import Crowd, Dialog, crowd

AGAIN_S = 1.0  # who is not heard presses again
LOOK_S = 0.05
PATIENCE_S = 120.0
MIB = 1024 * 1024


def children(pid: int) -> list[int]:
    """The processes that any thread of it has started, and that live."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, file.read_text().split())
    return found


def memory_bytes(pids: list[int]) -> int:
    """What they have in memory, shared pages counted for each."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += resident_bytes(pid)
    return total


class Fallback:
    """One run: callers come at `rate` a second and go when they have been told good-bye."""

    def __init__(self, node: Mapping[str, Any], people: Crowd) -> None:
        self._node, self._people, self._spool = node, people, Path(node["callback_spool_dir"])
        self._callers: list[Dialog] = []
        self._pressed_at: dict[str, float] = {}
        self.processes = self.memory = 0

    def run(self, calls: int, rate: float) -> float:
        """CPU seconds of everything."""
        pid, began = self._node["pid"], time.monotonic()
        before, told_at = cpu_s(pid, with_children=True), began
        give_up = began + calls / rate + PATIENCE_S
        while len(self._callers) < calls or any(caller.over_at is None for caller in self._callers):
            now = time.monotonic()
            if now > give_up:
                say("not everybody was served in time")
                break
            while len(self._callers) < min(calls, (now - began) * rate):
                number = f"4930{len(self._callers):06d}"
                self._callers.append(self._people.call(self._node["host"], self._node["sip_port"], "6001", number))
            self._press(now)
            self._watch(pid)
            if now - told_at > 5:
                told_at = now
                say(f"  after {now - began:.0f} s: {self.served()} requests, {self.processes} processes at most")
            time.sleep(LOOK_S)
        return cpu_s(pid, with_children=True) - before

    def served(self) -> int:
        """Requests on the disk."""
        return len(list(self._spool.glob("*.json")))

    def _press(self, now: float) -> None:
        for caller in self._callers:
            if caller.talking and now - self._pressed_at.get(caller.call_id, caller.answered_at or now) >= AGAIN_S:
                self._pressed_at[caller.call_id] = now
                self._people.press(caller, "1")

    def _watch(self, pid: int) -> None:
        living = children(pid)
        if len(living) > self.processes:
            self.processes, self.memory = len(living), memory_bytes(living)


def main() -> int:
    """Run it; exit code 1 where a request is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100, help="callers in all (100)")
    parser.add_argument("--rate", type=float, default=10, help="new callers a second (10)")
    options = parser.parse_args()
    words = ["--agents", "1", "--trunks", "1", "--silent-moh", "--retry", "1"]
    with (
        tempfile.TemporaryDirectory(prefix="cti-away-") as folder,
        asterisks(Path(folder) / "lab", 1, *words) as lab,
        crowd(lab["trunks"][0]["identify_ip"], 5060) as people,
    ):
        run = Fallback(lab["nodes"][0], people)
        took_s = run.run(options.calls, options.rate)
        kept = run.served()
    answer = {
        "calls": options.calls,
        "requests": kept,
        "cpu_ms_per_caller": round(took_s * 1000 / options.calls, 1),
        "processes_at_once": run.processes,
        "their_memory_mib": round(run.memory / MIB),
    }
    print(json.dumps(answer))
    return 0 if kept == options.calls else 1


if __name__ == "__main__":
    sys.exit(main())
