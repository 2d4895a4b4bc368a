"""What do all campaigns share: numbers in the air, history, dials in hand, the day?

The one door through which a lead becomes a dial, and a dial a settled lead. Decides nothing: which lead, and what
follows from a result, is the dialer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from cti.calendar.instants import day_begins
from cti.model.campaign import Outbound
from cti.model.dialling import AttemptResult, CampaignName, LeadOutcome, LeadState, Rule
from cti.outbound.air import Air
from cti.outbound.callout_of import callout_of
from cti.outbound.desk import Desk, Today
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.hands import Hands, InHand
from cti.outbound.history import History
from cti.outbound.lead import Lead, Tried, attempt_id
from cti.outbound.orders import LeadSettled, Order, Planned
from cti.outbound.ways import Ways

RING_GRACE_S = 60.0
LINE_S = 3600.0  # the longest that a planned dial waits for its agent


class DialFloor:
    """All desks, and what they share. `late`: results of dials that are over, ignored on purpose."""

    def __init__(self, outbound: Outbound, air: Air, history: History, ways: Ways) -> None:
        self.air, self.history, self.hands, self.ways = air, history, Hands(), ways
        self.forbidden = DoNotCall()
        self.desks: dict[CampaignName, Desk] = {}
        self.gone: set[CampaignName] = set()  # no longer in the configuration, with dials in hand
        self.late = 0
        self.ahead_s = 0.0  # our clock, of the machine's
        self._today: Today | None = None
        self.follow(outbound)

    def follow(self, outbound: Outbound) -> None:
        """Go by other patterns and another zone from now on."""
        self._zone, self._today = ZoneInfo(outbound.zone), None
        self.ways.follow(outbound.trunks)
        self.forbidden = self.forbidden.with_patterns(outbound.do_not_call)

    def day(self, now: float) -> Today:
        """Return the day of the centre's zone that `now` is in."""
        if self._today is None or not self._today.begins_at <= now < self._today.ends_at:
            self._today = Today(day_begins(self._zone, now), day_begins(self._zone, now, 1))
        return self._today

    def plan(self, desk: Desk, lead: Lead, place: int, now: float, trunk: str = "") -> Planned:
        """Dial a lead that may be dialled, by `trunk`; "": by whichever the switch takes."""
        number, attempt_no = lead.numbers[place].number, lead.attempts + 1
        attempt = attempt_id(lead.campaign, lead.id, attempt_no)
        day = self.day(now).name
        caller_id = desk.pool.choose(attempt_id(lead.campaign, lead.id, 0), number, day) if desk.pool else ""
        tried = Tried(now, lead.campaign, lead.id, number, attempt_no)
        taken = self.air.take(number, attempt)
        assert taken, "may_dial has asked"
        self.history.add(tried)
        desk.quotas.hold(attempt, lead.data)
        desk.in_hand += 1
        desk.placed += 1 / desk.written.weight
        callout = callout_of(desk.written, desk.rules.limits, attempt, number, caller_id or "", desk.name, trunk)
        until = now + (LINE_S if callout.reserve else callout.ring_timeout_s + RING_GRACE_S)
        self.hands.take(attempt, InHand(lead, place, LeadState.PLANNED, tried, caller_id or "", day, until))
        queue = desk.written.queue or ""
        return Planned(desk.name, lead.id, attempt_no, place, desk.written.mode, queue, callout, lead.data)

    def found(self, desk: Desk, lead: Lead, tried: Tried, now: float) -> bool:
        """An earlier process was dialling for it: its number stays taken until it is known what came of that."""
        attempt = attempt_id(lead.campaign, lead.id, tried.attempt_no)
        if lead.id in desk.stock or self.hands.has_lead(desk.name, lead.id):
            return False
        if not self.air.take(tried.number, attempt):
            return False
        for number in lead.numbers:
            self.history.hold(number.number, (tried,) if number.number == tried.number else ())
        desk.quotas.hold(attempt, lead.data)
        desk.in_hand += 1
        place = next((at for at, each in enumerate(lead.numbers) if each.number == tried.number), lead.number_index)
        hand = InHand(lead, place, LeadState.PLANNED, tried, "", self.day(now).name, now + LINE_S)
        self.hands.take(attempt, hand)
        self.hands.move(attempt, LeadState.DIALLING, now + LINE_S)
        return True

    def put_down(self, attempt: str, hand: InHand, tried: Tried, new: LeadState, now: float) -> None:
        """Everything that a dial has kept is free again; `tried` is its attempt with its result."""
        desk = self.desks[hand.lead.campaign]
        self.hands.end(attempt, new)
        desk.in_hand -= 1
        self.air.free(tried.number, attempt)
        self.history.add(tried)
        meaning = desk.written.dispositions.get(tried.disposition)
        reached = tried.result is AttemptResult.ANSWERED and (meaning is None or meaning.means == "reached")
        desk.quotas.release(attempt, self.day(now).name, reached=reached)
        if desk.pool is not None and not tried.counts:
            desk.pool.give_back(hand.caller_id, hand.day)

    def gone_back(
        self, lead: Lead, outcome: LeadOutcome | None, due_at: float, index: int, result: str, rule: str, now: float
    ) -> LeadSettled:
        """A lead leaves us: with its outcome, or to come again."""
        for number in lead.numbers:
            self.history.drop(number.number)
        desk = self.desks.get(lead.campaign)
        if desk is not None and outcome is None:
            desk.leads_left = True
        if desk is not None and not desk.in_hand and desk.name in self.gone:
            del self.desks[desk.name]
        return LeadSettled(lead.campaign, lead.id, now, outcome, due_at, index, result, rule)

    def given_back(self, desk: Desk, now: float) -> Iterator[Order]:
        """All leads that a campaign has at hand and does not dial."""
        for lead in desk.stock.empty():
            yield self.gone_back(lead, None, lead.due_at, lead.number_index, "", Rule.CAMPAIGN.value, now)

    def begun(self, desk: Desk, now: float) -> None:
        """A campaign runs from now on."""
        desk.leads_left, desk.ask_again_at = True, now
        others = [other.placed for other in self.desks.values() if other.running and other is not desk]
        desk.placed = max(desk.placed, min(others, default=0.0))  # what it missed it need not catch up


def never_here(lead: Lead, now: float, rule: str) -> LeadSettled:
    """A lead that was not taken goes back as it came."""
    return LeadSettled(lead.campaign, lead.id, now, None, lead.due_at, lead.number_index, "", rule)
