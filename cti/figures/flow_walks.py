"""How does each caller come out of the flow (IVR) that received him: into a line, by its good-bye, or hanging up? PURE.

Counted at the first line only: whoever comes back into his flow after a talk was counted before. A walk belongs to
the moment at which it began, so that those who came are those who went one of the ways and those inside, always.
"""

from __future__ import annotations

from typing import NamedTuple

from cti.model.changes import Changed, Kind
from cti.model.events import FlowEnded
from cti.model.words import ContactState

WAYS = ("to_queue", "self_service", "hung_up")
COUNTS = ("came", *WAYS)
_GOOD_BYE = FlowEnded.__name__


class Walk(NamedTuple):
    """One step to count: `came` or one of WAYS, of the flow `flow` that had received him at `at` (epoch seconds)."""

    flow: str
    at: float
    what: str


class FlowWalks:
    """Give it every CONTACT fact. `inside`: contact -> flow and when he came, of those without a way out yet."""

    def __init__(self) -> None:
        self.inside: dict[str, tuple[str, float]] = {}
        self._out: set[str] = set()  # who has gone his way, and is not over: in a flow again he is not new

    def goes_on(self, former: FlowWalks) -> None:
        """Know whom an earlier engine has counted: who comes back is not counted again, and who has gone once."""
        self.inside |= former.inside
        self._out |= former._out

    def apply(self, changed: Changed) -> Walk | None:
        """What this fact means for the counts. Never raises."""
        if changed.kind is not Kind.CONTACT:
            return None
        if changed.new == ContactState.ENDED and changed.id in self._out:
            self._out.discard(changed.id)
            return None
        if changed.id not in self.inside:
            came = changed.new == ContactState.IN_FLOW and changed.old in ("", ContactState.ARRIVED)
            if not came or changed.id in self._out:
                return None
            self.inside[changed.id] = (changed.reason or "", changed.at)
            return Walk(*self.inside[changed.id], "came")
        if changed.new == ContactState.WAITING:
            self._out.add(changed.id)
            return Walk(*self.inside.pop(changed.id), "to_queue")
        if changed.new == ContactState.ENDED:
            said_good_bye = changed.cause == _GOOD_BYE
            return Walk(*self.inside.pop(changed.id), "self_service" if said_good_bye else "hung_up")
        return None
