"""Is a customer ever called who must not be? Safety of attempts, over all lives of the engine.

A shadow of what was told and asked for, and the exchange as the truth; shares no rule with the core.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cti.center import ContactCenter
from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.model.words import DialResult, OfferState
from cti.sim.violation import Violation

_RESULTS = frozenset(DialResult)


class CallingChecks:
    """Every method raises Violation."""

    def __init__(self) -> None:
        self.sent: set[str] = set()  # attempts, over all lives
        self.sinces: set[float] = set()  # since when customers wait who are to be called
        self.center: ContactCenter

    def fresh(self, center: ContactCenter) -> None:
        self.center = center
        self.story: dict[str, str] = {}
        self.numbers: dict[str, str] = {}  # attempt in the air -> number
        self.agents: dict[str, str] = {}  # agent -> how he stands
        self.kept: dict[str, str] = {}  # contact -> agent who is kept for it
        self.reserved: set[str] = set()  # contacts that need an agent
        self.rung: set[str] = set()  # contacts whose agent was rung before them

    def after(self, event: ev.AnyEvent, outputs: list[Any]) -> None:
        """One step."""
        if isinstance(event, ev.CalloutDue) and event.callout.reserve:
            self.reserved.add(event.contact)
            contact = self.center.contacts.get(event.contact)
            if contact is not None and not contact.call and event.since is not None and contact.since > event.since:
                raise Violation("since", f"{contact.id} waits since {event.since:.3f}, not {contact.since:.3f}")
        for output in outputs:
            if isinstance(output, Changed):
                self._told(output)
            elif isinstance(output, do.RingAgent):
                self._begun(output.leg.offer, output.node)
                self.rung.add(output.leg.offer.rpartition("#")[0])
            elif isinstance(output, do.PlaceCall):
                self._placed(output)

    def can_dial(self, up: Mapping[str, bool]) -> bool:
        """Whether there is a node that customers may be called from."""
        return any(is_up and self._takes_dials(node) for node, is_up in up.items())

    def _takes_dials(self, node: str) -> bool:
        rules = self.center.policy.nodes.get(node)
        return rules is None or (rules.weight > 0 and rules.drained is None)

    def _begun(self, what: str, node: str) -> None:
        if not self._takes_dials(node):
            raise Violation("drained_node", f"{what} begins on {node}, on which nothing may")

    def _told(self, changed: Changed) -> None:
        contact, agent = changed.contact or "", changed.agent or ""
        if changed.kind is Kind.ATTEMPT:
            self._attempt(changed)
        elif changed.kind is Kind.OFFER and changed.outbound:
            if changed.new == OfferState.DIALLING:
                self.kept[contact] = agent
            elif self.kept.get(contact) == agent:
                self.kept.pop(contact)

    def _attempt(self, changed: Changed) -> None:
        told = self.story.get(changed.id, "")
        if told in _RESULTS:
            raise Violation("attempt_twice", f"{changed.id}: {changed.new} after {told}")
        if told != changed.old:
            raise Violation("attempt_story", f"{changed.id}: {changed.old} -> {changed.new} after {told or 'nothing'}")
        self.story[changed.id] = changed.new
        if changed.new in _RESULTS:
            self.numbers.pop(changed.id, None)

    def _placed(self, command: do.PlaceCall) -> None:
        attempt, contact = command.attempt, command.ticket.contact
        if contact not in self.rung:  # what has begun with an agent goes on
            self._begun(attempt, command.node)
        if attempt in self.sent:
            raise Violation("sent_twice", f"{attempt} is sent again")
        if command.number in self.numbers.values():
            other = next(each for each, number in self.numbers.items() if number == command.number)
            raise Violation("two_dials", f"{attempt} calls a number that {other} is calling")
        if contact in self.reserved and contact not in self.kept:
            raise Violation("no_agent", f"{attempt} is dialled, and no agent is kept for {contact}")
        self.sent.add(attempt)
        self.numbers[attempt] = command.number

    def drained(self) -> None:
        """Nobody is called any more."""
        over = [attempt for attempt, told in self.story.items() if told not in _RESULTS]
        if over:
            raise Violation("attempt_open", f"attempts without an end: {over}")
