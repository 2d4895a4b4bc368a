"""What does one campaign make of one lead now: dial it (which number), let it rest, or end it?

A desk is one campaign at work: its rules, life, stock, quotas and caller ids. It decides and counts; what comes of a
decision is the dialer's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cti.model.campaign import Campaign, Outbound
from cti.model.dialling import CampaignName, CampaignState, LeadOutcome, Rule
from cti.model.hours import Hours
from cti.outbound.caller_ids import Pool
from cti.outbound.campaign_life import CampaignLife
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.history import History
from cti.outbound.lead import Lead, dead_numbers
from cti.outbound.may_dial import SOON_S, Rules, may_dial, may_dial_lead
from cti.outbound.quotas import Quotas
from cti.outbound.rotation import in_turn
from cti.outbound.stock import Stock
from cti.outbound.verdict import Reason, Verdict

OUTCOMES = {
    Rule.CONSENT: LeadOutcome.NO_CONSENT,
    Rule.NOT_MEANT: LeadOutcome.NOT_MEANT,
    Rule.EXPIRED: LeadOutcome.EXPIRED,
    Rule.QUOTA: LeadOutcome.QUOTA_FULL,
    Rule.DO_NOT_CALL: LeadOutcome.DO_NOT_CALL,
    Rule.ZONE: LeadOutcome.NO_ZONE,
    Rule.DEAD_NUMBER: LeadOutcome.WRONG_NUMBER,
}
"""What a rule makes of a lead that it forbids for ever; any other: exhausted."""


class Today(NamedTuple):
    """The day of the centre's zone: its begin (which names it) and the next one's."""

    begins_at: float
    ends_at: float

    @property
    def name(self) -> int:
        return int(self.begins_at)


class Choice(NamedTuple):
    """What becomes of a lead. `place`: dial this number; else `reason`: rest until then, or never again."""

    place: int | None
    reason: Reason | None = None

    @property
    def outcome(self) -> LeadOutcome | None:
        """The lead's outcome where no time will help."""
        if self.reason is None or self.reason.until is not None:
            return None
        return OUTCOMES.get(self.reason.rule, LeadOutcome.EXHAUSTED)


class Desk:
    """One campaign at work."""

    def __init__(
        self, name: CampaignName, written: Campaign, outbound: Outbound, hours: Hours | None, forbidden: DoNotCall
    ) -> None:
        self.name = name
        self.life = CampaignLife(name, written, outbound.zone, hours)
        self.stock = Stock()
        self.quotas = Quotas(written.quotas)
        self.in_hand = 0
        self.placed = 0.0  # dials so far, by weight: what shares agents among campaigns
        self.leads_left = True  # as far as the store has told
        self.asked_at: float | None = None  # when more leads were asked for and have not come
        self.ask_again_at = 0.0
        self._put_off: dict[Rule, int] = {}  # how often, by which rule, on the day of `_counted_of`
        self._counted_of: int | None = None
        self.untaken, self.untaken_trunk = 0, ""  # dials in a row that no node took on, and the newest one's trunk
        self.pool: Pool | None = None
        self.follow(written, outbound, hours, forbidden)

    def follow(self, written: Campaign, outbound: Outbound, hours: Hours | None, forbidden: DoNotCall) -> None:
        """Go by other rules from now on; dials in the air, counts and stock stay."""
        self.written = written
        self.rules = Rules(self.name, written, outbound, forbidden)
        self.life.follow(written, outbound.zone, hours)
        self.quotas = self.quotas.under(written.quotas)
        named = outbound.caller_ids.get(written.caller_ids) if written.caller_ids else None
        if named is None or self.pool is None or self.pool.written != named:
            self.pool = None if named is None else Pool(named)

    @property
    def running(self) -> bool:
        return self.life.state is CampaignState.RUNNING

    def choose(
        self,
        lead: Lead,
        now: float,
        today: Today,
        history: History,
        in_the_air: Callable[[str], bool],
        ahead_s: float = 0.0,
    ) -> Choice:
        """Decide about `lead` at `now`, by every rule there is. `ahead_s`: as may_dial."""
        whole = may_dial_lead(lead, now, self.rules)
        quota = self.quotas.reason(lead.data, today.name, today.ends_at, now + SOON_S)
        whole = Verdict((*whole.reasons, quota)) if quota is not None else whole
        if not whole.yes:
            return Choice(None, whole.decisive)
        found: list[Verdict] = []
        for index in in_turn(lead, self.written.rotation, dead_numbers(lead.tries, self.written.dispositions)):
            number = lead.numbers[index]
            verdict = may_dial(number, now, self.rules, history.of(number.number), in_the_air, ahead_s)
            if verdict.yes:
                if self.pool is not None and not self.pool.left(today.name):
                    return Choice(None, Reason(Rule.NO_CALLER_ID, today.ends_at))
                return Choice(index)
            found.append(verdict)
        return Choice(None, _soonest(found))

    def taken(self, trunk: str, *, on: bool) -> None:
        """A node has taken a dial `on`, or not: then no phone has rung."""
        self.untaken, self.untaken_trunk = (0, "") if on else (self.untaken + 1, trunk)

    def note(self, reason: Reason, today: Today) -> None:
        """Count why a lead was not dialled."""
        self._put_off, self._counted_of = dict(self.not_dialled(today)), today.name
        self._put_off[reason.rule] = self._put_off.get(reason.rule, 0) + 1

    def not_dialled(self, today: Today) -> Mapping[Rule, int]:
        """Return why leads were not dialled today, and how often; since the engine's start where that is later."""
        return self._put_off if self._counted_of == today.name else {}


def _soonest(found: list[Verdict]) -> Reason:
    """Of verdicts of all numbers: what lasts longest of the one that lasts least."""
    reasons = [reason for verdict in found if (reason := verdict.decisive) is not None]
    if not reasons:
        return Reason(Rule.DEAD_NUMBER, None, "no number is left")
    return min(reasons, key=lambda reason: float("inf") if reason.until is None else reason.until)
