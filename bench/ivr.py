"""How soon does a caller hear the next menu after his key, with 100 and with 1,000 others in the flow on one Asterisk?

Every caller walks round five menus, hears sound all the time (every key is a barge-in) and presses one every 3 to 7 s,
as RFC 4733. README.md says how each figure is measured. The last line of stdout is one JSON object, an earlier one each
for fewer callers. Run: `.venv/bin/python -m bench.ivr` (about 2 minutes).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from bench.ivr_callers import THINK_S, Callers
from bench.ivr_lab import DIALLED, Bench, machine_cpu_s, running
from bench.percentiles import percentile
from bench.processes import end_on_sigterm, told_if_ended
from bench.saying import say
from bench.waiting import until

MENUS = 5
COME_PER_S, LEAVE_PER_S = 50.0, 200.0
EARS = 100  # callers whose sound is read; reading everybody's would be the benchmark's own load
PATIENCE_S = 20.0


async def come(people: Callers, wanted: int) -> None:
    """Callers arrive until `wanted` are there and have begun to press."""
    for number in range(len(people.people), wanted):
        people.dial(has_ear=number < EARS)
        await asyncio.sleep(1.0 / COME_PER_S)
    if not await until(lambda: people.present >= wanted, PATIENCE_S):
        say(f"  only {people.present} of {wanted} callers are there; {people.ended} were refused or hung up on")
    await asyncio.sleep(THINK_S[1])


async def measured(bench: Bench, people: Callers, seconds: float) -> dict[str, float]:
    """What happens in so many seconds."""
    people.latencies_s.clear()
    people.lost = people.keys = 0
    own_s, (asterisk_s, engine_s), before = time.process_time(), bench.cpu_s(), machine_cpu_s()
    await asyncio.sleep(seconds)
    busy_s, all_s = (after - earlier for after, earlier in zip(machine_cpu_s(), before, strict=True))
    own_s = time.process_time() - own_s
    asterisk_s, engine_s = (after - before for after, before in zip(bench.cpu_s(), (asterisk_s, engine_s), strict=True))
    found = sorted(people.latencies_s)
    if not found:
        raise SystemExit("not one key led to a prompt; is the flow running? See the engine's log")
    figures = {
        "callers": people.present,
        "menu_p50_ms": round(1000 * percentile(found, 0.50), 2),
        "menu_p99_ms": round(1000 * percentile(found, 0.99), 2),
        "cpu_ms_per_node": round(1000 * engine_s / people.keys, 3),
    }
    say(
        f"  {figures['callers']} callers: p50 {figures['menu_p50_ms']} ms, p99 {figures['menu_p99_ms']} ms, worst"
        f" {1000 * found[-1]:.1f} ms of {len(found)} keys heard; {people.keys / seconds:.0f} keys/s,"
        f" {people.lost} without a prompt, {people.ended} calls cut off; engine {100 * engine_s / seconds:.0f} % of a"
        f" core, Asterisk {100 * asterisk_s / seconds:.0f} %, callers {100 * own_s / seconds:.0f} %;"
        f" the machine is busy to {100 * busy_s / all_s:.0f} %, with other programs, too"
    )
    return figures


async def run(bench: Bench, options: argparse.Namespace) -> None:
    """Every number of callers in turn; SIGTERM ends it as Ctrl-C does."""
    end_on_sigterm()
    lot = random.Random(options.seed)
    async with Callers(bench.asterisk, bench.trunks, DIALLED, MENUS, lot) as people:
        for wanted in sorted(options.callers):
            await come(people, wanted)
            print(json.dumps(await measured(bench, people, options.seconds)), flush=True)
        await people.hang_up(LEAVE_PER_S)
        await asyncio.sleep(1.0)


def main() -> int:
    """Run the benchmark; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", type=int, nargs="+", default=[100, 1000], help="in the flow at once (100 1000)")
    parser.add_argument("--seconds", type=float, default=40.0, help="measured for each number of callers (40)")
    parser.add_argument("--prompt-s", type=float, default=10.0, help="length of a prompt; every key is sooner (10)")
    parser.add_argument("--base", default="auto", help="the loopback block, such as 127.0.10 (auto: a free one)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which keys are pressed (%(default)s)")
    options = parser.parse_args()
    with (
        told_if_ended(),
        tempfile.TemporaryDirectory(prefix="cti-bench-") as folder,
        running(Path(folder), options.base, MENUS, options.prompt_s) as bench,
    ):
        say(f"Asterisk {bench.version}, every figure is said in bench/README.md")
        asyncio.run(run(bench, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
