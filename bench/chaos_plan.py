"""What breaks in a run of chaos, in which order and for how long? A schedule drawn by a seed; pure.

Every kind comes before one comes again, so that a short run has seen as many as it can.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count


class Kind(StrEnum):
    """What breaks. AMI and FastAGI break in the proxy between Asterisk and engine."""

    ENGINE_KILL = "engine killed"  # kill -9, started again by whoever watches over it
    ENGINE_STOP = "engine frozen"  # SIGSTOP, SIGCONT
    NODE_KILL = "Asterisk killed"
    NODE_STOP = "Asterisk frozen"
    AMI_CUT = "AMI cut"
    AMI_SLOW = "AMI slow"
    AMI_LATE = "AMI late"
    AMI_DEAF = "AMI half-open"
    AMI_SPLIT = "AMI in pieces"
    AGI_CUT = "AGI cut"
    AGI_SLOW = "AGI slow"
    AGI_LATE = "AGI late"
    AGI_DEAF = "AGI half-open"
    AGI_SPLIT = "AGI in pieces"
    DISK_FULL = "disk full"  # the engine can write to no file: database, journal, queue_log, log
    DISK_FULL_KILL = "disk full, killed"  # and then it dies: what it could not write is gone with it
    CLOCK_STEP = "clock stepped"  # of the engine's machine: forwards, and back again
    REDIS_KILL = "Redis killed"  # of several engines; it comes back with what it had


LASTS_S: dict[Kind, tuple[float, float]] = {
    Kind.ENGINE_KILL: (0.5, 4.0),
    Kind.ENGINE_STOP: (2.0, 20.0),
    Kind.NODE_KILL: (0.5, 4.0),
    Kind.NODE_STOP: (2.0, 20.0),
    Kind.AMI_CUT: (1.0, 15.0),
    Kind.AMI_SLOW: (5.0, 15.0),
    Kind.AMI_LATE: (5.0, 15.0),
    Kind.AMI_DEAF: (5.0, 20.0),
    Kind.AMI_SPLIT: (5.0, 10.0),
    Kind.AGI_CUT: (0.1, 6.0),
    Kind.AGI_SLOW: (5.0, 15.0),
    Kind.AGI_LATE: (5.0, 15.0),
    Kind.AGI_DEAF: (2.0, 15.0),
    Kind.AGI_SPLIT: (5.0, 10.0),
    Kind.DISK_FULL: (3.0, 15.0),
    Kind.DISK_FULL_KILL: (3.0, 8.0),
    Kind.CLOCK_STEP: (3.0, 10.0),
    Kind.REDIS_KILL: (1.0, 10.0),
}
OF_A_NODE = frozenset(kind for kind in Kind if kind.value.startswith(("AMI", "Asterisk")))
OF_ONE_ENGINE = tuple(kind for kind in Kind if kind is not Kind.REDIS_KILL)
REST_S = (4.0, 9.0)  # between the recovery from one fault and the next one


@dataclass(frozen=True)
class Fault:
    """One thing that breaks: for so long, after so long a rest. `node` counts from 1; 0: it is not a node's."""

    kind: Kind
    for_s: float
    rest_s: float
    node: int = 0

    def __str__(self) -> str:
        return f"{self.kind.value}{f' (node{self.node})' if self.node else ''} for {self.for_s:.1f} s"


def faults(seed: int, nodes: int, kinds: tuple[Kind, ...] = tuple(Kind), first: Kind | None = None) -> Iterator[Fault]:
    """Faults without end; `first` begins, where it is one of the kinds. The same arguments: the same faults."""
    lot = random.Random(seed)
    for turn in count():
        for kind in sorted(lot.sample(kinds, len(kinds)), key=lambda kind: turn == 0 and kind is not first):
            node = lot.randint(1, nodes) if kind in OF_A_NODE else 0
            yield Fault(kind, lot.uniform(*LASTS_S[kind]), lot.uniform(*REST_S), node)
