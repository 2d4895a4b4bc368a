"""How do callers come out of the flow (IVR) that received them: into a line, by its good-bye, or by hanging up? PURE.

Counted at the first line only: whoever comes back into his flow after a talk was counted before.
"""

from __future__ import annotations

from cti.model.changes import Changed, Kind
from cti.model.events import FlowEnded
from cti.model.words import ContactState

WAYS = ("to_queue", "self_service", "hung_up")
_GOOD_BYE = FlowEnded.__name__


class FlowWays:
    """Feed it every fact. `came`: callers whom a flow received; `counts`: by way out; `inside`: still without one."""

    def __init__(self) -> None:
        self.came = 0
        self.counts = dict.fromkeys(WAYS, 0)
        self._inside: set[str] = set()

    @property
    def inside(self) -> int:
        return len(self._inside)

    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises."""
        if changed.kind is not Kind.CONTACT:
            return
        if changed.new == ContactState.IN_FLOW and changed.old in ("", ContactState.ARRIVED):
            self.came += 1
            self._inside.add(changed.id)
        elif changed.id in self._inside:
            if changed.new == ContactState.WAITING:
                self._out(changed.id, "to_queue")
            elif changed.new == ContactState.ENDED:
                self._out(changed.id, "self_service" if changed.cause == _GOOD_BYE else "hung_up")

    def told(self) -> dict[str, int]:
        """Return the counts as they stand, for JSON."""
        return {"came": self.came, **self.counts, "inside": self.inside}

    def _out(self, contact: str, way: str) -> None:
        self._inside.discard(contact)
        self.counts[way] += 1
