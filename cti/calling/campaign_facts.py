"""What came of the dials of campaigns? Read from what the floor tells: of attempts, visits, contacts and agents.

Also of those that an earlier process has made: found on a node, told by the store, or lost. What a result means for a
lead is outbound/'s to say. Pure.
"""

from __future__ import annotations

from cti.acd.floor import Floor
from cti.calling.campaign_orders import CampaignOrders
from cti.calling.dial import Dial, attempt_of, contact_of
from cti.calling.promise_ends import AFTER_START_S, UNSEEN_S
from cti.model.changes import Changed, Kind
from cti.model.dialling import AttemptResult, Mode, Rule
from cti.model.events import LeadLeft
from cti.model.words import Activity, AgentId, AgentStatus, AttemptId, ContactState, DialResult, OfferState, Outcome
from cti.outbound.came import HE_LEFT
from cti.outbound.lead import attempt_id
from cti.outbound.results import FOR_A_LEAD

BY_US = (DialResult.CANCELLED, DialResult.UNKNOWN)  # they say nothing of who answers how soon


class CampaignFacts:
    """The dials under way, and what is known of each."""

    def __init__(self, floor: Floor, orders: CampaignOrders) -> None:
        self._floor, self._orders = floor, orders
        self._dials, self._pace, self._dialer = orders.dials, orders.pace, orders.dialer
        self._wraps: dict[AgentId, str] = {}  # whose wrap-up a result waits for
        self._touched: dict[str, None] = {}
        self._untold: dict[str, None] = {}  # attempts of an earlier process of which nothing was heard yet

    def read(self, fact: Changed) -> None:
        """One fact of the floor, of whomever."""
        dial = self._dials.get(attempt_of(fact.contact)) if fact.contact is not None else None
        match fact.kind:
            case Kind.ATTEMPT if fact.id in self._dials:
                self._attempt(self._dials[fact.id], fact)
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
                self._pace.agents_fact(fact)
            case Kind.ACTIVITY:
                self._pace.agents_fact(fact)
                self._agent_moved(fact)
            case Kind.STATUS if fact.new == AgentStatus.AVAILABLE:
                self._orders.soon()
            case Kind.NODE if fact.new == "up":
                self._orders.soon()

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
            self._orders.soon()

    def _attempt(self, dial: Dial, fact: Changed) -> None:
        desk = self._orders.desks.get(dial.campaign)
        if desk is not None and fact.node is not None and fact.new not in ("placed", *BY_US) and not dial.forbidden:
            desk.taken(dial.trunk, on=fact.new != DialResult.NOT_DIALLED)
        if fact.new == "answered" or fact.new == DialResult.HUMAN:
            if dial.answered_at is None:
                dial.answered_at = fact.at
                self._dialer.connected(dial.attempt, self._floor.now)
            if fact.new == DialResult.HUMAN:
                dial.person = True
                if not dial.left:  # of those nobody saw how long it rang
                    self._pace.dial_ended(dial, fact.at, answered=True)
                self._touched[dial.attempt] = None
        elif fact.new == DialResult.NOT_DIALLED:
            self._orders.refused(dial, dial.forbidden or Rule.CAMPAIGN)
        elif fact.new != "placed":
            if fact.new not in BY_US and not dial.left:
                self._pace.dial_ended(dial, fact.at, answered=False)
            self._orders.over(dial, FOR_A_LEAD[DialResult(fact.new)])

    def _visit(self, dial: Dial, fact: Changed) -> None:
        if fact.new == Outcome.ANSWERED:
            dial.agent = fact.agent
            self._orders.count(dial, abandoned=False)
        elif not dial.person and dial.placed_at is None:
            turned_away = fact.new in (Outcome.OVERFLOWED, Outcome.LOST)
            self._orders.refused(dial, dial.forbidden or (Rule.QUEUE if turned_away else Rule.CAMPAIGN))
        elif not dial.person or dial.agent is not None or dial.mode is Mode.AGENTLESS:
            return  # the end of the attempt, or of the contact, tells
        elif fact.new in HE_LEFT:
            self._orders.count(dial, abandoned=False)
            self._orders.over(dial, AttemptResult.HUNG_UP)
        else:
            self._orders.count(dial, abandoned=True)
            self._orders.over(dial, AttemptResult.ABANDONED)

    def judge(self) -> None:
        """Look at the dials of which something is over by now."""
        touched, self._touched = self._touched, {}
        for name in touched:
            dial = self._dials.get(name)
            if dial is not None:
                self._judge(dial)

    def _judge(self, dial: Dial) -> None:
        """Something of it is over: perhaps all of it."""
        floor = self._floor
        if not dial.person or dial.contact in floor.contacts:
            return
        agent = floor.agents.get(dial.agent) if dial.agent is not None else None
        if agent is not None and agent.talk is not None and agent.talk.contact == dial.contact:
            self._wraps[agent.id] = dial.attempt
        elif dial.agent is not None or dial.in_flow:
            self._orders.over(dial, AttemptResult.ANSWERED)
        else:
            left = floor.dials.is_gone(AttemptId(dial.attempt))
            self._orders.count(dial, abandoned=not left)
            self._orders.over(dial, AttemptResult.HUNG_UP if left else AttemptResult.ABANDONED)

    # --- over a death of the engine -----------------------------------------------------------------------------------

    def left(self, event: LeadLeft) -> None:
        """An earlier process was dialling for it: a node may tell what came of that, for a while."""
        lead, tried = event.lead, event.tried
        name = attempt_id(lead.campaign, lead.id, tried.attempt_no)
        desk, now = self._orders.desks.get(lead.campaign), self._floor.now
        if desk is not None and self._dialer.floor.found(desk, lead, tried, now):
            if tried.result not in (None, AttemptResult.ANSWERED):
                self._orders.do(self._dialer.ended(name, tried.result, now, tried.disposition), name)
                return
            dial = Dial(name, lead.campaign, contact_of(name), desk.written.queue or "", desk.written.mode, tried.at)
            dial.placed_at, dial.left = tried.at, True
            dial.person = tried.result is AttemptResult.ANSWERED  # he may be in the line, or talk
            self._dials[name] = dial
        if tried.result is None:
            self._untold[name] = None
        self._floor.deadlines.set("left", name, self._floor.now + AFTER_START_S)

    def lost(self, name: str, *, unseen: bool) -> None:
        """No node knows of an attempt that an earlier process has made: nobody can tell what became of it.

        `unseen`: a node has not said yet what goes on there.
        """
        floor, dial = self._floor, self._dials.get(name)
        if (dial is None and name not in self._untold) or floor.dials.knows(AttemptId(name)):
            return
        if contact_of(name) in floor.contacts:
            return
        if dial is not None and unseen and floor.now < (dial.placed_at or 0.0) + UNSEEN_S:
            floor.deadlines.set("left", name, floor.now + AFTER_START_S)
        elif dial is None or not dial.person:
            self._tell_end(name, DialResult.UNKNOWN)
        else:  # a person has answered, and is gone: he is not called again on a suspicion
            self._orders.over(dial, AttemptResult.ANSWERED)

    def _tell_end(self, name: str, result: DialResult) -> None:
        """The end of an attempt that an earlier process has made."""
        floor = self._floor
        self._untold.pop(name, None)
        floor.tell(Changed(Kind.ATTEMPT, name, "", result, floor.now, floor.cause, contact=contact_of(name)))
