"""What came of the campaigns' dials? Out of the ledger of attempts, where each has exactly one result."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from cti.figures import derived
from cti.figures.counting import add
from cti.model.dialling import BY_A_PERSON, AttemptResult, LeadOutcome
from cti.outbound.lead import from_one_word
from cti.reports.query import Query, Span
from cti.reports.report import Report, Value
from cti.store.tables import attempt, lead, lead_list

NO_TRY = (AttemptResult.NOT_DIALLED, AttemptResult.CANCELLED, AttemptResult.UNKNOWN)
WITHOUT_A_PERSON = tuple(result.value for result in AttemptResult if result not in BY_A_PERSON)
FIGURES = (
    *("placed", "in_the_air", "answers", "reach_rate", "with_agent", "left_early"),
    *("dial_abandoned", "dial_abandon_rate", "low", "high", *WITHOUT_A_PERSON, "leads_reached"),
)


def campaigns(connection: Connection, query: Query, now: float) -> Report:
    """A row for each campaign, step by step; callbacks are one too."""
    head = ("campaign",) if query.step == "all" else ("start", "campaign")
    report = Report("campaigns", query, (*head, *FIGURES))
    for span in query.steps():
        found = _attempts(connection, query, span)
        reached = _reached(connection, query, span)
        for name in sorted(found.keys() | reached.keys()):
            counts = found.get(name, {})
            weak = ("dial_abandon_rate",) if 0 < _of(counts, BY_A_PERSON) < derived.WEAK_BELOW else ()
            row = of_campaign(counts)
            report.add({"start": span.begin, "campaign": name, "leads_reached": reached.get(name, 0), **row}, weak)
    return report


def of_campaign(counts: dict[str, float]) -> dict[str, Value]:
    """The figures of attempts by their results; the result "" is that of one that is not over."""
    placed, persons = int(sum(counts.values())), _of(counts, BY_A_PERSON)
    rate = derived.score(int(counts.get(AttemptResult.ABANDONED, 0)), persons)
    return {
        "placed": placed,
        "in_the_air": int(counts.get("", 0)),
        "answers": persons,
        "reach_rate": derived.share(persons, placed - int(counts.get("", 0)) - _of(counts, NO_TRY)),
        "with_agent": int(counts.get(AttemptResult.ANSWERED, 0)),
        "left_early": int(counts.get(AttemptResult.HUNG_UP, 0)),
        "dial_abandoned": int(counts.get(AttemptResult.ABANDONED, 0)),
        "dial_abandon_rate": rate.value,
        "low": rate.low,
        "high": rate.high,
        **{name: int(counts.get(name, 0)) for name in WITHOUT_A_PERSON},
    }


def _of(counts: dict[str, float], results: Iterable[AttemptResult]) -> int:
    return int(sum(counts.get(result.value, 0) for result in results))


def _attempts(connection: Connection, query: Query, span: Span) -> dict[str, dict[str, float]]:
    table = attempt.c
    asked = select(table.campaign, table.result, func.count()).where(
        table.intended_at >= span.begin, table.intended_at < span.end
    )
    if query.only.get("campaign"):
        asked = asked.where(table.campaign.in_(query.only["campaign"]))
    found: dict[str, dict[str, float]] = {}
    for name, word, count in connection.execute(asked.group_by(table.campaign, table.result)):
        result, _ = from_one_word(word)  # "human": a person, nothing known yet
        add(found.setdefault(name, {}), {"" if result is None else result.value: count})
    return found


def _reached(connection: Connection, query: Query, span: Span) -> dict[str, int]:
    asked = (
        select(lead_list.c.campaign, func.count())
        .join_from(lead, lead_list, lead_list.c.id == lead.c.list)
        .where(lead.c.state == LeadOutcome.REACHED, lead.c.changed_at >= span.begin, lead.c.changed_at < span.end)
        .group_by(lead_list.c.campaign)
    )
    if query.only.get("campaign"):
        asked = asked.where(lead_list.c.campaign.in_(query.only["campaign"]))
    return {str(row[0]): int(row[1]) for row in connection.execute(asked)}
