"""Does anything grow while an engine runs for weeks? `.venv/bin/python -m bench.soak`, or `make soak DAYS=56`.

Virtual days of a busy centre (bench/soak_centre.py): the core, live view, boards, Prometheus, queue_log, flows and the
history in SQLite (what lives in real time is `bench.soak_process`'s). Each night, when nobody is there, the memory of
the process is read, and what is still keyed by a call, contact, offer or attempt of the day is counted: only what keeps
the newest so many may hold any. Last line of stdout: `{"days", "rss_growth_mib", ...}`; growth is that after the first
week (of a shorter run: after the first day); `rss_mib`, `store_mib`: night by night.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from bench.processes import resident_bytes
from bench.saying import say
from bench.soak_centre import SoakCentre
from bench.soak_sizes import keyed, sizes

WEEK_DAYS = 7
MIB = 1 << 20
BOUNDED = (  # the newest so many
    "hub._kept",
    "core._floor.dials._over",
    "core._floor.dials._stopped",
    "view.queues[].counts.waits._newest",
    "view.tally.queues[]._shown",
)


class Night(NamedTuple):
    """What was found at the end of a day."""

    rss_bytes: int
    store_bytes: int
    kept: dict[str, int]  # ids of things that are over, by where they are kept
    items: dict[str, int]  # of all containers


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 where something of a call is kept when the day is over."""
    parser = argparse.ArgumentParser(prog="bench.soak", description="Weeks of a busy centre: what grows?")
    parser.add_argument("--days", type=int, default=56, help="of virtual time (%(default)s)")
    parser.add_argument("--calls", type=int, default=2000, help="of a day (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=20.0, help="of real time at most (default %(default)s)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="cti-soak-") as folder:
        found = soak(SoakCentre(Path(folder), calls_a_day=options.calls), options.days, options.minutes * 60)
    print(json.dumps(found))
    return 1 if found["left_behind"] else 0


def soak(centre: SoakCentre, days: int, most_s: float) -> dict[str, Any]:
    """Let `days` pass, or as many as fit into `most_s` of real time."""
    began = time.monotonic()
    nights: list[Night] = []
    try:
        while centre.day < days and time.monotonic() - began < most_s:
            centre.ids.clear()
            centre.days(1)
            nights.append(look(centre))
            if len(nights) > WEEK_DAYS + 1:  # nobody asks for those of an older night: they would grow themselves
                nights[-WEEK_DAYS - 2] = nights[-WEEK_DAYS - 2]._replace(items={})
            if centre.day == 1 or centre.day % WEEK_DAYS == 0:
                tell(centre, nights, time.monotonic() - began)
    finally:
        centre.close()
    first, last = nights[min(WEEK_DAYS, len(nights)) - 1 if len(nights) > WEEK_DAYS else 0], nights[-1]
    return {
        "days": centre.day,
        "rss_growth_mib": round((last.rss_bytes - first.rss_bytes) / MIB, 1),
        "rss_mib": [round(night.rss_bytes / MIB, 1) for night in nights],
        "store_mib": [round(night.store_bytes / MIB, 1) for night in nights],
        "left_behind": left_behind(nights),
        "calls": centre.calls,
        "events": centre.events,
        "history_lost": centre.history.lost,
        "seconds": round(time.monotonic() - began),
    }


def left_behind(nights: list[Night]) -> dict[str, int]:
    """Of ids of things that are over, the most that any night found where nothing of them should be, by path."""
    found: Counter[str] = Counter()
    for night in nights:
        found |= Counter({path: count for path, count in night.kept.items() if not path.startswith(BOUNDED)})
    return dict(found)


def look(centre: SoakCentre) -> Night:
    """Nobody is there: what is left of the day?"""
    gc.collect()
    kept, items = keyed(centre.roots, centre.ids, BOUNDED), sizes(centre.roots, BOUNDED)
    return Night(resident_bytes(os.getpid()), centre.database.stat().st_size, dict(kept), dict(items))


def tell(centre: SoakCentre, nights: list[Night], seconds: float) -> None:
    """For the person who waits."""
    newest, before = nights[-1], nights[max(0, len(nights) - 1 - WEEK_DAYS)]
    grown = {path: count - before.items.get(path, 0) for path, count in newest.items.items()}
    most = sorted(((count, path) for path, count in grown.items() if count > 0), reverse=True)[:5]
    text = ", ".join(f"{path} +{count}" for count, path in most) if len(nights) > 1 else ""
    kept = ", ".join(f"{path} {count}" for path, count in newest.kept.items()) or "nothing"
    size = f"{newest.rss_bytes / MIB:.1f} MiB, {newest.store_bytes / MIB:.1f} MiB in the store"
    line = f"day {centre.day}: {size}, {centre.calls} calls, {seconds:.0f} s"
    say(f"{line}; of the day's ids kept: {kept}; most grown: {text or 'nothing'}")


if __name__ == "__main__":
    sys.exit(main())
