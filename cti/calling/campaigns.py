"""How do a campaign's dials come onto the floor, and how does what happens there come back to its leads?

The dialer (outbound/) knows no agent and the floor (acd/) no lead: this module brings the one's plans to the other as
call-outs, and reads the floor's facts for what came of them, as promises.py does for promises. What a fact means for
a dial: campaign_facts.py; what the dialer wants done: campaign_orders.py. Pure, like both.
"""

from __future__ import annotations

from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.calling.campaign_facts import CampaignFacts
from cti.calling.campaign_now import campaign_now
from cti.calling.campaign_orders import TICK_S, CampaignOrders
from cti.calling.dial import ROOM, Dial, attempt_of
from cti.calling.promises import Promises
from cti.model.books import KeepNotAgain
from cti.model.changes import Changed, Refused
from cti.model.dialling import CampaignAction, LeadState, Rule
from cti.model.events import (
    AttemptForbidden,
    CallsUnwanted,
    CampaignRequest,
    CampaignRestored,
    ClockApart,
    LeadLeft,
    LeadsOffered,
    NumberWished,
)
from cti.model.lead import CampaignNow
from cti.model.words import AttemptId, RefusedReason
from cti.outbound.do_not_call import whole


class Campaigns:
    """The campaigns of one centre. `floor.gate` is this; promises' call-outs are passed on."""

    def __init__(self, floor: Floor, promises: Promises) -> None:
        self._floor, self._promises = floor, promises
        self._orders = CampaignOrders(floor, promises.air, promises.history, promises.ways)
        self._facts = CampaignFacts(floor, self._orders)
        self.dials, self.pace, self.dialer = self._orders.dials, self._orders.pace, self._orders.dialer
        self._begun = False
        self.read = 0
        floor.gate = self

    def follow_policy(self) -> None:
        """Go by the rules that hold from now on."""
        self._orders.follow_policy()

    # --- what comes from outside --------------------------------------------------------------------------------------

    def offered(self, event: LeadsOffered) -> None:
        """Leads come from the store."""
        now, leads_left = self._floor.now, event.leads_left
        self._orders.do(self.dialer.offered(event.campaign, event.leads, event.history, now, leads_left=leads_left))
        self._orders.soon()

    def left(self, event: LeadLeft) -> None:
        """An earlier process was dialling for it: a node may tell what came of that, for a while."""
        self._facts.left(event)

    def lost(self, name: str) -> None:
        """No node knows of an attempt that an earlier process has made: nobody can tell what became of it."""
        self._facts.lost(name, unseen=self._promises.unseen())

    def restored(self, event: CampaignRestored) -> None:
        """A campaign stands as an earlier process has left it."""
        self.pace.restore(event.campaign, event.answers)
        desk = self._orders.desks.get(event.campaign)
        if desk is not None:
            desk.quotas.restore(event.reached, self.dialer.floor.day(self._floor.now).name)
        if desk is None or desk.life.state is event.state:
            return
        old, desk.life.state = desk.life.state, event.state
        if desk.running:
            self.dialer.floor.begun(desk, self._floor.now)
        self._orders.moved(event.campaign, old, event.state, "store")
        self._orders.soon(TICK_S)

    def request(self, event: CampaignRequest) -> Refused | None:
        """A person wants something of a campaign."""
        name, floor = event.campaign, self._floor
        if name not in floor.policy.campaigns:
            return Refused(RefusedReason.UNKNOWN_CAMPAIGN, ", ".join(sorted(floor.policy.campaigns)))
        against, orders = self.dialer.ask(name, event.action, floor.now, event.by)
        if against:
            return Refused(RefusedReason.CAMPAIGN_STATE, against)
        self._orders.do(orders)
        if event.action in (CampaignAction.PAUSE, CampaignAction.DRAIN):
            for attempt in self.dialer.floor.hands.ringing(name):
                hand = self.dialer.floor.hands.of(attempt)
                if hand is not None and hand.state is LeadState.PLANNED:
                    self._orders.take_back(attempt)
        self._orders.soon()
        return None

    def wished(self, event: NumberWished) -> None:
        """Somebody does not want to be called any more."""
        self._orders.do(self.dialer.wished(event.number))

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
        self._orders.do(self.dialer.wished(number))
        self._floor.ask_books(KeepNotAgain(number, "", event.reason, "caller", self._floor.now))

    def forbidden(self, event: AttemptForbidden) -> None:
        """The store knows what our memory does not."""
        dial = self.dials.get(event.attempt)
        if dial is not None:
            dial.forbidden = Rule.DO_NOT_CALL

    def clock_apart(self, event: ClockApart) -> None:
        """Customers are called only where it is their hour by both clocks."""
        self._promises.book.ahead_s = self.dialer.floor.ahead_s = event.ahead_s

    def tick(self) -> None:
        """Time has passed: plan what may be."""
        self._orders.tick()

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
        return self._promises.attempt(contact) if dial is None else self._orders.placed(dial)

    def _dial_of(self, contact: Contact) -> Dial | None:
        return self.dials.get(attempt_of(contact.id)) if contact.id.startswith(ROOM) else None

    # --- what the floor tells -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new event: its outputs are read from their beginning."""
        self.read = 0
        if not self._begun:
            self._begun = True
            if any(desk.written.start == "at_once" for desk in self._orders.desks.values()):
                self._orders.soon(TICK_S)

    def follow(self) -> None:
        """Read what has been told since the last time."""
        out = self._floor.out
        desks = self._orders.desks
        if not self.dials and not (desks and any(desk.running for desk in desks.values())):
            self.read = len(out)
            return
        while self.read < len(out):
            fact = out[self.read]
            self.read += 1
            if isinstance(fact, Changed):
                self._facts.read(fact)
        self._facts.judge()

    def now(self, at: float) -> list[CampaignNow]:
        """How each campaign stands at `at`. Changes nothing."""
        return [campaign_now(self._orders, desk, at) for _, desk in sorted(self._orders.desks.items())]
