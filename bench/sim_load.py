"""How many calls can one engine hold, and how many a second can it take? `.venv/bin/python -m bench.sim_load`.

`cti run` as it is for everybody (history in SQLite, web, metrics) against the simulated Asterisk, which speaks real AMI
and FastAGI bytes on loopback from a process of its own. First callers who stay, as many as the engine lets in; then
calls of 10 s to 10,000 agents, more a second step by step, until an AMI event takes more than 250 ms (99th percentile)
to the command that follows from it, or the history cannot keep up and loses facts; the same once more with a second
centre beside the first one, an engine and a simulator of its own. Last line of stdout: one JSON object; what its keys
mean is in bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import simulated
from bench.processes import Line, cores, cpu_s, loop_cpu_s, resident_bytes
from bench.saying import say
from bench.scraping import scrape, total
from bench.sim_load_street import PROBE_NUMBER
from bench.simulated import Running

QUEUES, AGENTS = 50, 10_000
TALK_S, HOLD_PATIENCE_S = 10.0, 1e6
LAG_LIMIT_MS = 250.0
FIRST_PER_S, STEP = 100.0, 1.25
BACK = 3  # steps: where one engine has come to its end, two begin so many before it, each
WARM_S, MEASURE_S = 9.0, 8.0
FILL_PER_S = 250.0
START_TIMEOUT_S, FILL_TIMEOUT_S = 180.0, 110.0
MOST_S = 600.0
EMPTY_S = 60.0
WRITTEN_S = 120.0
BEHIND = 1000  # callers at the door: more are not offered until it has let them in
BESIDES = 600  # descriptors that are no calls, at most: offered are so many less than there are
PROBE_LINES: dict[str, dict[str, Any]] = {  # they go from one line to the other by a key
    "queues": {"probe0": {"keys": {"1": {"queue": "probe1"}}}, "probe1": {"keys": {"1": {"queue": "probe0"}}}},
    "entries": {PROBE_NUMBER: {"queue": "probe0"}},
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.sim_load", description="Calls held, and a second, of one engine.")
    parser.add_argument("--agents", type=int, default=AGENTS, help="of each engine (%(default)s)")
    parser.add_argument("--held", type=int, default=0, help="calls to hold (default: what its descriptors allow)")
    parser.add_argument("--only", choices=("held", "rate"), help="calls held at once, or calls a second (both)")
    parser.add_argument("--engines", type=int, default=2, help="centres beside each other at most (2)")
    parser.add_argument("--at", type=float, help="at this rate alone, whatever the lag: for a look before and after")
    parser.add_argument("--profile", type=Path, help="cProfile of the engine into this file")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="cti-load-") as made:
        found = measure(Path(made), options)
    print(json.dumps(found))
    return 0


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All of it once."""
    ends = time.monotonic() + MOST_S
    found: dict[str, Any] = {"peak_concurrent": 0, "calls_per_s": 0.0, "ami_lag_p99_ms": None}
    with ExitStack() as stack:
        pairs = [begin(stack, folder / "1", options.agents, options.profile)]
        if options.only != "rate":
            found |= held(pairs[0], options.held or resource.getrlimit(resource.RLIMIT_NOFILE)[1] - BESIDES)
        if options.only != "held":
            found |= rates(pairs, ends, FIRST_PER_S, options.at)
            found["engines"] = {"1": found["calls_per_s"]}
        while options.only != "held" and options.at is None and len(pairs) < options.engines:
            until_written(pairs)  # what they have got behind with is no fault of the next rate
            pairs.append(begin(stack, folder / str(len(pairs) + 1), options.agents, options.profile))
            first_per_s = max(FIRST_PER_S, found["calls_per_s"] / STEP**BACK)
            together = rates(pairs, ends, first_per_s, None)
            found["engines"][str(len(pairs))] = together["calls_per_s"]
            found[f"with_{len(pairs)}"] = together
    return found | {"load_average": round(os.getloadavg()[0], 1)}


def begin(stack: ExitStack, folder: Path, agents: int, profile: Path | None = None) -> Running:
    """Start a centre, ready for callers; it ends with `stack`. Its log is in `folder`."""
    folder.mkdir()
    pair = stack.enter_context(
        simulated.running(
            folder,
            ["bench.sim_load_street"],
            agents=agents,
            queues=QUEUES,
            wrap_up_s=0,
            patience_s=START_TIMEOUT_S,
            more=PROBE_LINES,
            under=[] if profile is None else ["cProfile", "-o", str(profile.absolute()), "-m"],
        )
    )
    pair.street.ask('{"do": "begin"}')
    return pair


