"""How do callers come out of the flow (IVR) that received them? To a line, by its good-bye, by hanging up. PURE."""

from __future__ import annotations

from cti.figures.flow_walks import WAYS as WAYS
from cti.figures.flow_walks import FlowWalks, Walk
from cti.model.changes import Changed


class FlowWays:
    """Feed it every fact. `came`: callers whom a flow received, and those taken over; `counts`: by way out.

    `inside`: those who have none yet.
    """

    def __init__(self) -> None:
        self.came = 0
        self.counts = dict.fromkeys(WAYS, 0)
        self.walks = FlowWalks()

    @property
    def inside(self) -> int:
        return len(self.walks.inside)

    def goes_on(self, former: FlowWalks) -> None:
        """Take over those whom an earlier engine's flows have received, and who are not over."""
        self.walks.goes_on(former)
        self.came += len(former.inside)

    def apply(self, changed: Changed) -> Walk | None:
        """Take in one fact; the step it counted as. Never raises."""
        walk = self.walks.apply(changed)
        if walk is not None and walk.what == "came":
            self.came += 1
        elif walk is not None:
            self.counts[walk.what] += 1
        return walk

    def told(self) -> dict[str, int]:
        """Return the counts as they stand, for JSON."""
        return {"came": self.came, **self.counts, "inside": self.inside}
