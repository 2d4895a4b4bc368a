"""Who calls while the boards are measured? First as many as are to be there, then a steady stream.

A process of its own, started by bench/wall.py; it prints `{"inside": n}` each second and ends with its standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys

from bench import simulated
from cti import machine
from cti.sim.street import Street

FILLING_GAP_S = 1 / 120


class Callers(Street):
    """A street whose agents are logged in already: the configuration says so."""

    def fill(self) -> None:
        """Let callers come fast."""
        self.is_open = True
        self.steady_gap_s, self.gap_s = self.gap_s, FILLING_GAP_S
        self._next_call()

    def steady(self) -> None:
        """Let them come as they were meant to."""
        self.gap_s = self.steady_gap_s


async def run(options: argparse.Namespace) -> None:
    """Fill up to `options.calls`, then keep on until standard input ends."""
    switch = simulated.asterisk(options)
    await switch.start()
    callers = Callers(
        switch,
        random.Random(1),
        numbers=[str(6000 + n) for n in range(options.queues)],
        calls_per_minute=options.calls_per_minute,
        talk_s=options.talk_s,
        patience_s=options.patience_s,
        miss=0.02,
    )
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await asyncio.sleep(2.0)
    callers.fill()
    is_filling = True
    while not over.done():
        inside = callers.counts()["inside"]
        if is_filling and inside >= options.calls:
            is_filling = False
            callers.steady()
        print(json.dumps({"inside": inside, "filling": is_filling}), flush=True)
        await asyncio.wait([over], timeout=1.0)
    callers.close()
    await switch.close()


def main() -> int:
    parser = simulated.arguments("bench.wall_street")
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--calls-per-minute", type=float, required=True)
    parser.add_argument("--talk-s", type=float, required=True)
    parser.add_argument("--patience-s", type=float, required=True)
    machine.raise_file_limit()
    machine.make_pauses_rare()
    asyncio.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
