"""What does the dialer of the campaigns (outbound/) want done, and how is it done? On the floor and in the books.

Every dial begins and ends here: as a call-out of the floor, in the legal window, and as the result of a lead. What
happened to it is read in campaign_facts.py. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from cti.acd import callouts
from cti.acd.contact import Leaving
from cti.acd.floor import Floor
from cti.calling.dial import Dial, contact_of
from cti.calling.pace import CampaignPace
from cti.model.books import KeepCampaign, KeepNotAgain, SettleLead, WantLeads
from cti.model.changes import Changed, Kind
from cti.model.commands import CancelCall
from cti.model.dialling import AttemptResult, CampaignName, CampaignState, Rule
from cti.model.events import CalloutDue
from cti.model.words import AttemptId, Outcome, QueueName
from cti.outbound.air import Air
from cti.outbound.desk import Desk
from cti.outbound.dialer import Dialer
from cti.outbound.history import History
from cti.outbound.orders import CampaignMoved, LeadSettled, LeadsWanted, NotAgain, Order, Planned, TakeBack
from cti.outbound.ways import Ways

TICK_S = 1.0


class CampaignOrders:
    """The dialer of one centre, and the dials that it has ordered."""

    def __init__(self, floor: Floor, air: Air, history: History, ways: Ways) -> None:
        self._floor = floor
        self.dials: dict[str, Dial] = {}
        self.since: dict[CampaignName, float] = {}
        self.counts: dict[CampaignName, list[int]] = {}  # dialled, settled: since then
        self.pace = CampaignPace(floor, self.dials)
        center = floor.policy
        self.pace.follow(center.campaigns, center.outbound)
        self.dialer = Dialer(center.campaigns, center.outbound, center.hours, self.pace, air, history, ways)

    def follow_policy(self) -> None:
        """Go by the rules that hold from now on."""
        center = self._floor.policy
        self.pace.follow(center.campaigns, center.outbound)
        self.do(self.dialer.follow(center.campaigns, center.outbound, center.hours, self._floor.now))
        if self.desks:
            self.soon(TICK_S)

    @property
    def desks(self) -> dict[CampaignName, Desk]:
        """The campaigns that are in force, by name."""
        return self.dialer.floor.desks

    def do(self, orders: Iterable[Order], attempt: str = "") -> None:
        """Do what the dialer wants; `attempt`: whose end was the cause."""
        floor = self._floor
        for order in orders:
            match order:
                case Planned():
                    self._place(order)
                case LeadSettled(campaign, lead, at, outcome, due_at, index, result, rule):
                    if outcome is not None:
                        self.counts.setdefault(campaign, [0, 0])[1] += 1
                    floor.ask_books(
                        SettleLead(campaign, lead, at, outcome, due_at, index, result, rule, attempt if result else "")
                    )
                case LeadsWanted(campaign, most):
                    floor.ask_books(WantLeads(campaign, most))
                case TakeBack(_, taken):
                    self.take_back(taken)
                case NotAgain(campaign, _, number, reason):
                    floor.ask_books(KeepNotAgain(number, "", f"{campaign}: {reason}", "agent", floor.now))
                case CampaignMoved(campaign, _, old, new, by):
                    self.moved(campaign, old, new, by)

    def _place(self, plan: Planned) -> None:
        name, contact = plan.callout.attempt, contact_of(plan.callout.attempt)
        self.dials[name] = Dial(
            name, plan.campaign, contact, plan.queue, plan.mode, self._floor.now, plan.callout.trunk
        )
        due = CalloutDue(contact, QueueName(plan.queue), plan.callout, customer=plan.customer)
        callouts.due(self._floor, due)

    def take_back(self, attempt: str) -> None:
        """Stop a dial that nobody has answered yet."""
        floor = self._floor
        contact, found = floor.contacts.get(contact_of(attempt)), floor.dials.air.get(AttemptId(attempt))
        if contact is not None and not contact.call:
            callouts.stop(floor, contact, Leaving(Outcome.WITHDRAWN, by="campaign"))
        elif contact is None and found is not None and not found.answered:
            floor.say(CancelCall(found.id, found.node))

    def moved(self, campaign: CampaignName, old: CampaignState, new: CampaignState, by: str) -> None:
        """A campaign stands otherwise than before: told, and kept."""
        floor = self._floor
        if new is CampaignState.RUNNING and old is not CampaignState.PAUSED:
            self.since[campaign], self.counts[campaign] = floor.now, [0, 0]
        floor.tell(Changed(Kind.CAMPAIGN, campaign, old, new, floor.now, floor.cause, by=by or None, outbound=True))
        self._keep(campaign, by)

    def _keep(self, campaign: CampaignName, by: str = "") -> None:
        desk = self.desks.get(campaign)
        if desk is not None:
            answers = self.pace.answers(campaign)
            self._floor.ask_books(KeepCampaign(campaign, desk.life.state, self._floor.now, by, answers))

    # --- one dial -----------------------------------------------------------------------------------------------------

    def placed(self, dial: Dial) -> AttemptId:
        """Its phone is about to ring: from here on it counts. Returns the attempt's name."""
        self.dialer.dialling(dial.attempt, self._floor.now)
        dial.placed_at = self._floor.now
        self.counts.setdefault(dial.campaign, [0, 0])[0] += 1
        return AttemptId(dial.attempt)

    def count(self, dial: Dial, *, abandoned: bool) -> None:
        """Into the legal window, once."""
        if not dial.settled:
            dial.settled = True
            self.pace.settled(dial.campaign, self._floor.now, abandoned=abandoned)
            self._keep(dial.campaign)

    def over(self, dial: Dial, result: AttemptResult) -> None:
        """A dial has its result."""
        self.dials.pop(dial.attempt, None)
        self.do(self.dialer.ended(dial.attempt, result, self._floor.now, dial.disposition), dial.attempt)
        self._leave(dial)

    def refused(self, dial: Dial, rule: Rule) -> None:
        """A dial was not made: something was against it at the last moment."""
        self.dials.pop(dial.attempt, None)
        self.do(self.dialer.refused(dial.attempt, rule, self._floor.now))
        self._leave(dial)

    def _leave(self, dial: Dial) -> None:
        """Who still stands in the line for another agent comes again with his next attempt."""
        contact = self._floor.contacts.get(dial.contact)
        if contact is not None and not contact.call and contact.callout is not None:
            callouts.stop(self._floor, contact, Leaving(Outcome.NOT_REACHED))

    # --- when to look again -------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Time has passed: plan what may be."""
        self.do(self.dialer.tick(self._floor.now))
        for name in [name for name in self.dials if self.dialer.floor.hands.of(name) is None]:
            del self.dials[name]
        self.set_timer()

    def soon(self, after_s: float = 0.0) -> None:
        """Look again, once all that belongs to this event is decided: whoever waits for an agent goes first."""
        self._floor.deadlines.set("campaign", "", self._floor.now + after_s)

    def set_timer(self) -> None:
        """Be woken when a campaign may want to dial."""
        now, at = self._floor.now, self.dialer.next_deadline(self._floor.now)
        if any(desk.in_hand or (desk.running and desk.life.reason(now) is None) for desk in self.desks.values()):
            at = now + TICK_S
        if at is None:
            self._floor.deadlines.cancel("campaign", "")
        else:
            self._floor.deadlines.set("campaign", "", at)
