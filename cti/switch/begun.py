"""Which events of a node are about calls that we have begun? Told by the Uniqueids that we gave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cti.model import events
from cti.model.events import SnapshotLeg
from cti.model.words import NodeId
from cti.ports import Ledger
from cti.switch.ami import AmiLink
from cti.switch.ami_events import Fields
from cti.switch.begun_legs import BegunLegs
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
        kinds: tuple[BegunLegs[Any, Any], ...] = (self.calls, self.listeners, self.agents)
        self._kinds = {kind.mark: kind for kind in kinds}

    def close(self) -> None:
        """Nothing more is begun."""
        self.calls.close()

    def connected(self) -> None:
        """AMI is back: what exists is to be looked at before anything more is begun."""
        for kind in self._kinds.values():
            kind.looking = True

    def reconcile(self, legs: Iterable[SnapshotLeg]) -> None:
        """AMI was away; this is what exists now. Said again, it changes nothing: events have told of all since."""
        legs = tuple(legs)
        for kind in self._kinds.values():
            if kind.looking:
                kind.reconcile(legs)
                kind.looking = False

    def hear(self, name: str, fields: Fields) -> bool:
        """Take an event in; whether it is the Hangup of an attempt in the air, of which nothing more is to be made."""
        uniqueid = fields.get("DestUniqueid" if name.startswith("Dial") else "Uniqueid", "")
        mark, dash, rest = uniqueid.partition("-")
        kind = self._kinds.get(mark + dash)
        return kind is not None and kind.hear(name, rest, fields)
