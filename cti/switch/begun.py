"""Which events of a node are about calls that we have begun? Told by the Uniqueids that we gave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cti.model import events
from cti.model.events import SnapshotLeg
from cti.model.words import NodeId, SpyId
from cti.ports import Ledger
from cti.switch import originate
from cti.switch.ami import AmiLink
from cti.switch.ami_events import Fields
from cti.switch.listening import Listeners
from cti.switch.placed_call import PlacedCalls
from cti.switch.trunks import Trunk
from cti.switch.waiting_agent import WaitingAgents


class Begun:
    """The customers whom we call on one node, the agents who are rung before them, and who listens to talks."""

    def __init__(
        self,
        node: NodeId,
        link: AmiLink,
        hangup: Callable[[str], None],
        post: Callable[[events.AnyEvent], None],
        trunks: Mapping[str, Trunk],
        ledger: Ledger | None,
    ) -> None:
        self.calls = PlacedCalls(node, link, hangup, post, trunks, ledger)
        self.listeners = Listeners(node, link, hangup, post)
        self.agents = WaitingAgents(node, link, hangup, post)

    def close(self) -> None:
        """Nothing more is begun."""
        self.calls.close()

    def reconcile(self, legs: Iterable[SnapshotLeg]) -> None:
        """AMI was away; this is what exists now."""
        legs = tuple(legs)
        self.calls.reconcile(legs)
        self.agents.reconcile(legs)
        self.listeners.reconcile(legs)

    def hear(self, name: str, fields: Fields) -> bool:
        """Take an event in; whether it is the Hangup of an attempt in the air, of which nothing more is to be made."""
        uniqueid = fields.get("DestUniqueid" if name.startswith("Dial") else "Uniqueid", "")
        attempt = originate.attempt_of(uniqueid)
        if attempt is not None:
            match name:
                case "Newchannel":
                    self.calls.came(attempt, fields)
                case "DialEnd":
                    self.calls.dialled(attempt, fields)
                case "OriginateResponse":
                    self.calls.responded(attempt, fields)
                case "Hangup":
                    return self.calls.went(attempt, fields)
        elif uniqueid.startswith(originate.AGENT_MARK):
            self._of_an_agent(name, uniqueid[len(originate.AGENT_MARK) :], fields)
        elif uniqueid.startswith(originate.SPY_MARK):
            self.listeners.hear(name, SpyId(uniqueid[len(originate.SPY_MARK) :]), fields)
        return False

    def _of_an_agent(self, name: str, mark: str, fields: Fields) -> None:
        match name:
            case "Newchannel":
                self.agents.came(mark, fields)
            case "DialBegin":
                self.agents.rings(mark, fields)
            case "DialEnd":
                self.agents.dialled(mark, fields)
            case "Hangup":
                self.agents.went(mark, fields)
            case "OriginateResponse":
                self.agents.responded(mark, fields)
