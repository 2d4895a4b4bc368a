"""From an agent's phone free to its next INVITE: how fast are our engine, app_queue and a bare FIFO on FastAGI?

All on the same Asterisk in one run, block by block in turn, with the same calls, phones and silent music; also CPU per
call, lost calls and order violations. README.md says how each figure is measured. The last line of stdout is one JSON
object, an earlier one each for fewer waiting. Run: `.venv/bin/python -m bench.assign` (about 5 minutes, see --help).
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

from bench.assign_figures import Figures, of_block, over_rounds
from bench.assign_lab import DIALLED, Bench, engine_of, lab
from bench.phones import People
from bench.processes import end_on_sigterm, told_if_ended
from bench.saying import say
from bench.waiting import until

SIDES = ("ours", "app_queue", "floor")
FILL_PER_S = 120  # new callers while the line fills up
LEAVE_PER_S = 250
SETTLE_S = 1.0  # full line, before anything is measured
FILL_PATIENCE_S = 60.0
MEASURE_PATIENCE_S = 90.0
DRAIN_PATIENCE_S = 20.0


async def fill(people: People, waiting: int) -> None:
    """Callers come until every agent talks and `waiting` are in the line; nobody is served meanwhile."""
    for _ in range(waiting + len(people.phones)):
        people.dial()
        await asyncio.sleep(1.0 / FILL_PER_S)
    full = await until(lambda: people.in_line >= waiting and people.talking == len(people.phones), FILL_PATIENCE_S)
    if not full:
        say(f"  the line did not fill: {people.in_line} wait, {people.talking} agents talk")
    await asyncio.sleep(SETTLE_S)


async def drain(people: People) -> None:
    """Those in the line hang up, newest first, then the talks end; waits until the last call is over."""

    def somebody_waits() -> bool:
        return any(c.record.offered_s is None and c.record.left_s is None for c in people.callers.values())

    give_up = time.monotonic() + DRAIN_PATIENCE_S
    while somebody_waits() and time.monotonic() < give_up:  # again, for those who had just dialled
        for caller in reversed(list(people.callers.values())):
            if caller.record.offered_s is None and people.leave(caller):
                await asyncio.sleep(1.0 / LEAVE_PER_S)
        await asyncio.sleep(0.1)
    people.end_talks()
    await until(lambda: people.present == 0, DRAIN_PATIENCE_S)


async def channels_gone(bench: Bench, side: str) -> None:
    """Asterisk is empty before the next block begins."""
    channels = ""
    for _ in range(20):
        channels = bench.console("core", "show", "channels", "count").split()[0]
        if channels == "0":
            return
        await asyncio.sleep(0.5)
    say(f"  {channels} channels are left in Asterisk after {side}")


async def block(bench: Bench, side: str, waiting: int, services: int, seed: int) -> Figures:
    """One measured block of one side."""
    with engine_of(side, bench) as engine:
        async with People(bench.addresses, DIALLED[side], random.Random(seed)) as people:
            await fill(people, waiting)
            before, began, own_s = bench.cpu_s(engine), time.monotonic(), time.process_time()
            people.begin()
            await until(lambda: people.services >= services, MEASURE_PATIENCE_S)
            after, took_s = bench.cpu_s(engine), time.monotonic() - began
            own_s = time.process_time() - own_s
            people.freeze()
            in_line = people.in_line
            await drain(people)
            asterisk_s, engine_s = after[0] - before[0], after[1] - before[1]
            figures = of_block(people.close_books(), asterisk_s + engine_s)
    if not figures.services:
        raise SystemExit(f"{side}: not one caller was served")
    say(
        f"  {side:<9} p50 {figures.p50_ms:7.2f} ms  p99 {figures.p99_ms:7.2f} ms  cpu {figures.cpu_ms_per_call:5.2f} ms"
        f" a call (engine {1000 * engine_s / figures.services:4.2f})  lost {figures.lost}"
        f"  order violations {figures.order_violations}"
        f"  [{figures.services} services, {figures.services / took_s:.0f}/s, {in_line} wait at the end;"
        f" phones and callers {100 * own_s / took_s:.0f} % of a core;"
        f" oddities: {people.oddities}]"
    )
    return figures


async def measure(bench: Bench, options: argparse.Namespace) -> None:
    """Every size of the line, every round, every side; one JSON line for each size."""
    end_on_sigterm()
    for waiting in options.waiting:
        rounds: dict[str, list[Figures]] = {side: [] for side in options.sides}
        for number in range(options.rounds):
            say(f"{waiting} waiting, {options.agents} agents, round {number + 1} of {options.rounds}")
            # The second round the other way round: what drifts does not always meet the same side.
            for side in options.sides if number % 2 == 0 else options.sides[::-1]:
                rounds[side].append(await block(bench, side, waiting, options.services, options.seed + number))
                await channels_gone(bench, side)
        answer: dict[str, object] = {"waiting": waiting}
        answer.update({side: over_rounds(blocks).as_json() for side, blocks in rounds.items()})
        print(json.dumps(answer), flush=True)


def main() -> int:
    """Run the benchmark; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--waiting", type=int, nargs="+", default=[100, 1000], help="callers in the line (100 1000)")
    parser.add_argument("--agents", type=int, default=50, help="with phones, in both queues (%(default)s)")
    parser.add_argument("--services", type=int, default=200, help="measured services in each block (200)")
    parser.add_argument("--rounds", type=int, default=3, help="blocks of each side (%(default)s)")
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES), help="which of them (all)")
    parser.add_argument("--base", default="auto", help="the loopback block, such as 127.0.10 (auto: a free one)")
    parser.add_argument("--seed", type=int, default=1, help="of talks, and who hangs up (%(default)s)")
    options = parser.parse_args()
    with (
        told_if_ended(),
        tempfile.TemporaryDirectory(prefix="cti-bench-") as folder,
        lab(Path(folder), options.base, options.agents) as bench,
    ):
        say(f"Asterisk {bench.lab['version']}, every figure is said in bench/README.md")
        asyncio.run(measure(bench, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
