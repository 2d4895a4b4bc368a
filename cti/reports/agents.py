"""What did the agents do, and for how long? A row for each agent, and the total, in which each counts once."""

from __future__ import annotations

from sqlalchemy import Connection

from cti.figures import derived
from cti.figures.staffing import STATES
from cti.reports import surveys
from cti.reports.query import Query
from cti.reports.report import Report, Value
from cti.reports.sums import Summed, read_sums, total
from cti.store.interval_tables import agent_interval

FIGURES = (
    *("handled", "transferred", "missed", *STATES, "staffed_s", "busy_s"),
    *("occupancy", "utilisation", "shrinkage", "aht_s"),
    *surveys.FIGURES,
)


def agents(connection: Connection, query: Query, now: float) -> Report:
    """A row for each agent, step by step. Of stated queues only the talks: his time is not of a queue."""
    head = ("agent",) if query.step == "all" else ("start", "agent")
    report = Report("agents", query, (*head, *FIGURES))
    found = read_sums(connection, agent_interval, query, ("agent",))
    answers = surveys.read_answers(connection, query, ("agent",))
    _fill(report, found, answers)
    if query.step == "all" and report.rows:
        _fill(report, total(found), total(answers))
    return report


def _fill(report: Report, sums: list[Summed], answers: list[Summed]) -> None:
    scores = surveys.by_row(answers)
    for found in sums:
        counts, name = found.counts, found.names[0] if found.names else ""
        whole = not report.query.only.get("queue")  # his time is of no queue
        figures: dict[str, Value] = {
            "start": found.span.begin,
            "agent": name,
            **{each: int(counts[each]) for each in ("handled", "transferred", "missed")},
            **{each: counts[each] for each in (*STATES, "staffed_s", "busy_s")},
            "occupancy": derived.occupancy(counts) if whole else None,
            "utilisation": derived.utilisation(counts) if whole else None,
            "shrinkage": derived.shrinkage(counts) if whole else None,
            "aht_s": derived.aht_s(counts),
        }
        scores_found, weak = surveys.of_answers(scores.get((found.span.begin, name), {}))
        report.add(figures | scores_found, weak)
