"""What follows from a result: once more (when, at which number), or the one outcome of the lead?

Looks at the lead's own attempts. What else speaks against the next dial when its time comes is may_dial.py's.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from cti.model.calling_rules import Again, Meaning, Retry
from cti.model.dialling import AttemptResult, LeadOutcome
from cti.outbound.lead import Lead, Tried, dead_numbers, this_round
from cti.outbound.rotation import next_index

DAY_S = 86_400.0
LONGEST_S = 366 * DAY_S  # no delay grows beyond


class Next(NamedTuple):
    """Once more, not before `due_at`; `rule` says by which rule, for the journal."""

    due_at: float
    number_index: int
    rule: str


class Repeats(Protocol):
    """The part of a campaign (or of the rules of callbacks) that says how results are answered."""

    @property
    def retry(self) -> Retry: ...
    @property
    def max_attempts(self) -> int: ...


def after(
    lead: Lead,
    rules: Repeats,
    now: float,
    dispositions: dict[str, Meaning] | None = None,
    every_days: int | None = None,
) -> Next | LeadOutcome:
    """Return what follows from the newest of `lead.tries`, which has its result."""
    known = dispositions or {}
    newest = lead.tries[-1]
    used = next((at for at, number in enumerate(lead.numbers) if number.number == newest.number), lead.number_index)
    meaning = known.get(newest.disposition)
    dead = dead_numbers(lead.tries, known)
    if meaning is not None and meaning.means == "do_not_call":
        return LeadOutcome.DO_NOT_CALL
    if newest.result is AttemptResult.INVALID or (meaning is not None and meaning.means == "wrong_number"):
        other = next_index(lead, used, "next", dead)
        if other is None:
            return LeadOutcome.WRONG_NUMBER
        return _unless_used_up(lead, rules, known, Next(now, other, "another number"))
    if newest.result is AttemptResult.ANSWERED and (meaning is None or meaning.means == "reached"):
        return LeadOutcome.REACHED if every_days is None else _visit(lead, now, every_days, dead)
    return _unless_used_up(lead, rules, known, _again(lead, rules.retry, newest, meaning, known, used, now))


def _visit(lead: Lead, now: float, every_days: int, dead: set[str]) -> Next | LeadOutcome:
    first = next_index(lead, 0, "same", dead)
    if first is None:
        return LeadOutcome.WRONG_NUMBER
    return Next(now + every_days * DAY_S, first, f"every {every_days} days")


def _again(
    lead: Lead, retry: Retry, newest: Tried, meaning: Meaning | None, known: dict[str, Meaning], used: int, now: float
) -> Next | LeadOutcome:
    made = this_round(lead.tries, known)
    rule: Again | Meaning | None
    if meaning is not None:
        rule, growth, name = meaning, 1.0, newest.disposition
        so_often = sum(tried.disposition == newest.disposition for tried in made)
    else:
        assert newest.result is not None
        rule = again = retry.of(newest.result)
        growth, name = again.growth if again else 1.0, newest.result.value
        so_often = sum(tried.result is newest.result for tried in made)
    if rule is None or so_often > rule.at_most:
        return LeadOutcome.EXHAUSTED
    want: Literal["same", "next"] = rule.number
    place = next_index(lead, used, want, dead_numbers(lead.tries, known))
    if place is None:
        return LeadOutcome.WRONG_NUMBER
    return Next(now + _delay_s(rule.after_s, growth, so_often), place, f"{name} {so_often} of {rule.at_most}")


def _delay_s(after_s: float, growth: float, so_often: int) -> float:
    if after_s * growth == after_s:
        return after_s
    delay_s = after_s
    for _ in range(so_often - 1):
        delay_s = min(delay_s * growth, LONGEST_S)
        if delay_s == LONGEST_S:
            break
    return delay_s


def _unless_used_up(
    lead: Lead, rules: Repeats, known: dict[str, Meaning], then: Next | LeadOutcome
) -> Next | LeadOutcome:
    made = sum(tried.counts for tried in this_round(lead.tries, known))
    return LeadOutcome.EXHAUSTED if isinstance(then, Next) and made >= rules.max_attempts else then
