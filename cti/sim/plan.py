"""What will happen in one simulated world? Policy, callers, agents and faults as data; no behaviour.

A plan is drawn by a seed (plans.py) or read from a scenario file (scenario.py), and can be made smaller (shrink.py).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cti.model import policy

RingPlan = Literal["answer", "miss", "reject", "busy", "broken", "logout", "pause", "race", "late"]
"""What a phone does with a ring: race = the caller hangs up in the instant of the answer, late = the answer in the
instant of the time-out, broken = the phone fails, logout and pause = the agent asks for it while his phone rings."""


class Ring(msgspec.Struct, omit_defaults=True):
    does: RingPlan
    after_s: float = 1.0
    waits_s: float | None = None  # rung before his customer, he hangs up after so long; None: he has patience


class Caller(msgspec.Struct, omit_defaults=True):
    """One customer. Times in seconds; `at` from the start."""

    at: float
    dialled: str
    node: str = "node1"
    patience_s: float = 60.0  # of each wait
    talk_s: float = 20.0
    ends: Literal["agent", "caller"] = "agent"
    digits: list[tuple[float, str]] = []  # (seconds after arrival, digit)
    leaves_ringing_after_s: float | None = None  # hangs up so long after a phone began to ring for him
    transfer_to: str = ""  # "context,exten": where the agent sends him in mid-talk, once
    held_s: float = 0.0  # put on hold in mid-talk for so long
    number: str = ""  # his own; otherwise nobody else has it


class Called(msgspec.Struct, omit_defaults=True):
    """What comes of one attempt to reach a customer: `brief` is one who picks up and hangs up before we have him."""

    does: Literal["answer", "no_answer", "busy", "reject", "machine", "brief"] = "answer"
    after_s: float = 3.0  # rings so long before
    listens_s: float = 1.0  # so long a machine is listened for, where it is
    patience_s: float = 60.0
    talk_s: float = 20.0
    ends: Literal["agent", "caller"] = "agent"
    leaves_ringing_after_s: float | None = None


class Wish(msgspec.Struct, omit_defaults=True):
    """A customer is to be called: a callback, or a lead. `waited_s`: so long before `at` he began to wait.

    It is asked for again, as another contact with the same `since`, until he is reached or `called` is used up.
    """

    at: float
    queue: str
    number: str
    reserve: bool = True
    first: Literal["agent", "customer"] = "agent"
    waited_s: float = 0.0
    again_after_s: float = 5.0
    ring_timeout_s: float = 15.0
    listens: bool = False
    max_wait_s: float | None = None
    flow: str = ""
    called: list[Called] = []


class AgentPlan(msgspec.Struct, omit_defaults=True):
    """One agent: what he does with each ring in turn (then he answers after 1 s), and how long until he comes back."""

    rings: list[Ring] = []
    returns_after_s: float = 30.0  # from a break or a log-out that he notices


class Request(msgspec.Struct, omit_defaults=True):
    at: float
    agent: str
    action: Literal["login", "logout", "pause", "unpause", "ready", "disposition"]
    reason: str = ""


class PhonePlan(msgspec.Struct, omit_defaults=True):
    at: float
    phone: str
    does: Literal["private", "unregistered"]
    for_s: float = 10.0


class Supervision(msgspec.Struct, omit_defaults=True):
    """A supervisor takes a waiting contact in hand: the `nth` (modulo) of those that live then, by identity."""

    at: float
    nth: int
    action: Literal["move", "prioritise", "withdraw"]
    queue: str = ""
    seconds: float = 0.0


class Reload(msgspec.Struct, omit_defaults=True):
    """The operator reloads: from `at` on `policy` holds, unless it is refused."""

    at: float
    policy: dict[str, Any]


FaultKind = Literal["lost", "repeated", "late", "slow", "cut", "agi", "kill", "jump", "restart"]


class Fault(msgspec.Struct, omit_defaults=True):
    """Something breaks. `for_s`: how long; `share`: chance per AMI event, or share of AGI sessions that break."""

    at: float
    kind: FaultKind
    node: str = "node1"
    for_s: float = 0.0
    share: float = 0.1


class Plan(msgspec.Struct):
    """One world."""

    policy: policy.Center
    seed: int = 0
    nodes: list[str] = msgspec.field(default_factory=lambda: ["node1"])
    callers: list[Caller] = []
    agents: dict[str, AgentPlan] = {}
    requests: list[Request] = []
    phones: list[PhonePlan] = []
    faults: list[Fault] = []
    supervision: list[Supervision] = []
    reloads: list[Reload] = []
    wishes: list[Wish] = []
