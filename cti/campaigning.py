"""How do a campaign's dials come onto the floor, and how does what happens there come back to its leads?

The dialer (outbound/) knows no agent and the floor (acd/) no lead: this module brings the one's plans to the other as
call-outs, and reads the floor's facts for what came of them, as outgoing.py does for promises. Pure, like both.
"""

from __future__ import annotations

from collections.abc import Iterable

from cti.acd import callouts
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.campaign_pace import CampaignPace, Dial
from cti.model.books import KeepCampaign, KeepNotAgain, SettleLead, WantLeads
from cti.model.changes import Changed, Kind, Refused
from cti.model.commands import CancelCall
from cti.model.dialling import AttemptResult, CampaignAction, CampaignName, CampaignState, LeadState, Mode, Rule
from cti.model.events import (
    AttemptForbidden,
    CalloutDue,
    CallsUnwanted,
    CampaignRequest,
    CampaignRestored,
    LeadLeft,
    LeadsOffered,
    NumberWished,
)
from cti.model.lead import CampaignNow
from cti.model.words import (
    Activity,
    AgentId,
    AgentStatus,
    AttemptId,
    ContactId,
    ContactState,
    DialResult,
    OfferState,
    Outcome,
    QueueName,
    RefusedReason,
)
from cti.outbound.desk import Desk
from cti.outbound.dialer import Dialer
from cti.outbound.do_not_call import whole
from cti.outbound.lead import attempt_id
from cti.outbound.orders import CampaignMoved, LeadSettled, LeadsWanted, NotAgain, Order, Planned, TakeBack
from cti.outbound.results import FOR_A_LEAD
from cti.outgoing import AFTER_START_S, UNSEEN_S, Outgoing

ROOM = "campaign/"  # what the contacts of campaigns begin with; the attempt's name follows
TICK_S = 1.0

BY_US = (DialResult.CANCELLED, DialResult.UNKNOWN)  # they say nothing of who answers how soon
HE_LEFT = (Outcome.ABANDONED, Outcome.KEY_EXIT, Outcome.MERGED)  # a person, of his own accord


