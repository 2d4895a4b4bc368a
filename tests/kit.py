"""How does a test tell the story of a call? A centre in virtual time, and verbs for what people do.

`Scene` is the core with a small obedient switch: a withdrawn ring stops, a released call is hung up, a Ring cuts an
announcement off. Nothing here decides anything; what the core said is kept in `told` (all outputs, in order).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec

from cti.center import ContactCenter
from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Changed, Kind, Refused
from cti.model.policy import (
    Agent,
    Announcements,
    Break,
    Center,
    Entry,
    Exit,
    HeadStart,
    LongWait,
    Membership,
    MissedOffers,
    Queue,
    Ring,
)
from cti.model.ticket import Ticket
from cti.model.words import (
    AgentAction,
    AgentId,
    CallId,
    ContactAction,
    ContactId,
    NodeId,
    OfferId,
    QueueName,
    RingResult,
)

START = 1_700_000_000.0
NODE = NodeId("node1")
FIRST_PHONE, FIRST_NUMBER = 1001, 6001

__all__ = [
    "Agent",
    "Announcements",
    "Break",
    "Entry",
    "Exit",
    "HeadStart",
    "LongWait",
    "Membership",
    "MissedOffers",
    "Queue",
    "Ring",
]


def member(
    *queues: str, phone: str = "", starts: str = "logged_out", groups: tuple[str, ...] = (), **skills: int
) -> dict[str, Any]:
    """An agent of these queues; "sales/2+5*3" is level 2, penalty 5, weight 3. Keywords are skills."""
    memberships = {}
    for text in queues:
        text, _, weight = text.partition("*")
        name, _, rest = text.partition("/")
        level, _, penalty = rest.partition("+")
        memberships[name] = Membership(level=int(level or 1), penalty=int(penalty or 0), weight=float(weight or 1))
    return {"phone": phone, "queues": memberships, "skills": skills, "starts": starts, "groups": groups}


def center(queues: dict[str, Queue] | None = None, *, settle_s: float = 0.0, **more: Any) -> Center:
    """A policy: `agents` by keyword are dicts of `member`; an entry for each queue from 6001 on, unless given."""
    queues = queues or {"sales": Queue()}
    agents = {
        name: Agent(**(given | {"phone": given["phone"] or f"PJSIP/{FIRST_PHONE + number}"}))
        for number, (name, given) in enumerate(more.pop("agents", {"anna": member(*queues)}).items())
    }
    entries = {str(FIRST_NUMBER + number): Entry(queue=name) for number, name in enumerate(queues)}
    return Center(queues=queues, agents=agents, entries=entries | more.pop("entries", {}), settle_s=settle_s, **more)


class Scene:
    """A centre, its clock, and its switch. Calls, queues and agents go by their short names ("c1", "sales", "anna")."""

    def __init__(
        self, policy: Center | None = None, *, nodes: Iterable[str] = (), strict: bool = True, obedient: bool = True
    ) -> None:
        self.policy = policy or center()
        self.center = ContactCenter(self.policy, [NodeId(node) for node in nodes], strict=strict)
        self.now = START
        self.obedient = obedient
        self.wary = True  # a command that no switch could carry out fails the test
        self.told: list[do.AnyCommand | Changed | Refused] = []
        self.history: list[tuple[float, ev.AnyEvent]] = []
        self.ringing: dict[CallId, list[OfferId]] = {}  # legs of each Ring that are still ringing
        self.legs: dict[OfferId, tuple[str, str]] = {}  # leg and channel, once the phone rings
        self.playing: set[CallId] = set()
        self.gone: set[CallId] = set()
        self._last_ring_result: dict[CallId, RingResult] = {}
        self._coming: deque[ev.AnyEvent] = deque()
        self._legs_made = 0

    # --- time and events ---------------------------------------------------------------------------------------------

    def post(self, event: ev.AnyEvent) -> list[do.AnyCommand | Changed | Refused]:
        """Hand `event` over now, and whatever the switch answers to the commands; return all outputs."""
        first = len(self.told)
        self._coming.append(event)
        while self._coming:
            coming = self._coming.popleft()
            self.history.append((self.now, coming))
            outputs = self.center.handle(self.now, coming)
            self.told += outputs
            for output in outputs:
                if isinstance(output, do.Command):
                    self._execute(output)
        return self.told[first:]

    def wait(self, seconds: float) -> None:
        """Let time pass; every deadline fires at its own moment."""
        end = self.now + seconds
        for _ in range(10_000):
            due = self.center.next_deadline()
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            self.post(ev.TimePassed())
        else:
            raise AssertionError("deadlines without end")
        self.now = end

    def _execute(self, command: Any) -> None:
        match command:
            case do.Ring(call=call, legs=legs):
                assert not self.wary or call not in self.ringing, "a second Ring while one is under way"
                assert not self.wary or call not in self.gone, "a Ring for a call that is gone"
                self.ringing[call] = [leg.offer for leg in legs]
                if call in self.playing:
                    self.playing.discard(call)
                    self._coming.append(ev.AnnouncementEnded(call))
            case do.Announce(call=call):
                assert not self.wary or call not in self.ringing, "an announcement into a ring"
                self.playing.add(call)
            case do.StopRing(offers=offers) if self.obedient:
                for offer in offers:
                    self._leg_ends(offer, RingResult.CANCELLED)
            case do.Release(call=call, goto=goto) if self.obedient:
                self.ringing.pop(call, None)
                self._coming.append(ev.SessionLost(call))
                if not goto:
                    self.gone.add(call)
                    self._coming.append(ev.CallGone(call))
            case do.HangupLeg(channel=channel) if self.obedient:
                self._coming.extend(ev.LegDown(leg) for leg, name in self.legs.values() if name == channel)

    def _leg_ends(self, offer: OfferId, result: RingResult) -> None:
        """One phone stops ringing; the Ring ends with the last of them."""
        for call, offers in list(self.ringing.items()):
            if offer in offers:
                offers.remove(offer)
                self._coming.append(ev.OfferEnded(offer, result))
                if offer in self.legs:
                    self._coming.append(ev.LegDown(self.legs[offer][0]))
                if not offers:
                    del self.ringing[call]
                    self._coming.append(ev.RingEnded(call, result, 0.0, True))

    def _flush(self) -> None:
        if self._coming:
            self.post(self._coming.popleft())

    # --- callers ------------------------------------------------------------------------------------------------------

    def arrive(self, name: str = "c1", queue: str | None = "sales", **more: Any) -> CallId:
        """A caller comes (or comes back: `ticket`, `entry`, `dial_status`, `answered_s`)."""
        call = call_id(name)
        dialled = more.pop("dialled", str(FIRST_NUMBER))
        caller = more.pop("caller", f"+4930{name}")
        asked = QueueName(queue) if queue is not None else None
        self.gone.discard(call)
        self.post(ev.CallArrived(call, NODE, f"PJSIP/trunk-{name}", dialled, caller, asked, **more))
        return call

    def press(self, name: str, digit: str) -> None:
        self.post(ev.DigitPressed(call_id(name), digit))

    def caller_hangs_up(self, name: str) -> None:
        """As Asterisk tells it: the ring or the talk ends without the caller, then the session, then the channel."""
        call = call_id(name)
        contact = self.contact(name)
        talked_s = self.talk_s(name)
        for offer in self.ringing.pop(call, []):
            self._coming.append(ev.OfferEnded(offer, RingResult.CANCELLED))
            if offer in self.legs:
                self._coming.append(ev.LegDown(self.legs[offer][0]))
            self._last_ring_result[call] = RingResult.CANCELLED
        if call in self._last_ring_result:
            self._coming.append(ev.RingEnded(call, self._last_ring_result.pop(call), talked_s, False))
        self.gone.add(call)
        self._coming += [ev.SessionLost(call), ev.CallGone(call)]
        if contact is not None and contact.agent is not None:
            self._coming += [ev.LegDown(leg) for leg in sorted(self.agent(contact.agent).legs)]
        self._flush()

    def announcement_ends(self, name: str) -> None:
        self.playing.discard(call_id(name))
        self.post(ev.AnnouncementEnded(call_id(name)))

    # --- agents -------------------------------------------------------------------------------------------------------

    def request(self, agent: str, action: AgentAction, reason: str = "") -> Refused | None:
        return self._asked(ev.AgentRequest(AgentId(agent), action, reason))

    def supervise(self, name: str, action: str, **more: Any) -> Refused | None:
        """A supervisor asks for something to be done with this call's contact: move, prioritise, withdraw."""
        contact = self.contact(name)
        known = name if name in self.center.contacts else call_id(name)
        contact_id = contact.id if contact is not None else ContactId(known)
        return self._asked(ev.ContactRequest(contact_id, ContactAction(action), **more))

    def reload(self, policy: Center, version: str = "2") -> Refused | None:
        """The operator has another policy."""
        refused = self._asked(ev.PolicyChanged(policy, version))
        if refused is None:
            self.policy = policy
        return refused

    def _asked(self, event: ev.AnyEvent) -> Refused | None:
        refusals = [output for output in self.post(event) if isinstance(output, Refused)]
        assert len(refusals) <= 1
        return refusals[0] if refusals else None

    def login(self, *agents: str) -> None:
        for agent in agents:
            assert self.request(agent, AgentAction.LOGIN) is None

    def logout(self, agent: str) -> None:
        assert self.request(agent, AgentAction.LOGOUT) is None

    def pause(self, agent: str, reason: str = "break") -> None:
        assert self.request(agent, AgentAction.PAUSE, reason) is None

    def unpause(self, agent: str) -> None:
        assert self.request(agent, AgentAction.UNPAUSE) is None

    def ready(self, agent: str) -> None:
        assert self.request(agent, AgentAction.READY) is None

    def rings(self, agent: str) -> str:
        """The agent's phone begins to ring; the id of its leg."""
        offer = self.offer_of(agent)
        self._legs_made += 1
        leg, phone = f"node1/a.{self._legs_made}", self.policy.agents[agent].phone
        self.legs[offer] = (leg, f"{phone}-{self._legs_made:08x}")
        self.post(ev.LegUp(leg, phone))
        self.post(ev.OfferRinging(offer, *self.legs[offer]))
        return leg

    def answer(self, agent: str) -> None:
        """He takes the call; the other phones of a ring-all stop."""
        offer = self.offer_of(agent)
        if offer not in self.legs:
            self.rings(agent)
        call = self._call_of(offer)
        losers = [other for other in self.ringing.pop(call, []) if other != offer]
        self._last_ring_result[call] = RingResult.ANSWERED
        self._coming.append(ev.OfferAnswered(offer))
        for other in losers:
            self._coming.append(ev.OfferEnded(other, RingResult.CANCELLED))
            if other in self.legs:
                self._coming.append(ev.LegDown(self.legs[other][0]))
        self._flush()

    def fail(self, agent: str, result: RingResult) -> None:
        """His phone ends the ring: no_answer, rejected, busy, unreachable."""
        self._leg_ends(self.offer_of(agent), result)
        self._flush()

    def miss(self, agent: str, after_s: float = 0.0) -> None:
        """Rings `after_s` (the ring time-out of the queue unless given) and nobody answers."""
        offer = self.offer_of(agent)
        ring_timeout_s = self.policy.queues[self.center.offers[offer].queue].ring_timeout_s
        self.rings(agent)
        self.wait(after_s or ring_timeout_s)
        self._leg_ends(offer, RingResult.NO_ANSWER)
        self._flush()

    def agent_hangs_up(self, agent: str) -> None:
        """The talk ends by him; his caller is still there."""
        offer = self.offer_of(agent)
        call = self._call_of(offer)
        talked_s = self.now - self.center.offers[offer].accepted_at
        self._last_ring_result.pop(call, None)
        if offer in self.legs:
            self._coming.append(ev.LegDown(self.legs[offer][0]))
        self._coming.append(ev.RingEnded(call, RingResult.ANSWERED, talked_s, True, offer))
        self._flush()

    def talk(self, agent: str, seconds: float = 60.0) -> None:
        """Answers, talks, hangs up."""
        self.answer(agent)
        self.wait(seconds)
        self.agent_hangs_up(agent)

    # --- looking ------------------------------------------------------------------------------------------------------

    def agent(self, name: str) -> Any:
        return self.center.agents[AgentId(name)]

    def contact(self, name: str) -> Any:
        """The live contact of this call, or None."""
        found = [contact for contact in self.center.contacts.values() if contact.call == call_id(name)]
        return found[0] if found else None

    def talk_s(self, name: str) -> float:
        contact = self.contact(name)
        offers = [self.center.offers[offer] for offer in contact.offers] if contact is not None else []
        return next((self.now - offer.accepted_at for offer in offers if offer.accepted_at), 0.0)

    def state(self, name: str) -> str:
        contact = self.contact(name)
        return str(contact.state) if contact is not None else "ended"

    def offer_of(self, agent: str) -> OfferId:
        offer = self.agent(agent).offer
        assert offer is not None, f"{agent} has no offer"
        return OfferId(offer)

    def _call_of(self, offer: OfferId) -> CallId:
        contact: ContactId = self.center.offers[offer].contact
        return self.center.contacts[contact].call

    def offered(self, agent: str) -> str | None:
        """The short name of the call that rings at his phone or talks with him, or None."""
        offer = self.agent(agent).offer
        return short(self._call_of(offer)) if offer is not None else None

    def changes(self, kind: Kind | None = None, **fields: Any) -> list[Changed]:
        """What was told of this kind, with these field values."""
        return [
            told
            for told in self.told
            if isinstance(told, Changed)
            and (kind is None or told.kind is kind)
            and all(getattr(told, name) == value for name, value in fields.items())
        ]

    def commands(self, word: type, name: str | None = None) -> list[Any]:
        """The commands of this kind, for this call."""
        return [told for told in self.told if type(told) is word and (name is None or told.call == call_id(name))]

    def rung(self) -> list[tuple[str, str]]:
        """Who was rung for whom so far: (call, agent), in order."""
        by_offer = {told.offer: told.agent for told in self.changes(Kind.OFFER, old="")}
        return [(short(ring.call), str(by_offer[leg.offer])) for ring in self.commands(do.Ring) for leg in ring.legs]

    def outcomes(self, name: str) -> list[str]:
        """The outcomes of this call's visits, in order."""
        return [told.new for told in self.changes(Kind.VISIT, call=call_id(name)) if told.new != "waiting"]

    def offer_ends(self) -> list[tuple[str, str]]:
        """How offers went so far: (agent, state), in order, without those being made."""
        return [(str(told.agent), told.new) for told in self.changes(Kind.OFFER) if told.old]

    def ticket(self, name: str) -> Ticket:
        """The ticket last written to this call."""
        found: Ticket = self.commands(do.SaveTicket, name)[-1].ticket
        return found


def call_id(name: str) -> CallId:
    return CallId(name if "/" in name else f"{NODE}/{name}")


def short(call: str) -> str:
    return call.partition("/")[2]


def bytes_of(outputs: Iterable[Any]) -> bytes:
    """Outputs as bytes, to compare two runs."""
    return b"\n".join(type(output).__name__.encode() + b" " + msgspec.json.encode(output) for output in outputs)


def replay(policy: Center, history: Iterable[tuple[float, ev.AnyEvent]], **more: Any) -> bytes:
    """What a fresh core says to the same events at the same times."""
    core = ContactCenter(policy, **more)
    return b"\n\n".join(bytes_of(core.handle(now, event)) for now, event in history)
