"""What do we know of one agent, and is he free?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cti.model import policy
from cti.model.pools import PoolName
from cti.model.words import Activity, AgentId, AgentStatus, CallId, ContactId, NodeId, OfferId, QueueName

if TYPE_CHECKING:
    from cti.acd.strategy import Seat


class Talk(NamedTuple):
    """Which talk he wraps up, and what came of it as far as he has said."""

    contact: ContactId
    call: CallId
    queue: QueueName
    offer: OfferId
    disposition: str = ""
    caller: str = ""  # personal data, as `customer`: what his screen shows on while he wraps up
    dialled: str = ""
    customer: tuple[tuple[str, str], ...] = ()
    campaign: str = ""


@dataclass(slots=True, eq=False)
class Agent:
    """A person with a phone. Times are epoch seconds."""

    id: AgentId
    policy: policy.Agent
    status: AgentStatus = AgentStatus.LOGGED_OUT
    reason: str = ""
    status_since: float = 0.0
    activity: Activity = Activity.IDLE
    activity_since: float = 0.0
    activity_until: float | None = None  # of a wrap-up
    wrap_up_s: float = 0.0  # how long the newest one was to be
    talk: Talk | None = None  # whose wrap-up this is
    idle_since: float = 0.0
    offer: OfferId | None = None  # the one that rings or was accepted and still occupies him
    legs: set[str] = field(default_factory=set)  # every channel of his phone that we know of
    engaged: bool = False  # told the readers that his phone does something of its own
    rest_until: float = 0.0
    busy_ring: str = ""  # he rests because his phone was busy: the leg of that ring
    talk_ended_at: float = float("-inf")
    pending_break: str | None = None  # asked for during work; begins when work is over
    missed: int = 0  # in a row
    rejected: int = 0
    unreachable: int = 0
    number: int = 0  # in the order of the configuration
    pools: tuple[PoolName, ...] = ()  # where he looks for contacts: see acd/reach.py
    seats: tuple[Seat, ...] = ()  # his place in each of them: see acd/strategy.py
    logged_in_at: float = 0.0
    contacts: int = 0  # answered since he logged in
    busy_s: float = 0.0  # talked and wrapped up since he logged in
    offered: int = 0  # number of the newest offer to him, over all offers: who was asked longest ago

    def free(self, now: float) -> bool:
        """Whether he may be given a contact now: the one definition of "free"."""
        return (
            self.status is AgentStatus.AVAILABLE
            and self.activity is Activity.IDLE
            and not self.legs
            and self.rest_until <= now
        )

    def dial(self, node: NodeId) -> str:
        """The dial string that rings his phone from `node`."""
        return self.policy.phones.get(node, self.policy.phone)
