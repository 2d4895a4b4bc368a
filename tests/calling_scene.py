"""How does a test tell the story of a customer whom we call? A Scene with verbs for both ends of an attempt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cti.acd.dialling import PREFIX
from cti.model import commands as do
from cti.model import events as ev
from cti.model.callout import Callout
from cti.model.changes import Kind
from cti.model.policy import Center
from cti.model.ticket import Ticket
from cti.model.words import (
    AttemptId,
    CallId,
    ContactId,
    DialFirst,
    DialResult,
    Heard,
    NodeId,
    QueueName,
    RingResult,
)
from tests.kit import NODE, Scene, center, member

NUMBER = "+49301234567"
WAY_OUT = {"carrier": {"dial": "PJSIP/{number}@carrier", "lines": 1000, "calls_per_s": 1000}}  # never in the way
CUSTOMER, AGENT = DialFirst.CUSTOMER, DialFirst.AGENT


def office(*agents: str, **queues: Any) -> Center:
    """A policy with these agents, all at work, in all queues (sales, unless given)."""
    found = queues or None
    names = list(found or {"sales": None})
    people = {name: member(*names, starts="available") for name in agents or ("anna",)}
    return center(found, agents=people)


class CallingScene(Scene):
    """A node is up. Call-outs go by the name of their attempt ("x1"); its call is "cti-x1"."""

    def __init__(self, policy: Center | None = None, *, nodes: Iterable[str] = ("node1",), **more: Any) -> None:
        super().__init__(policy or office(), **more)
        self.waiting_agents: dict[str, str] = {}  # offers of agents who were rung first, and their legs
        for node in nodes:
            self.post(ev.NodeUp(NodeId(node)))

    def _execute(self, command: Any) -> None:
        if isinstance(command, do.RingAgent):
            self.waiting_agents[command.leg.offer] = ""
        elif isinstance(command, do.DismissAgent):
            self._dismiss(command.offer)
        elif isinstance(command, do.CancelCall) and self.obedient:
            self._coming.append(ev.AttemptEnded(command.attempt, DialResult.CANCELLED))
        elif isinstance(command, do.LeaveMessage):
            self._coming += [ev.SessionLost(command.call), ev.CallGone(command.call)]
        else:
            super()._execute(command)

    def _dismiss(self, offer: Any) -> None:
        leg = self.waiting_agents.pop(offer, None)
        if leg:
            self._coming.append(ev.LegDown(leg))
        elif leg is not None:
            self._coming.append(ev.OfferEnded(offer, RingResult.CANCELLED))

    # --- wishes --------------------------------------------------------------------------------------------------

    def due(self, name: str = "x1", queue: str = "sales", *, number: str = NUMBER, **more: Any) -> ContactId:
        """A customer is to be called. Words of the event (since, requires ...), or of the call-out (first, reserve)."""
        contact = ContactId(more.pop("contact", f"out-{name}"))
        words = {
            key: more.pop(key) for key in ("since", "requires", "head_start_s", "preferred", "given") if key in more
        }
        callout = Callout(AttemptId(name), number, **({"first": CUSTOMER} | more))
        self.post(ev.CalloutDue(contact, QueueName(queue), callout, **words))
        return contact

    def wish(self, name: str = "x1") -> Any:
        """The live contact of this call-out, or None."""
        return self.center.contacts.get(ContactId(f"out-{name}"))

    def stands(self, name: str = "x1") -> str:
        wish = self.wish(name)
        return str(wish.state) if wish is not None else "ended"

    # --- the customer --------------------------------------------------------------------------------------------

    def picks_up(self, name: str = "x1") -> None:
        self.post(ev.AttemptAnswered(AttemptId(name)))

    def connects(self, name: str = "x1", heard: Heard = Heard.NOTHING, **more: Any) -> CallId:
        """He has picked up, and his call is in our hands."""
        self.picks_up(name)
        call = CallId(f"{NODE}/{PREFIX}{name}")
        placed = [each for each in self.commands(do.PlaceCall) if each.attempt == name]
        words = {"attempt": AttemptId(name), "heard": heard} | more
        words.setdefault("ticket", placed[-1].ticket if placed else None)
        self.gone.discard(call)
        self.post(ev.CallArrived(call, NODE, f"PJSIP/trunk-{name}", "", NUMBER, **words))
        return call

    def fails(self, name: str = "x1", result: DialResult = DialResult.NO_ANSWER) -> None:
        self.post(ev.AttemptEnded(AttemptId(name), result))

    # --- an agent who is rung first ------------------------------------------------------------------------------

    def agent_waits(self, agent: str) -> str:
        """He picks up, and hears that his customer is being called; the id of his leg."""
        offer = self.offer_of(agent)
        leg = self.rings(agent)
        self.waiting_agents[offer] = leg
        self.post(ev.OfferAnswered(offer))
        return leg

    def agent_does_not_wait(self, agent: str, result: RingResult) -> None:
        """His phone, rung first, ends the ring."""
        offer = self.offer_of(agent)
        self.waiting_agents.pop(offer)
        self.post(ev.OfferEnded(offer, result))

    def waiting_agent_hangs_up(self, agent: str) -> None:
        leg = self.waiting_agents.pop(self.offer_of(agent))
        self.post(ev.LegDown(leg))

    # --- looking -------------------------------------------------------------------------------------------------

    def placed(self) -> list[str]:
        """Attempts that the switch was asked for, in order."""
        return [str(each.attempt) for each in self.commands(do.PlaceCall)]

    def story(self, name: str = "x1") -> list[str]:
        """What was told of this attempt."""
        return [told.new for told in self.changes(Kind.ATTEMPT, id=name)]

    def ends(self, name: str = "x1") -> list[str]:
        """The outcomes of this call-out's visits, in order."""
        told = self.changes(Kind.VISIT, contact=ContactId(f"out-{name}"))
        return [each.new for each in told if each.new != "waiting"]

    def ticket_of(self, name: str = "x1") -> Ticket:
        found: Ticket = next(each.ticket for each in self.commands(do.PlaceCall) if each.attempt == name)
        return found
