"""Does a whole engine grow, call by call? `.venv/bin/python -m bench.soak_process`: the process itself, not its parts.

`bench.soak` plays weeks in virtual time, with the core, its readers and the history, but without what lives in real
time: the loop, AMI and FastAGI sessions, the writers' threads, the keepers. Here `cti run`, as it is for everybody,
takes as many calls in minutes as a centre of 2,000 calls a day in weeks, from the simulated Asterisk, in rounds; after
each it is waited until nobody is there, and its memory is read. Last line of stdout: one JSON; `rss_growth_mib` is that
since the end of the second round: the first calls bring what every later one uses again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.processes import resident_bytes, told_if_ended
from bench.saying import say
from bench.sim_load import TALK_S, begin, figures, offer, until_empty

MIB = 1 << 20
ROUND_S, CALM_S = 60.0, 12.0  # nobody comes for so long: the history has been written, boards have been looked at
FIRST_ROUNDS = 2
CALLS_OF_A_DAY = 2_000


def main(argv: list[str] | None = None) -> int:
    """Exit code 0."""
    parser = argparse.ArgumentParser(prog="bench.soak_process", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=20.0, help="so long (20)")
    parser.add_argument("--per-s", type=float, default=100.0, help="calls a second in a round (100)")
    parser.add_argument("--agents", type=int, default=2_000, help="of the engine (%(default)s)")
    options = parser.parse_args(argv)
    ends = time.monotonic() + options.minutes * 60
    rss_mib: list[float] = []
    calls = 0
    with tempfile.TemporaryDirectory(prefix="cti-soak-") as made, told_if_ended(), ExitStack() as stack:
        pair = begin(stack, Path(made) / "1", options.agents)
        while not rss_mib or time.monotonic() + ROUND_S + CALM_S < ends:
            offer(pair.street, options.per_s, talk_s=TALK_S)
            time.sleep(ROUND_S)
            offer(pair.street, 0.0)
            gone_s = until_empty(pair)
            time.sleep(CALM_S)
            calls = int(figures(pair.street)["answered"])
            rss_mib.append(round(resident_bytes(pair.engine.pid) / MIB, 1))
            say(f"{calls} calls, {rss_mib[-1]} MiB, all gone after {gone_s:.1f} s")
    grown = rss_mib[-1] - rss_mib[min(FIRST_ROUNDS, len(rss_mib)) - 1]
    answer = {
        "rounds": len(rss_mib),
        "calls": calls,
        "as_many_as_days": round(calls / CALLS_OF_A_DAY, 1),
        "rss_growth_mib": round(grown, 1),
        "bytes_per_call": round(grown * MIB / max(1, calls * (1 - FIRST_ROUNDS / len(rss_mib)))),
        "rss_mib": rss_mib,
    }
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
