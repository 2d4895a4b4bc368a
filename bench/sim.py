"""How many contact-hours does the whole core get through in a second, with faults on? `.venv/bin/python -m bench.sim`.

A contact-hour is an hour (simulated) that contacts spent with us. Faults and checks are on: the figure is that of the
simulation as the tests use it, on all cores. Progress goes to stderr; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from bench.saying import say, say_meanwhile
from cti.sim.many import Tally, run_many

FIRST_SEED = 1_000_000


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 if a seed fails."""
    parser = argparse.ArgumentParser(
        prog="bench.sim", description="Simulated contact-hours per second of the whole core."
    )
    parser.add_argument("--seeds", type=int, default=100, help="how many worlds (default 100)")
    parser.add_argument("--hours", type=float, default=1.0, help="simulated length of each world (default 1 h)")
    parser.add_argument("--workers", type=int, help="processes (default: one per core)")
    options = parser.parse_args(argv)
    started = time.perf_counter()

    def progress(tally: Tally) -> None:
        seconds = time.perf_counter() - started
        say_meanwhile(
            f"{tally.seeds}/{options.seeds} seeds, {tally.calls} calls, {tally.events} events, "
            f"{tally.contact_hours / seconds:.1f} contact-hours/s, {len(tally.failures)} failed"
        )

    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    tally = run_many(seeds, hours=options.hours, workers=options.workers, chunk=2, progress=progress)
    seconds = time.perf_counter() - started
    say("")
    for failure in tally.failures:
        say(failure)
    print(
        json.dumps(
            {
                "contact_hours_per_s": round(tally.contact_hours / seconds, 1),
                "seeds": tally.seeds,
                "failed": len(tally.failures),
            }
        )
    )
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
