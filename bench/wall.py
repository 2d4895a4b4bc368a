"""How old is what many viewers see of a busy centre, and what do they cost the engine? `python -m bench.wall`.

An engine on the TCP simulator with 10,000 calls in its hands; first nobody looks, then 200 supervisors do (all rows:
queues, agents, calls, status), one of whom does not read. Engine, simulator and viewers are processes of their own, on
loopback addresses. Last line of stdout: one JSON object; what its keys mean is in bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import simulated
from bench.processes import Line, child, cores, resident_bytes
from bench.saying import say
from cti.web_room import PASSWORD_FILE

QUEUES, AGENTS = 20, 600
TALK_S, PATIENCE_S, CALLS_PER_MINUTE = 45.0, 2500.0, 1050.0
SETTLE_S = 8.0
START_TIMEOUT_S, FILL_TIMEOUT_S = 60.0, 400.0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.wall", description="What viewers of a busy centre see, and cost.")
    parser.add_argument("--viewers", type=int, default=200, help="of the live pages (%(default)s)")
    parser.add_argument("--calls", type=int, default=10_000, help="at once (%(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each half (default %(default)s)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="cti-wall-") as made:
        found = measure(Path(made), options.viewers, options.calls, options.seconds)
    print(json.dumps(found))
    return 0


def measure(folder: Path, viewers: int, calls: int, seconds: float) -> dict[str, Any]:
    """Run all of it once."""
    words = f"--calls {calls} --calls-per-minute {CALLS_PER_MINUTE} --talk-s {TALK_S} --patience-s {PATIENCE_S}".split()
    street = ["bench.wall_street", *words]
    with simulated.running(folder, street, agents=AGENTS, queues=QUEUES, wrap_up_s=2, patience_s=START_TIMEOUT_S) as (
        engine,
        callers,
        _,
        web,
    ):
        password = (folder / "state" / PASSWORD_FILE).read_text().strip()
        _fill(callers)
        time.sleep(SETTLE_S)
        resident = resident_bytes(engine.pid)
        before = cores(engine.pid, seconds / 2)
        words = ["bench.wall_viewers", "--address", f"http://{web}", "--password", password]
        with child([*words, "--viewers", str(viewers - 1), "--frozen", "1"]) as looking:
            told = Line(looking)
            say(f"{told.read()['joined']} look, and one who does not read")
            time.sleep(SETTLE_S)
            told.ask("figures")
            watched = cores(engine.pid, seconds)
            grown = resident_bytes(engine.pid) - resident
            seen = told.ask("figures")
            seen |= told.ask("frozen")
        time.sleep(SETTLE_S)
        alone = (before + cores(engine.pid, seconds / 2)) / 2
        inside = _newest(callers)
    return {
        "viewers": viewers,
        "calls": inside,
        "changes_per_s": round(seen["rows"] / seconds),
        "p50_ms": seen["p50_ms"],
        "p99_ms": seen["p99_ms"],
        "max_ms": seen["max_ms"],
        "sent_p99_ms": seen["sent_p99_ms"],
        "load_average": os.getloadavg()[0],
        "cpu_share": round((watched - alone) / watched, 3),
        "cpu_cores_alone": round(alone, 3),
        "cpu_cores_watched": round(watched, 3),
        "messages_per_viewer_s": round(seen["messages"] / (viewers - 1) / seconds, 2),
        "bytes_per_viewer_s": round(seen["bytes"] / (viewers - 1) / seconds),
        "memory_per_viewer_bytes": round(grown / viewers),
        "frozen_sent_away": seen["frozen_sent_away"],
        "others_sent_away": seen["gone"],
        "snapshots_again": seen["snapshots"],
    }


def _fill(callers: Line) -> None:
    end = time.monotonic() + FILL_TIMEOUT_S
    while time.monotonic() < end:
        found = callers.read()
        if not found["filling"]:
            say(f"{found['inside']} calls")
            return
        if found["inside"] % 10 == 0:
            say(f"filling: {found['inside']} calls")
    raise RuntimeError(f"no {FILL_TIMEOUT_S:.0f} s were enough to fill the centre")


def _newest(callers: Line) -> int:
    """The simulator has gone on telling each second: what it says after all that is the newest."""
    began = time.monotonic()
    found = callers.read()
    while time.monotonic() - began < 0.5:
        began, found = time.monotonic(), callers.read()
    return int(found["inside"])


if __name__ == "__main__":
    sys.exit(main())
