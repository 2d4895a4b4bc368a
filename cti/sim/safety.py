"""Did the core do anything that must never be done? A shadow of its outputs, and the exchange as the truth."""

from __future__ import annotations

from typing import Any

from cti.acd.contact import Contact
from cti.center import ContactCenter
from cti.model import commands as do
from cti.model import events as ev
from cti.model import policy
from cti.model.changes import Changed, Kind, Refused
from cti.model.words import AgentAction, AgentId, ContactId, ContactState, Outcome
from cti.sim.exchange import Exchange
from cti.sim.violation import Violation

_RING_OVER = frozenset({"missed", "rejected", "busy", "unreachable", "withdrawn", "lost", "abandoned", "not_reached"})
_OUTCOMES = frozenset(Outcome)
EPSILON = 1e-6
SWEEP_STEPS = 20


class Safety:
    """What has been told and done so far; `after` judges the next step and raises Violation."""

    def __init__(self, center_policy: policy.Center, exchange: Exchange) -> None:
        self.policy, self.exchange = center_policy, exchange
        self.since: dict[str, float] = {}  # by contact, over all lives of the engine
        self.handed_down: set[float] = set()  # since when call-outs waited that became their callers' own
        self.center: ContactCenter

    def fresh(self, center: ContactCenter) -> None:
        self.center, self.policy = center, center.policy
        self.seen: dict[ContactId, Contact] = {}
        self.touched: list[ContactId] = []
        self.steps = 0
        self.states: dict[tuple[str, str], str] = {}  # (kind, id) -> the newest value told
        self.rung: dict[str, str] = {}  # agent -> the offer that occupies him
        self.not_before: dict[str, float] = {}  # agent -> end of the wrap-up he is due
        self.work_queue: dict[str, str] = {}  # agent -> queue of his talk
        self.told_legs: dict[str, str] = {}  # leg -> phone, as events have said
        self.released: set[str] = set()
        self.visits: dict[str, str] = {}
        self.nodes: dict[str, bool] = {}  # up
        self.wraps_up: dict[str, str] = {}  # agent -> contact
        self.disposed: set[tuple[str, str]] = set()  # agent and contact
        self.open_gates: set[str] = set()  # of the blended queues

    def drained(self) -> None:
        at_home = {f"{each.id}/{each.visit}" for each in self.center.contacts.values() if not each.call}
        open_visits = [name for name, state in self.visits.items() if state == "waiting" and name not in at_home]
        if open_visits:
            raise Violation("no_outcome", f"visits without an outcome: {open_visits}")

    # --- one step --------------------------------------------------------------------------------------------------

    def after(self, now: float, event: ev.AnyEvent, outputs: list[Any]) -> None:
        self.touched = [output.contact for output in outputs if isinstance(output, Changed) and output.contact]
        self._heard(event, outputs)
        self._look()
        self.stopped = {offer for output in outputs if isinstance(output, do.StopRing) for offer in output.offers}
        for output in outputs:
            if isinstance(output, Changed):
                self._told(now, event, output)
            elif not isinstance(output, Refused):
                self._asked(output)
        for contact_id in self.touched:
            if contact_id not in self.center.contacts:
                self.seen.pop(contact_id, None)

    def _heard(self, event: ev.AnyEvent, outputs: list[Any]) -> None:
        """What the core now could know of phones, and what that allows it."""
        if isinstance(event, ev.LegUp):
            self.told_legs[event.leg] = event.phone
        elif isinstance(event, ev.LegDown):
            self.told_legs.pop(event.leg, None)
        elif isinstance(event, ev.NodeUp | ev.NodeChecked):
            self.told_legs = {leg: at for leg, at in self.told_legs.items() if not leg.startswith(f"{event.node}/")}
            self.told_legs.update({leg.leg: leg.phone for leg in event.legs if leg.phone and not leg.ours})
        elif isinstance(event, ev.CallArrived):
            self.released.discard(event.call)
            if event.ticket is None or not event.ticket.queued:
                # The ticket of its wait never reached the channel: a new wait
                self.since.pop(event.ticket.contact if event.ticket else event.call, None)
            if event.ticket is not None and event.ticket.queue in self.policy.queues:
                self._same_contact(event, outputs)
        elif isinstance(event, ev.CalloutDue) and event.since is not None:
            self.handed_down.add(event.since)
        elif isinstance(event, ev.AgentRequest):
            granted = not any(isinstance(output, Refused) for output in outputs)
            if granted and event.action is AgentAction.EXTEND:
                agent = self.center.agents[event.agent]
                self.not_before[event.agent] = agent.activity_until or 0.0
            if granted and event.action in (AgentAction.READY, AgentAction.DISPOSITION, AgentAction.LOGOUT):
                self.not_before.pop(event.agent, None)

    def _same_contact(self, event: ev.CallArrived, outputs: list[Any]) -> None:
        assert event.ticket is not None
        for output in outputs:
            same = isinstance(output, Changed) and output.kind is Kind.CONTACT and output.call == event.call
            if same and output.id != event.ticket.contact:
                raise Violation("other_contact", f"{event.call} came with the ticket of {event.ticket.contact}")

    def _look(self) -> None:
        """`since` never changes: judged for whoever is in the outputs, and for everybody now and then."""
        contacts = self.center.contacts
        self.seen.update(contacts)
        self.steps += 1
        named = contacts if self.steps % SWEEP_STEPS == 0 else {*self.touched}
        for contact_id in named:
            contact = contacts.get(ContactId(contact_id))
            if contact is not None and contact.queued:
                known = self.since.setdefault(contact.id, contact.since)
                if contact.since in self.handed_down:  # handed down; or not yet, in the ticket of an earlier life
                    self.handed_down.add(known)
                    known = self.since[contact.id] = contact.since
                if abs(known - contact.since) > EPSILON:
                    raise Violation("since", f"{contact.id} waits since {known:.3f}; now it is {contact.since:.3f}")

    def _told(self, now: float, event: ev.AnyEvent, changed: Changed) -> None:
        kind = changed.kind
        if kind is Kind.NODE:
            self.nodes[changed.id] = changed.new == "up"
        if kind is Kind.BUG:
            raise Violation("bug", f"{changed.id}: {changed.new} {changed.reason}")
        if kind in (Kind.CONTACT, Kind.OFFER, Kind.STATUS, Kind.ACTIVITY):
            self._continues(changed)
        if kind is Kind.CONFIG:
            self._new_policy()
        elif kind is Kind.BLENDING:
            (self.open_gates.add if changed.new == "open" else self.open_gates.discard)(changed.id)
        elif kind is Kind.VISIT:
            self._visit(changed, joined=isinstance(event, ev.CallArrived) and changed.outbound)
        elif kind is Kind.OFFER:
            self._offer(now, changed)
        elif kind is Kind.DISPOSITION:
            self.disposed.add((changed.agent or "", changed.contact or ""))
        elif kind is Kind.ACTIVITY:
            self._disposed(changed)
            self._activity(now, changed)

    def _continues(self, changed: Changed) -> None:
        """`old` is what was told last."""
        key = (changed.kind.value, changed.id)
        told = self.states.get(key)
        if told is not None and told != changed.old:
            raise Violation("story", f"{changed.kind.value} {changed.id}: {changed.old} -> {changed.new} after {told}")
        self.states[key] = changed.new
        if changed.kind is Kind.CONTACT and changed.new == ContactState.ENDED:
            del self.states[key]  # the same call may come again from the dialplan

    def _new_policy(self) -> None:
        """Nothing is known of the phones of those who are new; who is gone is gone."""
        old, self.policy = self.policy, self.center.policy
        hired = {rules.phone for name, rules in self.policy.agents.items() if name not in old.agents}
        self.told_legs = {leg: phone for leg, phone in self.told_legs.items() if phone not in hired}
        blended = {name for name, rules in self.policy.queues.items() if rules.blending is not None}
        self.open_gates &= blended
        for gone in set(old.agents) - set(self.policy.agents):
            self.not_before.pop(gone, None)
            self.work_queue.pop(gone, None)

    # --- outcomes --------------------------------------------------------------------------------------------------

    def _visit(self, changed: Changed, *, joined: bool) -> None:
        """`joined`: the agent waits for him already, and they are being connected."""
        visit, told = changed.id, self.visits.get(changed.id)
        if changed.new == "waiting":
            if told == "waiting":
                raise Violation("visit_twice", f"{visit} begins while it is open")
            if told is not None:
                raise Violation("visit_again", f"{visit} begins again after {told}")
        elif changed.new not in _OUTCOMES or told != "waiting":
            raise Violation("outcomes", f"{visit}: {changed.new} after {told}")
        self.visits[visit] = changed.new
        call = self.exchange.calls.get(changed.call or "")
        if changed.new == "lost":
            raise Violation("lost", f"{visit} was lost by us")
        if changed.new == "abandoned" and call is not None and call.up:
            raise Violation("abandoned_alive", f"{visit} is called abandoned, and the caller is there")
        if changed.new == "answered" and call is not None and not call.person.talks and not joined:
            raise Violation("answered_by_nobody", f"{visit} is called answered, and nobody has ever answered")

    # --- offers ----------------------------------------------------------------------------------------------------

    def _offer(self, now: float, changed: Changed) -> None:
        agent, offer = changed.agent or "", changed.id
        if not changed.old:
            if agent in self.rung:
                raise Violation("two_offers", f"{agent} gets {offer} while {self.rung[agent]} occupies him")
            self.rung[agent] = offer
            self._may_ring(now, agent, offer)
            self._most_urgent(now, agent, changed.contact or "")
        elif changed.new in _RING_OVER and self.rung.get(agent) == offer:
            del self.rung[agent]
            if changed.new == "withdrawn" and offer not in self.stopped:
                self._no_longer_rings(agent, offer)

    def _no_longer_rings(self, agent: str, offer: str) -> None:
        """We took it back without a StopRing: right only if its phone does not ring any more."""
        phone = self.exchange.phones[self.policy.agents[agent].phone]
        for leg in phone.legs.values():
            if leg.tag == offer and leg.dial is not None and leg in leg.dial.ringing and leg.dial.call.agi is not None:
                raise Violation("still_rings", f"{offer} is withdrawn, and {agent}'s phone goes on ringing")

    def _may_ring(self, now: float, agent: str, offer: str) -> None:
        if self.states.get(("status", agent), self.policy.agents[agent].starts) != "available":
            raise Violation("rings_absent", f"{agent} gets {offer}, and is not available")
        if self.states.get(("activity", agent), "idle") != "idle":
            raise Violation("rings_busy", f"{agent} gets {offer} while {self.states[('activity', agent)]}")
        if now < self.not_before.get(agent, 0.0) - EPSILON:
            raise Violation("wrap_up", f"{agent} gets {offer} {self.not_before[agent] - now:.2f} s before its end")
        phone = self.exchange.phones[self.policy.agents[agent].phone]
        known = (leg for leg in phone.legs.values() if self.nodes.get(leg.node, True))  # else it may be dead by now
        engaged = [leg.id for leg in known if self.told_legs.get(leg.id) == phone.dial]
        if engaged:
            raise Violation("rings_engaged", f"{agent} gets {offer} while his phone has {engaged}, as events have told")

    def _activity(self, now: float, changed: Changed) -> None:
        agent = changed.id
        if changed.new == "talking" and changed.queue:
            self.work_queue[agent] = changed.queue
        if changed.old in ("talking", "hold") and changed.new in ("wrapup", "idle"):
            queue = self.work_queue.get(agent)
            if queue in self.policy.queues and self.states.get(("status", agent)) != "logged_out":
                self.not_before[agent] = now + self.policy.queues[queue].wrap_up_s
            self.rung.pop(agent, None)

    def _disposed(self, changed: Changed) -> None:
        """Work is over: of a queue that has a word for what was not said, something has been told."""
        agent, contact = changed.id, changed.contact or ""
        if changed.new == "wrapup":
            self.wraps_up[agent] = contact
        elif changed.old == "wrapup" or (changed.old in ("talking", "hold") and changed.new == "idle"):
            contact = self.wraps_up.pop(agent, contact)
            rules = self.policy.queues.get(self.work_queue.get(agent, ""))
            if changed.cause == "PolicyChanged" or rules is None or rules.disposition_default is None:
                return
            if (agent, contact) not in self.disposed:
                raise Violation("undisposed", f"nothing was told of what came of the talk of {agent} and {contact}")

    # --- who is next -----------------------------------------------------------------------------------------------

    def _most_urgent(self, now: float, agent: str, chosen_id: str) -> None:
        """By brute force: nobody whom this agent may serve is more urgent than the one he gets."""
        chosen = self.seen.get(ContactId(chosen_id))
        if chosen is None:
            return
        if not self._may_take(now, agent, chosen):
            raise Violation("not_eligible", f"{agent} gets {chosen_id}, and may not: queue, skill, or tried before")
        if self.held_back(chosen.queue):
            raise Violation("gate", f"{agent} gets {chosen_id}, but the gate of {chosen.queue} is shut")
        rank = self._rank(now, chosen_id, chosen)
        for other_id, other in self.seen.items():
            there = other.session or (other.stands_in is not None and not other.call)
            waits = there and self.states.get(("contact", other_id)) == "waiting"
            if (
                not waits
                or self.held_back(other.queue)
                or other_id == chosen_id
                or not self._may_take(now, agent, other)
            ):
                continue
            if self._before(self._rank(now, other_id, other), rank):
                raise Violation("order", f"{agent} gets {chosen_id}, but {other_id} is more urgent")

    def held_back(self, queue: str) -> bool:
        """Whether contacts of `queue` are not to be offered now."""
        rules = self.policy.queues.get(queue)
        return rules is not None and rules.blending is not None and queue not in self.open_gates

    def _rank(self, now: float, contact_id: str, seen: Contact) -> tuple[int, float, float, str]:
        target_s = self.policy.queues[seen.queue].target_s
        return (seen.tier, (seen.head_start_s + now - seen.since) / target_s, seen.since, contact_id)

    @staticmethod
    def _before(one: tuple[int, float, float, str], other: tuple[int, float, float, str]) -> bool:
        if one[0] != other[0]:
            return one[0] < other[0]
        if abs(one[1] - other[1]) > EPSILON:
            return one[1] > other[1]
        return abs(one[2] - other[2]) > EPSILON and one[2] < other[2]

    def _may_take(self, now: float, agent: str, seen: Contact) -> bool:
        rules = self.policy.agents[agent]
        return (
            seen.queue in rules.queues
            and seen.tried.get(AgentId(agent), 0.0) <= now
            and all(rules.skills.get(skill, 0) >= level for skill, level in seen.requires)
        )

    # --- commands --------------------------------------------------------------------------------------------------

    def _asked(self, command: Any) -> None:
        if not hasattr(command, "call"):
            return
        if command.call in self.released:
            raise Violation("after_release", f"{type(command).__name__} for {command.call}, which was released")
        if isinstance(command, do.Release | do.LeaveMessage):
            self.released.add(command.call)
