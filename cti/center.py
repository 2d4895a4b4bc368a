"""What does the centre do when something happens? Routes each event to the room whose rule it is; no rule of its own.

The contract: `handle(now, event)` fires the deadlines due by `now`, applies the event to the end, matches once, and
returns everything that came of it, in order. Same events, same times: same outputs. Nothing else may change the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cti.acd import (
    agent_desk,
    agents,
    attempts,
    beside,
    callouts,
    calls,
    dialling,
    exits,
    flow_calls,
    merging,
    nodes,
    presence,
    preview,
    progressive,
    reached,
    reload,
    ring_news,
    spying,
    status_wishes,
    supervision,
    telling,
    transfers,
)
from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.containment import concerned, contain
from cti.acd.explaining_now import agent_now, contact_now
from cti.acd.floor import Floor, Output
from cti.acd.matching import match
from cti.acd.offer import Offer
from cti.calling.campaigns import Campaigns
from cti.calling.promises import Promises
from cti.model import events, policy
from cti.model.changes import Refused
from cti.model.desk import DeskNow
from cti.model.dialling import LeadId
from cti.model.explanation import AgentNow, ContactNow
from cti.model.lead import CampaignNow, PreviewNow
from cti.model.promise import Asker
from cti.model.words import (
    AgentId,
    AttemptId,
    CallId,
    ContactId,
    NodeId,
    OfferId,
)

__all__ = ["ContactCenter", "Output"]


class ContactCenter:
    """The pure core.

    `nodes`: whose first snapshot to wait for (at most `settle_s`) before anything is offered: until then nobody knows
    which phones are talking. `strict`: a bug of ours raises (tests) instead of costing one call (production).
    `seed`: of the only chance there is (strategy weighted_random). `version` names the policy (a hash of it).
    """

    def __init__(
        self,
        center: policy.Center,
        nodes: Iterable[NodeId] = (),
        *,
        strict: bool = False,
        seed: int = 0,
        version: str = "",
    ) -> None:
        self._strict = strict
        self._floor = Floor(center, nodes, seed, version)
        self._outgoing = Promises(self._floor)
        self._campaigning = Campaigns(self._floor, self._outgoing)
        self._on_event = self._event_rules()
        self._on_deadline = self._deadline_rules()

    def _event_rules(self) -> dict[type[events.Event], Callable[[Any], None]]:
        return {
            events.CallArrived: self._call_arrived,
            events.FlowEnqueues: lambda event: flow_calls.enqueue(self._floor, event),
            events.FlowEnded: lambda event: flow_calls.ended(self._floor, event),
            events.SideFlowEnded: lambda event: beside.ended(self._floor, event),
            events.SideFlowLeaves: lambda event: flow_calls.leaves_line(self._floor, event),
            events.FlowTold: lambda event: flow_calls.told(self._floor, event),
            events.SurveyAnswered: lambda event: flow_calls.answered(self._floor, event),
            events.CallsUnwanted: self._campaigning.unwanted,
            events.SessionLost: self._session_lost,
            events.CallGone: self._call_gone,
            events.CallTransferred: self._call_transferred,
            events.CallReplaced: lambda event: transfers.replaced(self._floor, event),
            events.DigitPressed: self._digit_pressed,
            events.AnnouncementEnded: self._announcement_ended,
            events.CalloutDue: lambda event: callouts.due(self._floor, event),
            events.CallbackPromised: self._outgoing.promised,
            events.CallbackRequest: lambda event: self._answer(self._outgoing.request(event)),
            events.LeadsOffered: self._campaigning.offered,
            events.LeadLeft: self._campaigning.left,
            events.CampaignRequest: lambda event: self._answer(self._campaigning.request(event)),
            events.CampaignRestored: self._campaigning.restored,
            events.NumberWished: self._campaigning.wished,
            events.AttemptForbidden: self._attempt_forbidden,
            events.AttemptAnswered: self._attempt_answered,
            events.AttemptEnded: self._attempt_ended,
            events.OfferRinging: lambda event: ring_news.ringing(self._floor, event),
            events.OfferAnswered: lambda event: ring_news.answered(self._floor, event),
            events.MessageHeard: lambda event: ring_news.heard(self._floor, event),
            events.OfferEnded: lambda event: ring_news.ended(self._floor, event),
            events.RingEnded: self._ring_ended,
            events.LegUp: self._leg_up,
            events.LegDown: lambda event: calls.leg_gone(self._floor, event.leg),
            events.LegHeld: lambda event: agents.leg_held(self._floor, event.leg, held=event.held),
            events.NodeUp: lambda event: nodes.up(self._floor, event),
            events.NodeChecked: lambda event: nodes.checked(self._floor, event),
            events.NodeDown: lambda event: nodes.down(self._floor, event),
            events.EngineLeaves: lambda _: nodes.leaves(self._floor),
            events.AgentRequest: lambda event: self._answer(status_wishes.request(self._floor, event)),
            events.AgentRestored: lambda event: status_wishes.restored(self._floor, event),
            events.ContactRequest: lambda event: self._answer(supervision.request(self._floor, event)),
            events.SpyRequest: lambda event: self._answer(spying.request(self._floor, event)),
            events.SpyHears: lambda event: spying.hears(self._floor, event),
            events.SpyEnded: lambda event: spying.ended(self._floor, event),
            events.PolicyChanged: self._policy_changed,
            events.ClockApart: self._campaigning.clock_apart,
        }

    def _deadline_rules(self) -> dict[str, Callable[[str], None]]:
        return {
            "wrapup": lambda agent: agents.end_wrapup(self._floor, self.agents[AgentId(agent)]),
            "break": lambda agent: agents.break_overdue(self._floor, self.agents[AgentId(agent)]),
            "rest": lambda agent: self._floor.refresh(self.agents[AgentId(agent)]),
            "ring": self._contact_rule(calls.ring_overdue),
            "preview": self._contact_rule(preview.undecided),
            "talk": self._contact_rule(calls.talk_unsettled),
            "widen": self._contact_rule(presence.reach_due),
            "parting": self._contact_rule(calls.parted),
            "announce": self._contact_rule(telling.announce),
            "dial": self._dial_overdue,
            "ahead": lambda attempt: self._floor.dials.fall_back(AttemptId(attempt)),
            "callback": lambda _: self._outgoing.due(),
            "found": lambda callback: self._outgoing.lost(LeadId(int(callback))),
            "campaign": lambda _: self._campaigning.tick(),
            "left": self._campaigning.lost,
            "max_wait": self._contact_rule(exits.wait_over),
            "closing": self._contact_rule(exits.closing),
            "offer_flow": self._contact_rule(beside.offer_due),
            "ring_more": self._contact_rule(progressive.ring_more),
            "aside": self._contact_rule(calls.given_up),
            "settle": lambda _: nodes.settled(self._floor),
            "node_lost": lambda node: nodes.lost(self._floor, NodeId(node)),
        }

    # --- what the rest may look at ---------------------------------------------------------------------------------

    @property
    def policy(self) -> policy.Center:
        return self._floor.policy

    @property
    def policy_version(self) -> str:
        return self._floor.policy_version

    @property
    def agents(self) -> dict[AgentId, Agent]:
        return self._floor.agents

    @property
    def contacts(self) -> dict[ContactId, Contact]:
        """Live contacts only."""
        return self._floor.contacts

    @property
    def offers(self) -> dict[OfferId, Offer]:
        """Live offers only."""
        return self._floor.offers

    @property
    def attempts(self) -> dict[AttemptId, dialling.Attempt]:
        """Customers who are being called, as far as we know."""
        return self._floor.dials.air

    @property
    def inside(self) -> int:
        """How many wait, talk, are being called, or are rung for somebody: who would lose something if we ended."""
        held = {contact.id for contact in self.contacts.values() if contact.call or contact.offers}
        return len(held | {attempt.contact for attempt in self.attempts.values()})

    @property
    def settling(self) -> bool:
        """Whether we wait for callers to come back after a start; nothing is offered meanwhile."""
        return self._floor.settling

    def next_deadline(self) -> float | None:
        """Epoch seconds at which something is due even if nothing happens."""
        return self._floor.deadlines.next_at()

    def campaigns_now(self, now: float) -> list[CampaignNow]:
        """How each campaign stands at `now`. Changes nothing."""
        return self._campaigning.now(max(now, self._floor.now))

    def preview_of(self, agent: AgentId) -> PreviewNow | None:
        """Whom an agent previews; None: nobody. Changes nothing."""
        return preview.seen_by(self._floor, agent)

    def desk_of(self, agent: AgentId) -> DeskNow | None:
        """What an agent has before him; None where there is no such agent. Changes nothing."""
        return agent_desk.seen_by(self._floor, agent)

    def asker(self, call: CallId) -> Asker | None:
        """What the caller of a live call has, should he ask to be called back. Changes nothing."""
        contact = self._floor.by_call.get(call)
        if contact is None:
            return None
        own = (dict(contact.own_requires), contact.own_head_start_s, dict(contact.customer))
        return Asker(contact.caller, contact.since if contact.queued else None, *own)

    def explain_contact(self, contact: ContactId, now: float) -> ContactNow | None:
        """How a live contact stands at `now`, and why nobody takes it; None where there is none. Changes nothing."""
        return contact_now(self._floor, contact, max(now, self._floor.now))

    def explain_agent(self, agent: AgentId, now: float) -> AgentNow | None:
        """Why an agent gets no contact at `now`; None where there is no such agent. Changes nothing."""
        return agent_now(self._floor, agent, max(now, self._floor.now))

    # --- the contract -----------------------------------------------------------------------------------------------

    def handle(self, now: float, event: events.AnyEvent) -> list[Output]:
        """Apply `event` at `now` (epoch seconds; a clock that ran backwards is held) and return all that came of it.

        All deadlines that are due fire first, then the event, then one match: what falls due together is decided
        together.
        """
        floor = self._floor
        now = max(now, floor.now)
        floor.begin(now)
        self._outgoing.begin()
        self._campaigning.begin()
        due_at = floor.deadlines.next_at()
        if due_at is not None and due_at <= now:
            for what, whom in floor.deadlines.pop_all_due(now):
                floor.cause = f"deadline:{what}"
                self._guarded(self._on_deadline.get(what, _no_rule), whom, ContactId(whom))
        if type(event) is not events.TimePassed:
            floor.cause = type(event).__name__
            self._apply(event)
        self._guarded(self._follow, None, None)
        self._match()
        while len(floor.out) > min(self._outgoing.read, self._campaigning.read):
            self._guarded(self._follow, None, None)
            self._match()
        return floor.out

    @property
    def decided(self) -> list[Output]:
        """What came of the newest event so far: also where `handle` raised, for it has been done here already."""
        return self._floor.out

    def _apply(self, event: events.AnyEvent) -> None:
        """As `_guarded`; whom it is about is asked before anything changes, and may be a bug itself."""
        contact: ContactId | None = None
        try:
            contact = concerned(self._floor, event)
            self._on_event[type(event)](event)
        except Exception as bug:
            if self._strict:
                raise
            contain(self._floor, bug, contact)

    def _follow(self, _: None) -> None:
        spying.settle(self._floor)
        nodes.settle(self._floor)
        self._outgoing.follow()
        self._campaigning.follow()

    def _guarded(self, rule: Callable[[Any], None], subject: Any, contact: ContactId | None) -> None:
        if self._strict:
            rule(subject)
            return
        try:
            rule(subject)
        except Exception as bug:  # the one place: a bug costs at most the call concerned, never the rest
            contain(self._floor, bug, contact)

    def _match(self) -> None:
        """Decide; a caller whom a bug makes undecidable goes to the fallback, and the rest is decided again."""
        if self._strict:
            merging.settle(self._floor)
            match(self._floor)
            return
        for _ in range(len(self.contacts) + 1):
            try:
                merging.settle(self._floor)
                match(self._floor)
                return
            except Exception as bug:
                if not contain(self._floor, bug, self._floor.matching):
                    return

    def _contact_rule(self, rule: Callable[[Floor, Contact], None]) -> Callable[[str], None]:
        def apply(contact_id: str) -> None:
            contact = self._floor.contacts.get(ContactId(contact_id))
            if contact is not None:
                rule(self._floor, contact)

        return apply

    # --- the caller's call ------------------------------------------------------------------------------------------

    def _call_arrived(self, event: events.CallArrived) -> None:
        nodes.settle_from_now(self._floor)
        calls.arrived(self._floor, event)
        nodes.settle_if_complete(self._floor)

    def _session_lost(self, event: events.SessionLost) -> None:
        contact = self._floor.by_call.get(event.call)
        if contact is not None:
            calls.session_lost(self._floor, contact)
            nodes.session_lost(self._floor, contact)

    def _call_gone(self, event: events.CallGone) -> None:
        self._floor.expected.discard(event.call)
        nodes.settle_if_complete(self._floor)
        contact = self._floor.by_call.get(event.call)
        if self._floor.released.pop(event.call, None) is not None or contact is not None:
            self._floor.hung_up[event.call] = self._floor.now
        if contact is not None:
            calls.gone(self._floor, contact)
            return
        attempt = self._floor.dials.air.get(dialling.attempt_of(event.call) or AttemptId(""))
        if attempt is not None and attempt.answered and attempt.call == event.call:
            reached.hung_up(self._floor, attempt)

    def _call_transferred(self, event: events.CallTransferred) -> None:
        contact = self._floor.by_call.get(event.call)
        if contact is not None:
            transfers.transferred(self._floor, contact, f"{event.context},{event.exten}", event.leg)

    def _digit_pressed(self, event: events.DigitPressed) -> None:
        contact = self._floor.by_call.get(event.call)
        if contact is not None:
            exits.key_pressed(self._floor, contact, event.digit)

    def _announcement_ended(self, event: events.AnnouncementEnded) -> None:
        contact = self._floor.by_call.get(event.call)
        if contact is not None:
            contact.announcing = False

    # --- customers whom we call -------------------------------------------------------------------------------------

    def _attempt_answered(self, event: events.AttemptAnswered) -> None:
        attempt = self._floor.dials.air.get(event.attempt)
        if attempt is not None:
            attempts.answered(self._floor, attempt)

    def _attempt_ended(self, event: events.AttemptEnded) -> None:
        attempt = self._floor.dials.air.get(event.attempt)
        if attempt is not None:
            reached.ended(self._floor, attempt, event.result)

    def _attempt_forbidden(self, event: events.AttemptForbidden) -> None:
        if not self._outgoing.forbidden(event):
            self._campaigning.forbidden(event)

    def _dial_overdue(self, attempt_id: str) -> None:
        reached.overdue(self._floor, self._floor.dials.air[AttemptId(attempt_id)])

    # --- the ring ---------------------------------------------------------------------------------------------------

    def _ring_ended(self, event: events.RingEnded) -> None:
        contact = self._floor.by_call.get(event.call)
        if contact is not None:
            calls.ring_ended(self._floor, contact, event)

    # --- phones -----------------------------------------------------------------------------------------------------

    def _leg_up(self, event: events.LegUp) -> None:
        agent = self._floor.by_phone.get(event.phone)
        if agent is not None:
            agents.leg_up(self._floor, agent, event.leg)

    # --- people ----------------------------------------------------------------------------------------------------

    def _policy_changed(self, event: events.PolicyChanged) -> None:
        self._answer(reload.request(self._floor, event))
        self._outgoing.follow_policy()
        self._campaigning.follow_policy()

    def _answer(self, refused: Refused | None) -> None:
        if refused is not None:
            self._floor.refuse(refused)


def _no_rule(whom: str) -> None:
    raise KeyError("a deadline without a rule")
