"""How long does a report of a month take? `.venv/bin/python -m bench.report --contacts 10000000`.

A day of contacts is drawn and counted by the functions that the engine counts with, into the sums of its quarter
hours, on SQLite and on a real PostgreSQL; the other days of the month are that day once more, copied by the database.
Every agent is in every queue: as many rows as there can be. One contact in twenty comes with an attempt of a campaign,
row by row. Every report is then asked for the whole month. Last line of stdout: one JSON object.
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

from sqlalchemy import Connection, Table, insert, select

from bench.saying import say, say_meanwhile
from cti.figures import counting
from cti.figures.wait_steps import step_of
from cti.reports.running import REPORTS, Reports
from cti.store.bulk import insert_rows
from cti.store.database import Store, open_store
from cti.store.day_writing import make_older
from cti.store.history_sums import Sums, start_of
from cti.store.interval_tables import (
    INTERVALS,
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
AS_INSTALLED = ("shared_buffers=256MB",)  # a quarter of 1 GB of memory, as PostgreSQL advises; tests have 16 MB
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


def day(contacts: int, seed: int) -> Iterator[Sums]:
    """The first day in portions, in order of time."""
    chance = random.Random(seed)
    sums = Sums()
    for number in range(contacts):
        count(sums, chance, BEGIN + DAY_S * number / contacts)
        if number % PORTION == PORTION - 1:
            yield sums
            sums = Sums()
    yield sums


def attempts(contacts: int, seed: int) -> list[tuple[Any, ...]]:
    """One for each ATTEMPT_OF contacts, over the month."""
    chance, found = random.Random(seed), []
    for number in range(0, contacts, ATTEMPT_OF):
        at = BEGIN + DAYS * DAY_S * number / contacts
        campaign, result = f"campaign{number % 5}", chance.choice(RESULTS)
        made = (f"{campaign}-{number}-1", campaign, number, 1, 0, f"+49{number:010d}", "", "ended", result)
        found.append((*made, "", "engine", at, at, at + 20))
    return found


def fill(store: Store, contacts: int, seed: int) -> dict[str, float]:
    """Bring the month into the store; seconds that the sums of quarter hours took, and making days of them."""
    begun = time.perf_counter()
    for sums in day(contacts // DAYS, seed):
        with store.engine.begin() as connection:
            write(connection, sums)
    for number in range(1, DAYS):
        with store.engine.begin() as connection:
            for table in INTERVALS:
                _repeat(connection, table, number * int(DAY_S))
        say_meanwhile(f"day {number + 1}")
    with store.engine.begin() as connection:
        insert_rows(connection, attempt, attempts(contacts, seed))
    generated = time.perf_counter()
    while _made_a_day(store):
        print(end=".", file=sys.stderr, flush=True)
    made = time.perf_counter()
    if store.engine.dialect.name == "postgresql":
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("ANALYZE")
    return {"generated": round(generated - begun, 1), "days_made": round(made - generated, 1)}


def _repeat(connection: Connection, table: Table, later_s: int) -> None:
    """The first day's rows once more, for another day."""
    columns = [column.name for column in table.columns]
    rest = [table.c[name] for name in columns if name != "start"]
    first = select(table.c.start + later_s, *rest).where(table.c.start < BEGIN + DAY_S)
    connection.execute(insert(table).from_select(columns, first))


def _made_a_day(store: Store) -> bool:
    with store.engine.begin() as connection:
        return make_older(connection, int(BEGIN + DAYS * DAY_S), "UTC")


def ask(store: Store) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of each report, over the whole month and by days; and of these, those of this process's CPU."""
    reports = Reports(store, lambda: "UTC", lambda: BEGIN + 40 * DAY_S)
    found, worked = {}, {}
    for name in REPORTS:
        for step in ("day", "hour") if name == "intervals" else ("all", "day"):
            begun, cpu = time.perf_counter(), time.process_time()
            rows = reports.run(name, {**SPAN, "step": step}).rows
            found[f"{name}_{step}"] = round(time.perf_counter() - begun, 3)
            worked[f"{name}_{step}"] = round(time.process_time() - cpu, 3)
            assert rows, name
            say(f"{name} {step}: {found[f'{name}_{step}']} s")
    return found, worked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=1_000_000, help="of the month (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the day that is repeated (%(default)s)")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database alone")
    words = parser.parse_args()
    told: dict[str, Any] = {"contacts": words.contacts, "generated_s": {}}
    if words.only != "postgresql":
        on_sqlite(told, words.contacts, words.seed)
    if words.only != "sqlite":
        on_postgresql(told, words.contacts, words.seed)
    print(json.dumps(told))


def on_sqlite(told: dict[str, Any], contacts: int, seed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="cti-bench-report-") as name:
        free_mb, needed_mb = shutil.disk_usage(name).free / 1e6, 500 + contacts * 3e-4
        if free_mb < needed_mb:
            sys.exit(f"{name} has {free_mb:.0f} MB free, {needed_mb:.0f} are needed: set TMPDIR, or fewer --contacts")
        store = open_store(f"sqlite:///{name}/cti.db")
        told["generated_s"]["sqlite"] = fill(store, contacts, seed)
        told["sqlite_s"], told["sqlite_cpu_s"] = ask(store)
        store.close()
        told["sqlite_mb"] = round(sum(file.stat().st_size for file in Path(name).glob("cti.db*")) / 1e6, 1)


def on_postgresql(told: dict[str, Any], contacts: int, seed: int) -> None:
    try:
        with server(*AS_INSTALLED) as postgres:
            store = open_store(postgres.url("postgres"))
            told["generated_s"]["postgresql"] = fill(store, contacts, seed)
            told["postgresql_s"], told["postgresql_cpu_s"] = ask(store)
            store.close()
    except NoPostgres as reason:
        told["postgresql_s"] = None
        say(f"no PostgreSQL: {reason}")


if __name__ == "__main__":
    main()