def held(pair: Running, wanted: int) -> dict[str, Any]:
    """Callers come and stay; then all hang up at once."""
    engine, street = pair.engine, pair.street
    stay = {"most": wanted, "talk_s": HOLD_PATIENCE_S, "patience_s": HOLD_PATIENCE_S}
    offer(street, FILL_PER_S, **stay)
    before, began, active = resident_bytes(engine.pid), time.monotonic(), 0
    quiet = 0
    worst_ms = 0.0
    while time.monotonic() - began < FILL_TIMEOUT_S and active < wanted and quiet < 4:
        time.sleep(3.0)
        now, seen = _active(pair), figures(street)
        worst_ms = max(worst_ms, seen["ami_p99_ms"] or 0.0)
        quiet = quiet + 1 if now <= active else 0
        active = max(active, now)
        offer(street, FILL_PER_S if seen["inside"] - now < BEHIND else 0.0, **stay)  # as fast as the engine takes them
        say(f"{now} calls held, {seen['places']}, AMI p99 {seen['ami_p99_ms']} ms")
    offer(street, 0.0)
    grown = resident_bytes(engine.pid) - before
    idle = cores(engine.pid, 5.0)
    seen = figures(street)
    street.ask('{"do": "clear"}')
    left_s = until_empty(pair)
    say(f"{active} held; {seen['ami_p99_ms']} ms meanwhile; all of them gone in {left_s:.1f} s")
    figures(street)
    return {
        "peak_concurrent": active,
        "held_ami_lag_p99_ms": seen["ami_p99_ms"],
        "filling_ami_lag_p99_ms": worst_ms,
        "held_cpu_cores": round(idle, 3),
        "memory_per_call_bytes": round(grown / max(1, active)),
        "all_gone_s": round(left_s, 1),
    }


def rates(pairs: Sequence[Running], ends: float, first_per_s: float, only: float | None) -> dict[str, Any]:
    """More calls a second to each of them, until it is too late or the time is over. Figures are of all together."""
    per_s, best = only or first_per_s, {"calls_per_s": 0.0, "ami_lag_p99_ms": None, "engine_cpu_ms_per_call": None}
    beyond: dict[str, Any] = {}
    while time.monotonic() + WARM_S + MEASURE_S < ends:
        for pair in pairs:
            offer(pair.street, per_s, talk_s=TALK_S)
        time.sleep(WARM_S)
        row, is_heard = step(pairs)
        say(f"offered {len(pairs)} x {per_s:.0f}/s: {json.dumps(row)}")
        if only or not is_heard or row["history_lost"] or (row["ami_lag_p99_ms"] or 1e9) > LAG_LIMIT_MS:
            best, beyond = (row, {}) if only else (best, {"beyond": row})
            break
        best = row
        per_s *= STEP
    for pair in pairs:
        offer(pair.street, 0.0)
    return best | beyond


def step(pairs: Sequence[Running]) -> tuple[dict[str, Any], bool]:
    """What is seen in MEASURE_S, and whether most keys that were pressed were heard. Lags are the worst one's."""
    lost, before, since = _history_lost(pairs), [figures(pair.street) for pair in pairs], time.monotonic()
    pids = [pair.engine.pid for pair in pairs]
    spent_s = [(cpu_s(pid), loop_cpu_s(pid)) for pid in pids]
    time.sleep(MEASURE_S)
    took_s = time.monotonic() - since
    seen = [figures(pair.street) for pair in pairs]
    calls = max(1, sum(now["answered"] - then["answered"] for now, then in zip(seen, before, strict=True)))
    used_s = sum(cpu_s(pid) - then for pid, (then, _) in zip(pids, spent_s, strict=True))
    in_loop_s = sum(loop_cpu_s(pid) - then for pid, (_, then) in zip(pids, spent_s, strict=True))
    own_s = sum(now["own_cpu_s"] - then["own_cpu_s"] for now, then in zip(seen, before, strict=True))
    row = {
        "calls_per_s": round(calls / took_s, 1),
        "ami_lag_p50_ms": _worst(seen, "ami_p50_ms"),
        "ami_lag_p99_ms": _worst(seen, "ami_p99_ms"),
        "engine_cpu_ms_per_call": round(1000 * used_s / calls, 2),
        "threads_cpu_ms_per_call": round(1000 * (used_s - in_loop_s) / calls, 2),
        "engine_cores": round(used_s / took_s, 2),
        "simulator_cores": round(own_s / took_s, 2),
        "simulator_lag_p99_ms": _worst(seen, "own_lag_p99_ms"),
        "history_waiting": _history_waiting(pairs),
        "history_lost": _history_lost(pairs) - lost,
    }
    return row, all(each["unheard"] * 2 <= each["pressed"] for each in seen)


def _worst(seen: Sequence[dict[str, Any]], name: str) -> float | None:
    """Of all; None where one has no figure at all."""
    values = [each[name] for each in seen]
    return None if None in values else max(values)


def _history_lost(pairs: Sequence[Running]) -> int:
    return sum(int(total(scrape(pair.http), "cti_errors_total", 'kind="history_lost"')) for pair in pairs)


def _history_waiting(pairs: Sequence[Running]) -> int:
    return sum(int(total(scrape(pair.http), "cti_history_waiting")) for pair in pairs)


def until_written(pairs: Sequence[Running]) -> None:
    """Until the history of all that happened is written, or for two minutes."""
    began = time.monotonic()
    while _history_waiting(pairs) and time.monotonic() - began < WRITTEN_S:
        time.sleep(0.5)


def figures(street: Line) -> dict[str, Any]:
    """What the simulator has seen so far."""
    return street.ask('{"do": "figures"}')


def offer(street: Line, per_s: float, **more: float) -> None:
    """So many calls a second from now on."""
    street.ask(json.dumps({"do": "set", "per_s": per_s, **more}))


def _active(pair: Running) -> int:
    return int(total(scrape(pair.http), "cti_calls_active"))


def until_empty(pair: Running) -> float:
    """Until hardly anybody but the probes is there, or for a minute: after how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < EMPTY_S:
        if _active(pair) < 100:
            break
        time.sleep(0.2)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
