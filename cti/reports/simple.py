"""What came of flows, and of the numbers that customers have dialled? Sums with a share or two."""

from __future__ import annotations

from sqlalchemy import Connection, Table

from cti.figures import derived
from cti.figures.flow_walks import COUNTS, WAYS
from cti.reports.query import Query
from cti.reports.report import Report, Value
from cti.reports.sums import read_sums, total
from cti.store.interval_tables import NUMBER_COUNTS, flow_interval, number_interval


def flows(connection: Connection, query: Query, now: float) -> Report:
    """A row for each flow: how its callers came out of it first."""
    return _simple(connection, query, flow_interval, "flows", "flow", (*COUNTS, "inside", "self_service_rate"))


def numbers(connection: Connection, query: Query, now: float) -> Report:
    """A row for each number of ours that was dialled: what became of those who dialled it."""
    return _simple(connection, query, number_interval, "numbers", "number", (*NUMBER_COUNTS, "self_service_rate"))


def _simple(
    connection: Connection, query: Query, table: Table, title: str, kind: str, figures: tuple[str, ...]
) -> Report:
    head = (kind,) if query.step == "all" else ("start", kind)
    report = Report(title, query, (*head, *figures))
    sums = read_sums(connection, table, query, (kind,))
    for rows in (sums, total(sums)) if query.step == "all" else (sums,):
        for found in rows:
            counts = found.counts
            came = counts.get("came", counts.get("calls", 0.0))
            row: dict[str, Value] = {name: int(number) for name, number in counts.items()}
            row["inside"] = int(came - sum(counts.get(way, 0) for way in WAYS))
            row["self_service_rate"] = derived.share(counts["self_service"], came)
            report.add({"start": found.span.begin, kind: found.names[0] if found.names else "", **row})
    return report
