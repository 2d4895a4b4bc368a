"""How long does a report of a month take? `python -m bench.report --contacts 10000000`.

A month of contacts is drawn and counted by the functions that the engine counts with, into the sums of its quarter
hours, on SQLite and on a real PostgreSQL; one contact in twenty comes with an attempt of a campaign, row by row. Every
report is then asked for the whole month. Last line of stdout: one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cti.figures import counting
from cti.figures.wait_steps import step_of
from cti.reports.running import REPORTS, Reports
from cti.store.bulk import insert_rows
from cti.store.database import Store, open_store
from cti.store.history_sums import Sums, start_of
from cti.store.interval_tables import (
    agent_interval,
    flow_interval,
    number_interval,
    queue_interval,
    survey_interval,
    wait_interval,
)
from cti.store.interval_writing import write
from cti.store.tables import attempt
from tests.postgres import NoPostgres, server

BEGIN = 1_700_006_400.0  # a midnight, UTC
DAYS, DAY_S = 30, 86_400.0
QUEUES = tuple(f"queue{n}" for n in range(40))
AGENTS = tuple(f"agent{n}" for n in range(1000))
RESULTS = ("answered", "no_answer", "no_answer", "busy", "machine", "abandoned", "sold")
ATTEMPT_OF = 20  # one contact in so many
PORTION = 50_000
SPAN = {"from": str(BEGIN), "to": str(BEGIN + DAYS * DAY_S)}


def count(sums: Sums, chance: random.Random, at: float) -> None:
    """One contact, from its entry to the end of its talk."""
    queue, agent = chance.choice(QUEUES), chance.choice(AGENTS)
    start = start_of(at)
    wait_s = chance.expovariate(1 / 25)
    outcome = "abandoned" if chance.random() < 0.06 else "answered"
    sums.add(queue_interval, (start, queue), counting.entered())
    sums.add(queue_interval, (start, queue), counting.left(outcome, wait_s, 20.0, 40.0))
    sums.add(wait_interval, (start, queue, outcome, step_of(wait_s)), {"contacts": 1})
    sums.add(number_interval, (start, queue), {"calls": 1, outcome: 1})
    sums.add(flow_interval, (start, "main"), {"came": 1, "to_queue": 1})
    if outcome == "answered":
        talk_s = chance.expovariate(1 / 180)
        work = {"handled": 1, "talk_s": talk_s, "wrapup_s": 10.0}
        sums.add(queue_interval, (start, queue), {**work, "staffed_s": talk_s + 40, "busy_s": talk_s + 10})
        sums.add(agent_interval, (start, agent, queue), {**work, "staffed_s": talk_s + 40, "busy_s": talk_s + 10})
        if chance.random() < 0.1:
            key = (start, "after", "satisfied", queue, agent, "csat", chance.randint(1, 5))
            sums.add(survey_interval, key, {"answers": 1})


def month(contacts: int, seed: int) -> Iterator[tuple[Sums, list[tuple[Any, ...]]]]:
    """The month in portions, in order of time: sums, and attempts."""
    chance = random.Random(seed)
    sums, attempts = Sums(), []
    for number in range(contacts):
        at = BEGIN + DAYS * DAY_S * number / contacts
        count(sums, chance, at)
        if number % ATTEMPT_OF == 0:
            campaign, result = f"campaign{number % 5}", chance.choice(RESULTS)
            made = (f"{campaign}-{number}-1", campaign, number, 1, 0, f"+49{number:010d}", "", "ended", result)
            attempts.append((*made, "", "engine", at, at, at + 20))
        if number % PORTION == PORTION - 1:
            yield sums, attempts
            sums, attempts = Sums(), []
    yield sums, attempts


def fill(store: Store, contacts: int, seed: int) -> float:
    """Bring the month into the store; how many seconds that took."""
    begun = time.perf_counter()
    for done, (sums, attempts) in enumerate(month(contacts, seed), 1):
        with store.engine.begin() as connection:
            write(connection, sums)
            insert_rows(connection, attempt, attempts)
        print(f"{min(contacts, done * PORTION):,} contacts", end="\r", file=sys.stderr, flush=True)
    if store.engine.dialect.name == "postgresql":
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("ANALYZE")
    return time.perf_counter() - begun


def ask(store: Store) -> dict[str, float]:
    """Seconds of each report, over the whole month and by days."""
    reports = Reports(store, lambda: "UTC", lambda: BEGIN + 40 * DAY_S)
    found = {}
    for name in REPORTS:
        for step in ("day",) if name == "intervals" else ("all", "day"):
            begun = time.perf_counter()
            rows = reports.run(name, {**SPAN, "step": step}).rows
            found[f"{name}_{step}"] = round(time.perf_counter() - begun, 3)
            assert rows, name
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    told: dict[str, Any] = {"contacts": words.contacts, "generated_s": {}}
    with tempfile.TemporaryDirectory(prefix="cti-bench-report-") as name:
        free_mb, needed_mb = shutil.disk_usage(name).free / 1e6, 500 + words.contacts * 3e-4
        if free_mb < needed_mb:
            sys.exit(f"{name} has {free_mb:.0f} MB free, {needed_mb:.0f} are needed: set TMPDIR, or fewer --contacts")
        store = open_store(f"sqlite:///{name}/cti.db")
        told["generated_s"]["sqlite"] = round(fill(store, words.contacts, words.seed), 1)
        told["sqlite_s"] = ask(store)
        store.close()
        told["sqlite_mb"] = round(sum(file.stat().st_size for file in Path(name).glob("cti.db*")) / 1e6, 1)
    try:
        with server() as postgres:
            store = open_store(postgres.url("postgres"))
            told["generated_s"]["postgresql"] = round(fill(store, words.contacts, words.seed), 1)
            told["postgresql_s"] = ask(store)
            store.close()
    except NoPostgres as reason:
        told["postgresql_s"] = None
        print(f"no PostgreSQL: {reason}", file=sys.stderr)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
