"""How fast does a list of a million leads come in, and how much memory does that take? `python -m bench.import_leads`.

A file is written (two columns of numbers, several zones, some rows bad, twice or on the do-not-call list) and taken
over into a fresh store in a process of its own. Another campaign dials meanwhile; then a dialer asks for due leads.
Last line of stdout: one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.saying import say, say_meanwhile
from cti.lists.importing import Reading, import_list, look_at
from cti.lists.judge import Rules, Verdict
from cti.store.attempts import Attempt, intend
from cti.store.database import open_store
from cti.store.do_not_call import Entry, add_entries
from cti.store.leads import take_due

WISHES = 10_000
LOOKS = 50
BEGINNINGS = (("+86138", 8), ("+86139", 8), ("+44207", 7), ("+1212", 7), ("+4915", 9), ("+614", 8))
DIAL_EVERY_S = 0.1
STOCK = 100  # leads that a dialer asks for at once


def write_list(file: Path, rows: int, seed: int) -> list[str]:
    """Write a list; some numbers of it that must not be called."""
    chance = random.Random(seed)
    wishes = []
    with file.open("w", encoding="utf-8") as out:
        out.write("name;phone;mobile;city;priority\n")
        for n in range(rows):
            first, more = chance.choice(BEGINNINGS)
            number = first + "".join(chance.choices("0123456789", k=more))
            if chance.random() < 0.01:
                number = chance.choice(("", "12", "n/a", "8.6138E+12"))
            elif len(wishes) < WISHES and chance.random() < 0.02:
                wishes.append(number)
            out.write(f"customer {n};{number};;city {n % 300};{n % 3}\n")
            if chance.random() < 0.005:
                out.write(f"again {n};{number};;;\n")
    return wishes


def take_over(link: Connection, url: str, file: Path, dry_run: bool) -> None:
    """Import in this process alone, and tell what came of it: its peak is nobody else's."""
    store = open_store(url)
    begun = time.perf_counter()

    def told(done: int, whole: int) -> None:
        say_meanwhile(f"{done / whole:7.1%}")

    found = look_at(file, Reading())
    tally = import_list(store, file, found, Rules("winter"), time.time, by="bench", dry_run=dry_run, told=told)
    store.close()
    peak_mib, cpu_s = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.process_time()
    verdicts = {verdict.value: tally.verdicts[verdict] for verdict in Verdict}
    link.send(
        {"rows": tally.rows, **verdicts, "seconds": time.perf_counter() - begun, "cpu_s": cpu_s, "peak_mib": peak_mib}
    )


def dials_meanwhile(import_ended: Connection, url: str) -> list[float]:
    """How long the durable intents of an engine take (milliseconds) that dials while the import writes."""
    store, took = open_store(url), [0.0]
    while not import_ended.poll(DIAL_EVERY_S):
        begun = time.perf_counter()
        number = f"+33{100_000_000 + len(took)}"
        assert intend(store, Attempt("other", 1, len(took), 0, number), time.time()).why_not is None
        took.append((time.perf_counter() - begun) * 1000)
    store.close()
    return took


def due_ms(url: str) -> list[float]:
    """How long a campaign waits for its next leads, each time."""
    store, took = open_store(url), []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        with store.engine.begin() as connection:
            assert take_due(connection, "winter", time.time(), STOCK)
        took.append((time.perf_counter() - begun) * 1000)
    store.close()
    return took


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.import_leads", description="A list of many leads into a fresh store.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the file (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the numbers (%(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="judge the rows, and write nothing")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="cti-import-") as folder:
        file, url = Path(folder) / "list.csv", f"sqlite:///{folder}/cti.db"
        wishes = write_list(file, options.rows, options.seed)
        store = open_store(url)
        with store.durable.begin() as connection:
            add_entries(connection, [Entry(number, "", "register", "bench", 0.0) for number in wishes])
        store.close()
        here, there = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=take_over, args=(there, url, file, options.dry_run)
        )
        process.start()
        there.close()
        waited = dials_meanwhile(here, url)
        found: dict[str, Any] = here.recv()
        process.join()
        say("")
        for what, number in found.items():
            say(f"{what:>28}: {number:,.1f}".removesuffix(".0"))
        figures = {"rows_per_s": round(found["rows"] / found["seconds"]), "peak_mib": round(found["peak_mib"])}
        figures |= {"intend_p50_ms": round(statistics.median(waited), 1), "intend_max_ms": round(max(waited), 1)}
        figures["rows_per_cpu_s"] = round(found["rows"] / found["cpu_s"])  # on a machine that others use too
        if not options.dry_run:
            took = due_ms(url)
            figures |= {"next_due_p50_ms": round(statistics.median(took), 2), "next_due_max_ms": round(max(took), 2)}
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
