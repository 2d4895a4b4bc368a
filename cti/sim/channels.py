"""What exists in the exchange? Calls, phones, legs and dials as plain records; must not decide anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cti.sim.agenda import Cancellable


@dataclass(slots=True, eq=False)
class Call:
    """A caller's channel. `caller` and `dialled` are personal data."""

    node: str
    uniqueid: str
    channel: str
    endpoint: str
    caller: str
    dialled: str
    arrived_at: float
    entry: int = 1
    ticket: Any = None  # whatever the engine wrote to CTI_TICKET
    dial_status: str = ""
    answered_s: float = 0.0
    up: bool = True
    place: str = "cti-inbound"
    agi: Any = None  # the engine's session, None while nobody listens
    dial: Dial | None = None
    play: Play | None = None
    ear: Callable[[str], None] | None = None  # who takes the keys that are pressed now
    timer: Cancellable | None = None
    reenter_gap_s: float = 0.25
    person: Any = None
    attempt: str = ""  # we have called him
    heard: str = ""  # human or machine, where it was listened for
    variables: dict[str, str] = field(default_factory=dict)  # channel variables, where the engine speaks AGI

    @property
    def id(self) -> str:
        return f"{self.node}/{self.uniqueid}"


@dataclass(slots=True, eq=False)
class Phone:
    """A desk phone with one line: whoever rings it while a leg exists finds it busy."""

    dial: str
    registered: bool = True
    legs: dict[str, Leg] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Leg:
    """A channel between the exchange and a phone. `dial` is None for a call that is not ours."""

    node: str
    uniqueid: str
    channel: str
    phone: Phone
    dial: Dial | None
    tag: str
    up: bool = True
    hung_up_by_us: bool = False
    cause: int = 16  # Q.850, of its Hangup
    timer: Cancellable | None = None

    @property
    def id(self) -> str:
        return f"{self.node}/{self.uniqueid}"


@dataclass(slots=True, eq=False)
class DialResult:
    """How a Dial ended. `status` is DIALSTATUS, `cause` the last leg's Q.850 cause."""

    status: str
    answered_s: float
    caller_there: bool
    leg: Leg | None
    cause: int


@dataclass(slots=True, eq=False)
class Dial:
    """One running Dial."""

    call: Call
    done: Callable[[DialResult], None]
    started_at: float
    ringing: list[Leg] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    answered: Leg | None = None
    answered_at: float = 0.0
    cause: int = 0
    timer: Cancellable | None = None
    over: bool = False

    def status(self) -> str:
        """DIALSTATUS without an answer: busy beats congestion beats no answer beats not there (app_dial)."""
        for status in ("BUSY", "CONGESTION", "NOANSWER"):
            if status in self.outcomes:
                return status
        return "CHANUNAVAIL"


@dataclass(slots=True, eq=False)
class Play:
    """A prompt that plays."""

    timer: Cancellable
    done: Callable[[bool], None]
