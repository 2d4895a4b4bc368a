"""Does the core keep its promises? Safety, liveness and agreement, looked at after every event.

Knows the core only by its public face (`agents`, `contacts`, `offers`, `settling`, its outputs) and recomputes
everything it judges; shares no rule with it.
"""

from __future__ import annotations

from typing import Any

from cti.center import ContactCenter
from cti.model import events as ev
from cti.model import policy
from cti.model.words import Activity, ContactState
from cti.sim import agreement, liveness
from cti.sim.calling_checks import CallingChecks
from cti.sim.exchange import Exchange
from cti.sim.safety import Safety
from cti.sim.switch import SimSwitch
from cti.sim.violation import Violation

__all__ = ["Checks", "Violation"]

STEADY_S = 2.5  # longer than the core's own moments of doubt (who ended a talk: 2 s)


class Checks:
    """All checks of one world, over all lives of its engine. Every method raises Violation."""

    def __init__(self, center_policy: policy.Center, exchange: Exchange, switch: SimSwitch) -> None:
        self.policy, self.exchange, self.switch = center_policy, exchange, switch
        self.safety = Safety(center_policy, exchange)
        self.calling = CallingChecks()
        self.center: ContactCenter
        self.agreements = 0
        self.moved_at = 0.0
        self._looked_at: set[str] = set()  # nodes, since anything moved

    def fresh(self, center: ContactCenter) -> None:
        """A new engine process: what it cannot know is no longer asked of it."""
        self.center = center
        self.safety.fresh(center)
        self.calling.fresh(center)

    def after(self, now: float, event: ev.AnyEvent, outputs: list[Any]) -> None:
        """`event` has been handled at `now` (core's clock) with these `outputs`, not yet executed."""
        self.safety.after(now, event, outputs)
        self.calling.after(event, outputs)
        _beside(self.center)
        liveness.check(now, self.center, self.safety.held_back, self.calling.can_dial(self.safety.nodes))
        if isinstance(event, ev.NodeChecked) and not outputs:
            self._looked_at.add(event.node)
            steady = self.exchange.agenda.now > self.moved_at + STEADY_S and self.switch.quiet()
            if steady and self._looked_at.issuperset(self.exchange.nodes):
                agreement.check(now, self.center, self.exchange, self.switch)
                self.agreements += 1
        elif not isinstance(event, ev.TimePassed) or outputs:
            self.moved_at = self.exchange.agenda.now
            self._looked_at.clear()  # of a node that was looked at before, the core may not yet know what moved

    def drained(self, now: float) -> None:
        """Nobody is there any more: nothing may be left in the core."""
        center = self.center
        at_home = [each for each in center.contacts.values() if not each.call and each.state is ContactState.WAITING]
        if len(center.contacts) > len(at_home):
            found = [(contact.id, contact.state.value) for contact in center.contacts.values()]
            raise Violation("stuck_contact", f"{found} live on in the core, but nobody is in the exchange")
        if center.offers:
            raise Violation("stuck_offer", f"{list(center.offers)} live on without contacts")
        for agent in center.agents.values():
            if agent.activity is not Activity.IDLE or agent.legs:
                raise Violation("stuck_agent", f"{agent.id} is {agent.activity.value} with legs {sorted(agent.legs)}")
        if center.attempts:
            raise Violation("stuck_attempt", f"{list(center.attempts)} are in the air, and nobody is called")
        self.safety.drained()
        self.calling.drained()


def _beside(center: ContactCenter) -> None:
    """A flow runs beside the line only for who waits there: a ring has cut it off, and so has every other end."""
    for contact in center.contacts.values():
        if contact.beside and (contact.state is not ContactState.WAITING or contact.stands_in is None):
            raise Violation("side_flow", f"{contact.id} is {contact.state.value}, and {contact.beside} runs for it")
