"""What does the live view remember of one caller, one queue, one agent? Rows without logic of their own. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field

from cti.metrics.line import Line
from cti.metrics.queue_counts import QueueCounts
from cti.model.words import Activity, AgentStatus


@dataclass(slots=True)
class ContactRow:
    """A live contact. `caller` is personal data. Times are epoch seconds."""

    contact: str
    call: str
    state: str
    since: float
    waiting_since: float  # when it last began to wait without an offer
    queue: str | None = None
    caller: str | None = None
    wait_s: float | None = None  # set when the wait is over
    agent: str | None = None
    visit: tuple[str, float] | None = None  # (queue, order_at) of the line it stands in
    outbound: bool = False  # a customer whom we call, in this visit
    on_phone: bool = False  # he has a call: before that nobody waits for us
    rung: set[str] = field(default_factory=set)  # agents it was offered to


@dataclass(slots=True)
class AgentRow:
    """An agent. `since` is None until the first change; `engaged` is None until his phone was seen."""

    status: str = AgentStatus.LOGGED_OUT
    reason: str = ""
    activity: str = Activity.IDLE
    since: float | None = None
    overdue: bool = False  # his break is longer than its limit
    pending: str = ""  # the break that begins when his work is over
    rest_until: float = 0.0  # he gets no offer until then, by the rules for missed offers
    free_at: float | None = None  # when he last became free to serve; may lie ahead while he rests
    ring_from: float | None = None  # free_at of the offer that is on its way to his phone
    engaged: bool | None = None
    answered: int = 0
    missed: int = 0

    def available(self) -> bool:
        return self.status == AgentStatus.AVAILABLE

    def free(self) -> bool:
        return self.available() and self.activity == Activity.IDLE and not self.engaged

    def freed(self, at: float) -> float | None:
        """Since when he can be given a contact, if what happened at `at` left him free: a rest is no delay of ours."""
        return max(at, self.rest_until) if self.free() else None


class QueueRow:
    """A queue: its counts and its line in the order of service."""

    def __init__(self, target_s: float, service_level_percent: float) -> None:
        self.counts = QueueCounts(target_s)
        self.service_level_percent = service_level_percent  # the target; counts for nothing but how it is shown
        self.line = Line()

    def longest_wait_s(self, now: float) -> float | None:
        """Of those who are on the phone."""
        since = self.line.oldest_since
        return None if since is None else max(0.0, now - since)
