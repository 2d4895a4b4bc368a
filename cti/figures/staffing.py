"""How long was each agent in which state? Facts in, stretches of time out. PURE.

The live view adds stretches up since midnight, the history by quarter hours; an agent in two queues has one row of
stretches. Knows nothing of queues but the one whose contact he talks with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cti.model.changes import Changed, Kind
from cti.model.words import Activity, AgentStatus

STATES = ("idle_s", "ringing_s", "taken_ring_s", "talk_s", "hold_s", "wrapup_s", "break_s")
STAFFED = ("idle_s", "ringing_s", "talk_s", "hold_s", "wrapup_s")
BUSY = ("taken_ring_s", "talk_s", "hold_s", "wrapup_s")
OF_TALKS = ("talk_s", "hold_s", "wrapup_s")
_ASKED = (Activity.RINGING, Activity.DIALLING)
_WORK: dict[str, str] = {Activity.TALKING: "talk_s", Activity.HOLD: "hold_s", Activity.WRAPUP: "wrapup_s"}
_IDLE: dict[str, str] = {AgentStatus.AVAILABLE: "idle_s", AgentStatus.ON_BREAK: "break_s"}


class Stretch(NamedTuple):
    """`agent` was in `state` from `begin` to `end` (epoch seconds); `queue`: whose contact he talks with.

    The state taken_ring_s comes besides ringing_s, for a ring (or the dialling of his customer) that became a talk.
    """

    agent: str
    state: str
    begin: float
    end: float
    queue: str


@dataclass(slots=True)
class Stand:
    """How one agent stands, and since when that is not booked."""

    status: str
    activity: str
    since: float
    queue: str = ""

    @property
    def state(self) -> str:
        """The count that his time goes into now; "" where it goes into none."""
        if self.activity == Activity.IDLE:
            return _IDLE.get(self.status, "")
        return _WORK.get(self.activity, "ringing_s")


class Staffing:
    """Every agent's stand. Give it each STATUS, ACTIVITY and OFFER fact once, in order."""

    def __init__(self) -> None:
        self.stands: dict[str, Stand] = {}

    def begin(self, agent: str, status: str, at: float) -> None:
        """Somebody is there whom no fact has named yet."""
        self.stands.setdefault(agent, Stand(status, Activity.IDLE, at))

    def apply(self, changed: Changed) -> list[Stretch]:
        """The stretches that end with this fact."""
        agent = changed.agent or changed.id
        if changed.kind is Kind.STATUS:
            stand = self._stand(agent, changed)
            found = self._book(agent, stand, changed.at)
            stand.status = changed.new
            return found
        if changed.kind is not Kind.ACTIVITY or changed.new == changed.old:
            return []
        stand = self._stand(agent, changed)
        taken = stand.activity in _ASKED and changed.new == Activity.TALKING
        begin, found = stand.since, self._book(agent, stand, changed.at)
        if taken and changed.at > begin:
            found.append(Stretch(agent, "taken_ring_s", begin, changed.at, ""))
        stand.activity = changed.new
        stand.queue = "" if changed.new == Activity.IDLE else changed.queue or stand.queue
        return found

    def book(self, until: float) -> Iterator[Stretch]:
        """Everybody's stretch up to now, as if it ended; a ring waits until it is known what came of it."""
        for agent, stand in self.stands.items():
            if stand.activity not in _ASKED:
                yield from self._book(agent, stand, until)

    def _stand(self, agent: str, changed: Changed) -> Stand:
        found = self.stands.get(agent)
        if found is None:
            status = changed.old if changed.kind is Kind.STATUS else AgentStatus.AVAILABLE
            found = self.stands[agent] = Stand(status, Activity.IDLE, changed.at)
        return found

    @staticmethod
    def _book(agent: str, stand: Stand, until: float) -> list[Stretch]:
        begin, state = stand.since, stand.state
        stand.since = max(begin, until)
        return [Stretch(agent, state, begin, until, stand.queue)] if state and until > begin else []


def work_of(state: str, seconds: float) -> dict[str, float]:
    """What `seconds` in a state add to an agent's counts."""
    found = {state: seconds}
    if state in STAFFED:
        found["staffed_s"] = seconds
    if state in BUSY:
        found["busy_s"] = seconds
    return found


def pieces(stretch: Stretch, every_s: int) -> Iterator[tuple[int, float]]:
    """The stretch cut where intervals of `every_s` begin: (begin of the interval, seconds in it)."""
    begin = stretch.begin
    while begin < stretch.end:
        start = int(begin // every_s) * every_s
        end = min(stretch.end, start + every_s)
        yield start, end - begin
        begin = end
