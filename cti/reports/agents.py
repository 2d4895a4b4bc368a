"""What did the agents do, and for how long? A row for each agent, and the total, in which each counts once."""

from __future__ import annotations

from sqlalchemy import Connection

from cti.figures import derived
from cti.figures.staffing import STATES
from cti.reports.query import Query
from cti.reports.queues import of_answers
from cti.reports.report import Report, Value
from cti.reports.sums import read_sums
from cti.store.interval_tables import agent_interval, survey_interval

FIGURES = (
    *("handled", "transferred", "missed", *STATES, "staffed_s", "busy_s", "occupancy", "aht_s"),
    *("csat", "csat_low", "csat_high", "nps", "survey_answers"),
)


def agents(connection: Connection, query: Query, now: float) -> Report:
    """A row for each agent, step by step. Of stated queues only the talks: his time is not of a queue."""
    head = ("agent",) if query.step == "all" else ("start", "agent")
    report = Report("agents", query, (*head, *FIGURES))
    _fill(report, connection, query, ("agent",))
    if query.step == "all" and report.rows:
        _fill(report, connection, query, ())
    return report


def _fill(report: Report, connection: Connection, query: Query, by: tuple[str, ...]) -> None:
    answers: dict[tuple[float, str], dict[str, dict[str, float]]] = {}
    for said in read_sums(connection, survey_interval, query, (*by, "scale", "score")):
        *names, scale, score = said.names
        scores = answers.setdefault((said.span.begin, names[0] if names else ""), {}).setdefault(scale, {})
        scores[str(score)] = said.counts["answers"]
    for found in read_sums(connection, agent_interval, query, by):
        counts, name = found.counts, found.names[0] if by else ""
        figures: dict[str, Value] = {
            "start": found.span.begin,
            "agent": name,
            **{each: int(counts[each]) for each in ("handled", "transferred", "missed")},
            **{each: counts[each] for each in (*STATES, "staffed_s", "busy_s")},
            "occupancy": None if query.only.get("queue") else derived.occupancy(counts),
            "aht_s": derived.aht_s(counts),
        }
        scores_found, weak = of_answers(answers.get((found.span.begin, name), {}))
        report.add(figures | scores_found, weak)
