"""What do we know of one offer: one try to give one contact to one agent?"""

from __future__ import annotations

from dataclasses import dataclass

from cti.model.words import AgentId, ContactId, OfferId, OfferState, QueueName


@dataclass(slots=True, eq=False)
class Offer:
    id: OfferId
    contact: ContactId
    agent: AgentId
    queue: QueueName
    made_at: float
    state: OfferState = OfferState.RINGING
    leg: str = ""  # known from OfferRinging on
    accepted_at: float = 0.0
    wait_s: float = 0.0  # of the contact in this queue, when it was accepted
    talk_ended_at: float | None = None  # the agent's part is over, but not yet known is who ended it
    disposition: str = ""  # what came of it, as the agent says while he talks
    taken_over: bool = False  # by attended transfer: this talk is not that of the contact's own Ring
