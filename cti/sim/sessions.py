"""What is one AGI session to the pure switch, and how are Dial's words read? Records and one small table."""

from __future__ import annotations

from collections import deque

from cti.model import commands as do
from cti.model.words import OfferId, RingResult
from cti.sim.channels import Call

_BY_STATUS = {
    "ANSWER": RingResult.ANSWERED,
    "NOANSWER": RingResult.NO_ANSWER,
    "BUSY": RingResult.BUSY,
    "CANCEL": RingResult.CANCELLED,
}


def ring_result(status: str, cause: int) -> RingResult:
    """A Dial status and a Q.850 cause in the core's words; 603 Decline comes as CHANUNAVAIL with cause 21."""
    if status == "CHANUNAVAIL" and cause == 21:
        return RingResult.REJECTED
    return _BY_STATUS.get(status, RingResult.UNREACHABLE)


class Session:
    """One AGI connection: commands wait for the one that runs."""

    __slots__ = ("announcing", "busy", "call", "channels", "open", "releasing", "side", "side_left", "todo", "unwanted")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.open = True
        self.busy = False
        self.announcing = False
        self.releasing = False
        self.side: do.RunFlow | None = None  # the flow that runs beside the line
        self.side_left: do.RunFlow | None = None  # the one that has just ended the wait
        self.todo: deque[do.AnyCommand] = deque()
        self.channels: dict[OfferId, str] = {}  # of legs whose DialBegin has come
        self.unwanted: set[OfferId] = set()

    @property
    def runs(self) -> bool:
        """Whether what keeps the session busy is something that lasts (a ring, a talk, a prompt)."""
        return self.call.dial is not None or self.call.play is not None