class Campaigning:
    """The campaigns of one centre. `floor.gate` is this; promises' call-outs are passed on."""

    def __init__(self, floor: Floor, promises: Outgoing) -> None:
        self._floor, self._promises = floor, promises
        self.dials: dict[str, Dial] = {}
        self._wraps: dict[AgentId, str] = {}  # whose wrap-up a result waits for
        self._touched: dict[str, None] = {}
        self._since: dict[CampaignName, float] = {}
        self._counts: dict[CampaignName, list[int]] = {}  # dialled, settled: since then
        self._untold: dict[str, None] = {}  # attempts of an earlier process of which nothing was heard yet
        self._begun = False
        self.read = 0
        self.pace = CampaignPace(floor, self.dials)
        center = floor.policy
        self.pace.follow(center.campaigns, center.outbound)
        self.dialer = Dialer(center.campaigns, center.outbound, center.hours, self.pace, promises.air, promises.history)
        floor.gate = self

    def follow_policy(self) -> None:
        """Go by the rules that hold from now on."""
        center = self._floor.policy
        self.pace.follow(center.campaigns, center.outbound)
        self._do(self.dialer.follow(center.campaigns, center.outbound, center.hours, self._floor.now))
        if self._desks:
            self._soon(TICK_S)

    # --- what comes from outside --------------------------------------------------------------------------------------

    def offered(self, event: LeadsOffered) -> None:
        """Leads come from the store."""
        now = self._floor.now
        self._do(self.dialer.offered(event.campaign, event.leads, event.history, now, leads_left=event.leads_left))
        self._soon()

    def left(self, event: LeadLeft) -> None:
        """An earlier process was dialling for it: a node may tell what came of that, for a while."""
        lead, tried = event.lead, event.tried
        name = attempt_id(lead.campaign, lead.id, tried.attempt_no)
        desk, now = self._desks.get(lead.campaign), self._floor.now
        if desk is not None and self.dialer.floor.found(desk, lead, tried, now):
            if tried.result not in (None, AttemptResult.ANSWERED):
                self._do(self.dialer.ended(name, tried.result, now, tried.disposition), name)
                return
            dial = Dial(name, lead.campaign, _contact(name), desk.written.queue or "", desk.written.mode, tried.at)
            dial.placed_at, dial.left = tried.at, True
            dial.person = tried.result is AttemptResult.ANSWERED  # he may be in the line, or talk
            self.dials[name] = dial
        if tried.result is None:
            self._untold[name] = None
        self._floor.deadlines.set("left", name, self._floor.now + AFTER_START_S)

    def lost(self, name: str) -> None:
        """No node knows of an attempt that an earlier process has made: nobody can tell what became of it."""
        floor, dial = self._floor, self.dials.get(name)
        if (dial is None and name not in self._untold) or floor.dials.knows(AttemptId(name)):
            return
        if _contact(name) in floor.contacts:
            return
        if dial is not None and self._promises.unseen() and floor.now < (dial.placed_at or 0.0) + UNSEEN_S:
            floor.deadlines.set("left", name, floor.now + AFTER_START_S)
        elif dial is None or not dial.person:
            self._tell_end(name, DialResult.UNKNOWN)
        else:  # a person has answered, and is gone: he is not called again on a suspicion
            self._over(dial, AttemptResult.ANSWERED)

    def _tell_end(self, name: str, result: DialResult) -> None:
        """The end of an attempt that an earlier process has made."""
        floor = self._floor
        self._untold.pop(name, None)
        floor.tell(Changed(Kind.ATTEMPT, name, "", result, floor.now, floor.cause, contact=_contact(name)))

    def restored(self, event: CampaignRestored) -> None:
        """A campaign stands as an earlier process has left it."""
        self.pace.restore(event.campaign, event.answers)
        desk = self._desks.get(event.campaign)
        if desk is not None:
            desk.quotas.restore(event.reached, self.dialer.floor.day(self._floor.now).name)
        if desk is None or desk.life.state is event.state:
            return
        old, desk.life.state = desk.life.state, event.state
        if desk.running:
            self.dialer.floor.begun(desk, self._floor.now)
        self._moved(event.campaign, old, event.state, "store")
        self._soon(TICK_S)

    def request(self, event: CampaignRequest) -> Refused | None:
        """A person wants something of a campaign."""
        name, floor = event.campaign, self._floor
        if name not in floor.policy.campaigns:
            return Refused(RefusedReason.UNKNOWN_CAMPAIGN, ", ".join(sorted(floor.policy.campaigns)))
        against, orders = self.dialer.ask(name, event.action, floor.now, event.by)
        if against:
            return Refused(RefusedReason.CAMPAIGN_STATE, against)
        self._do(orders)
        if event.action in (CampaignAction.PAUSE, CampaignAction.DRAIN):
            for attempt in self.dialer.floor.hands.ringing(name):
                hand = self.dialer.floor.hands.of(attempt)
                if hand is not None and hand.state is LeadState.PLANNED:
                    self._take_back(attempt)
        self._soon()
        return None

    def wished(self, event: NumberWished) -> None:
        """Somebody does not want to be called any more."""
        self._do(self.dialer.wished(event.number))

    def unwanted(self, event: CallsUnwanted) -> None:
        """Somebody on the phone with us wants no more calls."""
        contact = self._floor.by_call.get(event.call)
        if contact is None:
            self._floor.late(event.call, "")
            return
        number = contact.callout.number if contact.callout is not None else whole(contact.caller)
        if not number:
            why = "who wants no more calls has no whole number (+49...), so that nothing was noted"
            self._floor.repair("no_number", contact.id, why)
            return
        self._do(self.dialer.wished(number))
        self._floor.ask_books(KeepNotAgain(number, "", event.reason, "caller", self._floor.now))

    def forbidden(self, event: AttemptForbidden) -> None:
        """The store knows what our memory does not."""
        dial = self.dials.get(event.attempt)
        if dial is not None:
            dial.forbidden = Rule.DO_NOT_CALL

    def tick(self) -> None:
        """Time has passed: plan what may be."""
        self._do(self.dialer.tick(self._floor.now))
        for name in [name for name in self.dials if self.dialer.floor.hands.of(name) is None]:
            del self.dials[name]
        self._set_timer()

    # --- the gate: see acd/gate.py ------------------------------------------------------------------------------------

    def may_call(self, contact: Contact) -> bool:
        """Whether the customer may be called by now; an agent may have been waited for."""
        dial = self._dial_of(contact)
        if dial is None:
            return self._promises.may_call(contact)
        reason = self.dialer.still(dial.attempt, self._floor.now)
        dial.forbidden = reason.rule if reason is not None else None
        return reason is None

    def attempt(self, contact: Contact) -> AttemptId | None:
        """Return the attempt's name: from here on it counts."""
        dial = self._dial_of(contact)
        if dial is None:
            return self._promises.attempt(contact)
        self.dialer.dialling(dial.attempt, self._floor.now)
        dial.placed_at = self._floor.now
        self._counts.setdefault(dial.campaign, [0, 0])[0] += 1
        return AttemptId(dial.attempt)

    def _dial_of(self, contact: Contact) -> Dial | None:
        return self.dials.get(contact.id.removeprefix(ROOM)) if contact.id.startswith(ROOM) else None

    # --- what the floor tells -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new event: its outputs are read from their beginning."""
        self.read = 0
        if not self._begun:
            self._begun = True
            if any(desk.written.start == "at_once" for desk in self._desks.values()):
                self._soon(TICK_S)

    def follow(self) -> None:
        """Read what has been told since the last time."""
        out = self._floor.out
        if not self.dials and not any(desk.running for desk in self._desks.values()):
            self.read = len(out)
            return
        while self.read < len(out):
            fact = out[self.read]
            self.read += 1
            if isinstance(fact, Changed):
                self._fact(fact)
        touched, self._touched = self._touched, {}
        for name in touched:
            dial = self.dials.get(name)
            if dial is not None:
                self._judge(dial)

    def _fact(self, fact: Changed) -> None:
        dial = self.dials.get(fact.contact.removeprefix(ROOM)) if fact.contact is not None else None
        match fact.kind:
            case Kind.ATTEMPT if fact.id in self.dials:
                self._attempt(self.dials[fact.id], fact)
            case Kind.VISIT if dial is not None and fact.old == "waiting" and fact.new != Outcome.MOVED:
                self._visit(dial, fact)
            case Kind.CONTACT if dial is not None:
                if dial.left:
                    self._back(dial, fact)
                dial.in_flow |= fact.new == ContactState.IN_FLOW
                if fact.new == ContactState.ENDED:
                    self._touched[dial.attempt] = None
            case Kind.DISPOSITION if dial is not None:
                dial.disposition = fact.new
            case Kind.OFFER:
                if dial is not None and fact.new == OfferState.SKIPPED:
                    dial.forbidden = Rule.SKIPPED
                self.pace.agents_fact(fact)
            case Kind.ACTIVITY:
                self.pace.agents_fact(fact)
                self._agent_moved(fact)
            case Kind.STATUS if fact.new == AgentStatus.AVAILABLE:
                self._soon()
            case Kind.NODE if fact.new == "up":
                self._soon()

    def _back(self, dial: Dial, fact: Changed) -> None:
        """A customer whom an earlier process had called is here: in the line again, or found in his talk."""
        contact = self._floor.contacts.get(dial.contact)
        if not dial.person and fact.call and AttemptId(dial.attempt) not in self._floor.dials.air:
            dial.person = True
            self._tell_end(dial.attempt, DialResult.HUMAN)
        if fact.new == ContactState.TALKING and dial.agent is None and contact is not None:
            dial.agent, dial.settled = contact.agent, True  # counted when he was put through, before the death

    def _agent_moved(self, fact: Changed) -> None:
        if fact.agent in self._wraps:
            self._touched[self._wraps.pop(fact.agent)] = None
        if fact.new == Activity.IDLE:
            self._soon()

    def _attempt(self, dial: Dial, fact: Changed) -> None:
        if fact.new == "answered" or fact.new == DialResult.HUMAN:
            if dial.answered_at is None:
                dial.answered_at = fact.at
                self.dialer.connected(dial.attempt, self._floor.now)
            if fact.new == DialResult.HUMAN:
                dial.person = True
                if not dial.left:  # of those nobody saw how long it rang
                    self.pace.dial_ended(dial, fact.at, answered=True)
                self._touched[dial.attempt] = None
        elif fact.new == DialResult.NOT_DIALLED:
            self._refused(dial, dial.forbidden or Rule.CAMPAIGN)
        elif fact.new != "placed":
            if fact.new not in BY_US and not dial.left:
                self.pace.dial_ended(dial, fact.at, answered=False)
            self._over(dial, FOR_A_LEAD[DialResult(fact.new)])

    def _visit(self, dial: Dial, fact: Changed) -> None:
        if fact.new == Outcome.ANSWERED:
            dial.agent = fact.agent
            self._count(dial, abandoned=False)
        elif not dial.person and dial.placed_at is None:
            turned_away = fact.new in (Outcome.OVERFLOWED, Outcome.LOST)
            self._refused(dial, dial.forbidden or (Rule.QUEUE if turned_away else Rule.CAMPAIGN))
        elif not dial.person or dial.agent is not None or dial.mode is Mode.AGENTLESS:
            return  # the end of the attempt, or of the contact, tells
        elif fact.new in HE_LEFT:
            self._count(dial, abandoned=False)
            self._over(dial, AttemptResult.HUNG_UP)
        else:
            self._count(dial, abandoned=True)
            self._over(dial, AttemptResult.ABANDONED)

    def _judge(self, dial: Dial) -> None:
        """Something of it is over: perhaps all of it."""
        floor = self._floor
        if not dial.person or dial.contact in floor.contacts:
            return
        agent = floor.agents.get(dial.agent) if dial.agent is not None else None
        if agent is not None and agent.talk is not None and agent.talk.contact == dial.contact:
            self._wraps[agent.id] = dial.attempt
        elif dial.agent is not None or dial.in_flow:
            self._over(dial, AttemptResult.ANSWERED)
        else:
            left = floor.dials.is_gone(AttemptId(dial.attempt))
            self._count(dial, abandoned=not left)
            self._over(dial, AttemptResult.HUNG_UP if left else AttemptResult.ABANDONED)

    # --- inside -------------------------------------------------------------------------------------------------------

    @property
    def _desks(self) -> dict[CampaignName, Desk]:
        return self.dialer.floor.desks

    def _count(self, dial: Dial, *, abandoned: bool) -> None:
        """Into the legal window, once."""
        if not dial.settled:
            dial.settled = True
            self.pace.settled(dial.campaign, self._floor.now, abandoned=abandoned)
            self._keep(dial.campaign)

    def _over(self, dial: Dial, result: AttemptResult) -> None:
        self.dials.pop(dial.attempt, None)
        self._do(self.dialer.ended(dial.attempt, result, self._floor.now, dial.disposition), dial.attempt)
        self._leave(dial)

    def _refused(self, dial: Dial, rule: Rule) -> None:
        self.dials.pop(dial.attempt, None)
        self._do(self.dialer.refused(dial.attempt, rule, self._floor.now))
        self._leave(dial)

    def _leave(self, dial: Dial) -> None:
        """Who still stands in the line for another agent comes again with his next attempt."""
        contact = self._floor.contacts.get(dial.contact)
        if contact is not None and not contact.call and contact.callout is not None:
            callouts.stop(self._floor, contact, Leaving(Outcome.NOT_REACHED))

    def _take_back(self, attempt: str) -> None:
        floor = self._floor
        contact, found = floor.contacts.get(_contact(attempt)), floor.dials.air.get(AttemptId(attempt))
        if contact is not None and not contact.call:
            callouts.stop(floor, contact, Leaving(Outcome.WITHDRAWN, by="campaign"))
        elif contact is None and found is not None and not found.answered:
            floor.say(CancelCall(found.id, found.node))

    def _do(self, orders: Iterable[Order], attempt: str = "") -> None:
        floor = self._floor
        for order in orders:
            match order:
                case Planned():
                    self._place(order)
                case LeadSettled(campaign, lead, at, outcome, due_at, index, result, rule):
                    if outcome is not None:
                        self._counts.setdefault(campaign, [0, 0])[1] += 1
                    floor.ask_books(
                        SettleLead(campaign, lead, at, outcome, due_at, index, result, rule, attempt if result else "")
                    )
                case LeadsWanted(campaign, most):
                    floor.ask_books(WantLeads(campaign, most))
                case TakeBack(_, taken):
                    self._take_back(taken)
                case NotAgain(campaign, _, number, reason):
                    floor.ask_books(KeepNotAgain(number, "", f"{campaign}: {reason}", "agent", floor.now))
                case CampaignMoved(campaign, _, old, new, by):
                    self._moved(campaign, old, new, by)

    def _place(self, plan: Planned) -> None:
        name, contact = plan.callout.attempt, _contact(plan.callout.attempt)
        self.dials[name] = Dial(name, plan.campaign, contact, plan.queue, plan.mode, self._floor.now)
        due = CalloutDue(contact, QueueName(plan.queue), plan.callout, customer=plan.customer)
        callouts.due(self._floor, due)

    def _moved(self, campaign: CampaignName, old: CampaignState, new: CampaignState, by: str) -> None:
        floor = self._floor
        if new is CampaignState.RUNNING and old is not CampaignState.PAUSED:
            self._since[campaign], self._counts[campaign] = floor.now, [0, 0]
        floor.tell(Changed(Kind.CAMPAIGN, campaign, old, new, floor.now, floor.cause, by=by or None, outbound=True))
        self._keep(campaign, by)

    def _keep(self, campaign: CampaignName, by: str = "") -> None:
        desk = self._desks.get(campaign)
        if desk is not None:
            answers = self.pace.answers(campaign)
            self._floor.ask_books(KeepCampaign(campaign, desk.life.state, self._floor.now, by, answers))

    def _soon(self, after_s: float = 0.0) -> None:
        """Look again, once all that belongs to this event is decided: whoever waits for an agent goes first."""
        self._floor.deadlines.set("campaign", "", self._floor.now + after_s)

    def _set_timer(self) -> None:
        now, at = self._floor.now, self.dialer.next_deadline(self._floor.now)
        if any(desk.in_hand or (desk.running and desk.life.reason(now) is None) for desk in self._desks.values()):
            at = now + TICK_S
        if at is None:
            self._floor.deadlines.cancel("campaign", "")
        else:
            self._floor.deadlines.set("campaign", "", at)

    def now(self, at: float) -> list[CampaignNow]:
        """How each campaign stands at `at`. Changes nothing."""
        return [self._now(desk, at) for _, desk in sorted(self._desks.items())]

    def _now(self, desk: Desk, at: float) -> CampaignNow:
        reason, hands = desk.life.reason(at), self.dialer.floor.hands
        answered, abandoned = self.pace.counted(desk.name)
        dialled, settled = self._counts.get(desk.name, (0, 0))
        return CampaignNow(
            desk.name,
            desk.written.mode,
            desk.life.state,
            desk.written.queue or desk.written.flow or "",
            why="" if reason is None else reason.detail or reason.rule.value,
            until=None if reason is None else reason.until,
            pacing=self.pace.told(desk.name) if desk.running else "",
            at_hand=len(desk.stock),
            due=desk.stock.due(at),
            planned=hands.count(desk.name, LeadState.PLANNED),
            dialling=hands.count(desk.name, LeadState.DIALLING),
            connected=hands.count(desk.name, LeadState.CONNECTED),
            dialled=dialled,
            settled=settled,
            since=self._since.get(desk.name),
            answered=answered,
            abandoned=abandoned,
            not_dialled={rule.value: count for rule, count in desk.reasons.items()},
        )


def _contact(attempt: str) -> ContactId:
    return ContactId(f"{ROOM}{attempt}")
