"""Who would be dialled in the next hour, who not, and why? A projection over leads, for `cti campaign plan`.

Asks the very rules that the dialer asks, at the moments at which their answers change; dials nothing, keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from cti.model.dialling import LeadId, LeadOutcome
from cti.outbound.desk import OUTCOMES, Desk, Today
from cti.outbound.history import History
from cti.outbound.lead import Lead, Tried
from cti.outbound.verdict import Reason, Verdict, first_yes

HOUR_S = 3600.0


class Prospect(msgspec.Struct, frozen=True, omit_defaults=True):
    """What awaits one lead. `at` (epoch s): the first moment of the time asked for at which it may be dialled.

    `reason`: what speaks against it before, or for ever; `outcome`: how it would end.
    """

    lead: LeadId
    at: float | None = None
    number_index: int | None = None
    reason: Reason | None = None
    outcome: LeadOutcome | None = None


def project(
    desk: Desk,
    leads: Iterable[Lead],
    history: Mapping[str, Sequence[Tried]],
    now: float,
    today: Today,
    ahead_s: float = HOUR_S,
) -> Iterator[Prospect]:
    """Yield what awaits each lead until `now + ahead_s`. As many as agents and pacing allow are then dialled."""
    for lead in leads:
        yield _prospect(desk, lead, history, now, today, now + ahead_s)


def _prospect(
    desk: Desk, lead: Lead, tries: Mapping[str, Sequence[Tried]], now: float, today: Today, until: float
) -> Prospect:
    known = History()
    for number in lead.numbers:
        known.hold(number.number, tries.get(number.number, ()))

    def ask(at: float) -> Verdict:
        closed = desk.life.closed(at)
        choice = desk.choose(lead, at, today, known, lambda number: False)
        reasons = (*(() if closed is None else (closed,)), *(() if choice.reason is None else (choice.reason,)))
        return Verdict(reasons)

    at, last = first_yes(ask, now)
    reason = last.decisive
    if at is not None and at < until:
        chosen = desk.choose(lead, at, today, known, lambda number: False)
        return Prospect(lead.id, at, chosen.place, reason)
    outcome = None
    if at is None and reason is not None and reason.until is None:
        outcome = OUTCOMES.get(reason.rule, LeadOutcome.EXHAUSTED)
    return Prospect(lead.id, None, None, reason, outcome)


def counted(prospects: Iterable[Prospect]) -> dict[str, int]:
    """Return how many would be dialled (`dialled`), and how many not, by the rule that speaks against it."""
    found: dict[str, int] = {}
    for prospect in prospects:
        key = "dialled" if prospect.at is not None else prospect.reason.rule.value if prospect.reason else "later"
        found[key] = found.get(key, 0) + 1
    return found
