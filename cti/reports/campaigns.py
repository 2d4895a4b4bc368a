"""What came of the campaigns' dials? Out of the ledger of attempts, where each has exactly one result."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from cti.figures import derived
from cti.figures.counting import add
from cti.model.dialling import BY_A_PERSON, AttemptResult, LeadOutcome
from cti.outbound.lead import from_one_word
from cti.reports.moments import count_by_step
from cti.reports.query import Query, Span
from cti.reports.report import Report, Value
from cti.store.tables import attempt, lead, lead_list

NO_TRY = (AttemptResult.NOT_DIALLED, AttemptResult.CANCELLED, AttemptResult.UNKNOWN)
WITHOUT_A_PERSON = tuple(result.value for result in AttemptResult if result not in BY_A_PERSON)
FIGURES = (
    *("placed", "in_the_air", "answers", "reach_rate", "with_agent", "left_early"),
    *("dial_abandoned", "dial_abandon_rate", "low", "high", *WITHOUT_A_PERSON, "leads_reached"),
)

Key = tuple[Span, str]  # a step, and a campaign


def campaigns(connection: Connection, query: Query, now: float) -> Report:
    """A row for each campaign, step by step; callbacks are one too."""
    head = ("campaign",) if query.step == "all" else ("start", "campaign")
    report = Report("campaigns", query, (*head, *FIGURES))
    attempts, reached = _attempts(connection, query), _reached(connection, query)
    for span, name in sorted(attempts.keys() | reached.keys(), key=lambda each: (each[0].begin, each[1])):
        counts = attempts.get((span, name), {})
        weak = ("dial_abandon_rate",) if 0 < _of(counts, BY_A_PERSON) < derived.WEAK_BELOW else ()
        leads = {"leads_reached": reached.get((span, name), 0)}
        report.add({"start": span.begin, "campaign": name, **leads, **of_campaign(counts)}, weak)
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


def _attempts(connection: Connection, query: Query) -> dict[Key, dict[str, float]]:
    table = attempt.c
    asked = select(table.id)
    if query.only.get("campaign"):
        asked = asked.where(table.campaign.in_(query.only["campaign"]))
    found: dict[Key, dict[str, float]] = {}
    rows = count_by_step(connection, asked, table.intended_at, query, (table.campaign, table.result))
    for span, counts in rows.items():
        for (name, word), count in counts.items():
            result, _ = from_one_word(word)  # "human": a person, nothing known yet
            add(found.setdefault((span, name), {}), {"" if result is None else result.value: count})
    return found


def _reached(connection: Connection, query: Query) -> dict[Key, int]:
    asked = (
        select(lead.c.id)
        .join_from(lead, lead_list, lead_list.c.id == lead.c.list)
        .where(lead.c.state == LeadOutcome.REACHED)
    )
    if query.only.get("campaign"):
        asked = asked.where(lead_list.c.campaign.in_(query.only["campaign"]))
    found = count_by_step(connection, asked, lead.c.changed_at, query, (lead_list.c.campaign,))
    return {(span, names[0]): count for span, counts in found.items() for names, count in counts.items()}
