"""What did the agents do, and for how long? A row for each agent, and the total, in which each counts once."""

from __future__ import annotations

from sqlalchemy import Connection

from cti.figures import derived
from cti.figures.staffing import STATES
from cti.reports.query import Query
from cti.reports.queues import by_scale, of_answers
from cti.reports.report import Report, Value
from cti.reports.sums import Summed, read_sums, total
from cti.store.interval_tables import agent_interval, survey_interval

FIGURES = (
    *("handled", "transferred", "missed", *STATES, "staffed_s", "busy_s", "occupancy", "aht_s"),
    *("csat", "csat_low", "csat_high", "nps", "survey_answers"),
)


def agents(connection: Connection, query: Query, now: float) -> Report:
    """A row for each agent, step by step. Of stated queues only the talks: his time is not of a queue."""
    head = ("agent",) if query.step == "all" else ("start", "agent")
    report = Report("agents", query, (*head, *FIGURES))
    found = read_sums(connection, agent_interval, query, ("agent",))
    answers = read_sums(connection, survey_interval, query, ("agent", "scale", "score"))
    _fill(report, found, answers)
    if query.step == "all" and report.rows:
        _fill(report, total(found), total(answers))
    return report


def _fill(report: Report, sums: list[Summed], answers: list[Summed]) -> None:
    scores = by_scale(answers)
    for found in sums:
        counts, name = found.counts, found.names[0] if found.names else ""
        figures: dict[str, Value] = {
            "start": found.span.begin,
            "agent": name,
            **{each: int(counts[each]) for each in ("handled", "transferred", "missed")},
            **{each: counts[each] for each in (*STATES, "staffed_s", "busy_s")},
            "occupancy": None if report.query.only.get("queue") else derived.occupancy(counts),
            "aht_s": derived.aht_s(counts),
        }
        scores_found, weak = of_answers(scores.get((found.span.begin, name), {}))
        report.add(figures | scores_found, weak)
