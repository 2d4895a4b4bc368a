"""Does the core hold through a thousand days on which everything breaks? Virtual days, every kind of fault, all checks.

Seeded centres (queues, agents, callers, customers to be called) live for some hours each, with every kind of fault four
times an hour, steps of the clock among them: what real processes cannot be shown without rights over it. Talks take one
to four minutes in the mean, as in real centres; with `--quick` 5 to 60 s, which is ten times the calls. `--seconds`
bounds it: it says how many days there was time for, and what all would take. The last line of stdout is one JSON;
what fails comes with the command that replays it. Run: `.venv/bin/python -m bench.chaos_sim --days 1000`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import islice

from bench.saying import say, say_meanwhile
from cti.sim.many import Tally, run_chunk
from cti.sim.plans import DAILY_TALKS_S, KINDS, QUICK_TALKS_S

FIRST_SEED = 2_000_000
HOURS_OF_DAY, HOURS = 24.0, 4.0


def stretch(seed: int, hours: float, talks_s: tuple[float, ...] = DAILY_TALKS_S) -> Tally:
    """One centre for so long, in a process of its own."""
    return run_chunk([seed], hours=hours, faults=KINDS, talks_s=talks_s)


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 if a day fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1000, help="virtual days (1000)")
    parser.add_argument("--seconds", type=float, default=300.0, help="nothing begins after so long (300); 0: no bound")
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="of the first centre (%(default)s)")
    parser.add_argument("--hours", type=float, default=HOURS, help="so long does each centre live (4)")
    parser.add_argument("--quick", action="store_true", help="short talks: ten times the calls")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (one per core)")
    options = parser.parse_args(argv)
    began = time.perf_counter()
    total = Tally()
    for tally in played(options, began):
        total.merge(tally)
        for failure in tally.failures:
            say(f"\n{failure} --faults {','.join(KINDS)}")
        days = total.seeds * options.hours / HOURS_OF_DAY
        say_meanwhile(
            f"{days:.1f}/{options.days} days, {total.calls} calls, {total.faults} faults, {len(total.failures)} failed"
        )
    took_s = time.perf_counter() - began
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    say("")
    days = total.seeds * options.hours / HOURS_OF_DAY
    per_min = days / took_s * 60
    answer = {
        "days": round(days, 2),
        "centres": total.seeds,
        "failed": len(total.failures),
        "calls": total.calls,
        "faults": total.faults,
        "events": total.events,
        "agreements": total.agreements,
        "days_per_min": round(per_min, 2),
        "cpu_s_per_day": round((children.ru_utime + children.ru_stime) / days, 1) if days else None,
        "hours_for_all": float(f"{options.days / per_min / 60:.2g}") if per_min else None,
    }
    print(json.dumps(answer))
    return 1 if total.failures else 0


def played(options: argparse.Namespace, began: float) -> Iterator[Tally]:
    """One after the other, as each is over; no new one once the time is up."""
    talks_s = QUICK_TALKS_S if options.quick else DAILY_TALKS_S
    seeds = iter(range(options.seed, options.seed + math.ceil(options.days * HOURS_OF_DAY / options.hours)))
    with ProcessPoolExecutor(max_workers=options.workers) as pool:
        running = {pool.submit(stretch, seed, options.hours, talks_s) for seed in islice(seeds, options.workers)}
        while running:
            done = next(as_completed(running))
            running.discard(done)
            yield done.result()
            if not options.seconds or time.perf_counter() - began < options.seconds:
                running |= {pool.submit(stretch, seed, options.hours, talks_s) for seed in islice(seeds, 1)}


if __name__ == "__main__":
    sys.exit(main())
