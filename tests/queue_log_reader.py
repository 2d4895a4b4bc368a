"""What does a queue_log say? An independent reader, written from Asterisk's documentation and nothing of ours.

Fields and events: docs.asterisk.org, "Queue Logs" (epoch|callid|queue|agent|event|data...). It counts as QueueMetrics
and its like do: a call enters (ENTERQUEUE), and leaves by exactly one of CONNECT, ABANDON, EXITWITHTIMEOUT, EXITEMPTY,
EXITWITHKEY, WITHDRAW; what was connected completes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LEAVES = {
    "CONNECT": "answered",
    "ABANDON": "abandoned",
    "EXITWITHTIMEOUT": "timed_out",
    "EXITEMPTY": "overflowed",
    "EXITWITHKEY": "key_exit",
}
COMPLETES = ("COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ATTENDEDTRANSFER")


@dataclass
class LoggedQueue:
    """What the log says of one queue. Seconds are whole, cut off."""

    entered: int = 0
    left: Counter[str] = field(default_factory=Counter)
    hold_s: list[int] = field(default_factory=list)  # of the connected
    abandoned_after_s: list[int] = field(default_factory=list)
    completed: int = 0
    rang_in_vain: int = 0


def read_log(lines: Iterable[str]) -> dict[str, LoggedQueue]:
    """The queues of a log by name."""
    found: dict[str, LoggedQueue] = {}
    for line in lines:
        _epoch, _callid, queue, _agent, event, *data = line.rstrip("\n").split("|")
        if queue == "NONE":
            continue
        at = found.setdefault(queue, LoggedQueue())
        if event == "ENTERQUEUE":  # url, caller id, original position
            at.entered += 1
        elif event == "WITHDRAW":  # position, original position, wait; and a word of the engine's
            at.left[data[3]] += 1
        elif event in LEAVES:
            at.left[LEAVES[event]] += 1
            if event == "CONNECT":  # hold time, bridged channel's uniqueid, ring time
                at.hold_s.append(int(data[0]))
            elif event == "ABANDON":  # position, original position, wait
                at.abandoned_after_s.append(int(data[2]))
        elif event in COMPLETES:
            at.completed += 1
        elif event == "RINGNOANSWER":
            at.rang_in_vain += 1
    return found
