"""What do we know of one listening-in: a supervisor's phone at a talk that is not his?"""

from __future__ import annotations

from dataclasses import dataclass

from cti.model.words import ContactId, NodeId, OfferId, SpyId, SpyMode, SpyState

MARK = "ctil-"  # begins the Uniqueid of his channel; the SpyId follows


@dataclass(slots=True, eq=False)
class Spy:
    id: SpyId
    contact: ContactId
    offer: OfferId  # whose talk it is
    node: NodeId
    mode: SpyMode
    phone: str
    by: str
    state: SpyState = SpyState.RINGING
    stopped: bool = False  # the talk is over, and the switch was told

    @property
    def leg(self) -> str:
        """His channel, known before there is one."""
        return f"{self.node}/{MARK}{self.id}"
