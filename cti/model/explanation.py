"""Which words does an explanation have? Reasons with their numbers; sentences are made by whoever shows them.

Knows names and numbers of the centre, never a caller. Durations are seconds; `left_s`: until that reason ends.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from cti.model.words import AgentId, ContactId, ContactState, QueueName


class Reason(StrEnum):
    """How an agent stood when somebody was looked for. The first reason that holds, what he can change first."""

    FREE = "free"  # and may take it
    LOGGED_OUT = "logged_out"
    ON_BREAK = "on_break"  # `detail`: which
    PREVIEW = "preview"  # he sees whom he would call, and decides
    RINGING = "ringing"
    DIALLING = "dialling"  # a customer is being called for him
    TALKING = "talking"
    HOLD = "hold"
    WRAPUP = "wrapup"
    ENGAGED = "engaged"  # his phone has a leg: a call of its own, or one that has not hung up yet
    RESTING = "resting"  # it was busy or rejecting just now
    HELD = "held"  # free, but the queue is blended and its gate is shut: other queues go first
    EXCLUDED = "excluded"  # he missed or rejected this contact not long ago
    SKILL = "skill"  # `detail`: which; `have` < `need`
    PENALTY = "penalty"  # `have` is not within `need` .. `most`
    LATER = "later"  # the ring that asks him has not begun
    ELSEWHERE = "elsewhere"  # he is in no queue or group that is asked for this contact


class LostBy(StrEnum):
    """What put a free agent behind the one who was chosen."""

    RING = "ring"  # he is asked later: by a wider ring, or as one of another queue or group
    LEVEL = "level"
    PENALTY = "penalty"
    FIGURE = "figure"  # that of the strategy
    IDLE = "idle"  # equal by the strategy; the other was idle longer
    FLEXIBLE = "flexible"  # equal so far; he serves more queues and is kept back
    NAME = "name"  # equal in all; the names decide, so that the answer is the same every time
    LOT = "lot"
    MAXIMUM = "maximum"  # no more phones at once


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One agent, one contact, one moment."""

    agent: AgentId
    reason: Reason
    chosen: bool = False
    lost_by: LostBy | None = None
    rule: str = ""  # strategy of the pool he comes by: the unit of `figure`
    figure: float | None = None  # idle (s), share occupied, contacts, number of the newest offer, place, weight, sum
    idle_s: float | None = None
    pool: str = ""
    level: int | None = None
    penalty: int | None = None
    detail: str = ""
    have: int | None = None
    need: int | None = None
    most: int | None = None
    for_s: float | None = None  # he is in that state since
    left_s: float | None = None


class Look(msgspec.Struct, frozen=True, omit_defaults=True):
    """One look for an agent: made (`rule` is set), in vain, or the one that would be taken now.

    `standings` begins with the chosen, then the other free ones in order; at most MAX_LISTED, `counts` has everybody.
    """

    at: float
    contact: ContactId
    queue: QueueName
    standings: tuple[Standing, ...] = ()
    counts: dict[str, int] = {}
    rule: str = ""
    urgency: float = 0.0
    next_urgency: float | None = None
    next_contact: ContactId | None = None
    waiting: int = 0
    position: int | None = None
    ring: int = 0
    pools: tuple[str, ...] = ()
    requires: tuple[tuple[str, int], ...] = ()
    version: str = ""
    widens_in_s: float | None = None
    held: bool = False  # the queue is blended, and nothing of it is offered now
    cause: str = ""


class Passed(msgspec.Struct, frozen=True, omit_defaults=True):
    """While this contact waited, an agent who may take it took another one: how urgent that was, and this one then."""

    at: float
    agent: AgentId
    contact: ContactId
    urgency: float
    own_urgency: float
    tier: int = 0
    own_tier: int = 0


class Obstacle(msgspec.Struct, frozen=True, omit_defaults=True):
    """So many waiting contacts do not reach an agent for the same reason."""

    reason: Reason
    contacts: int
    detail: str = ""
    have: int | None = None
    need: int | None = None
    left_s: float | None = None  # the soonest


class QueueNow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one queue has for an agent now. `asked_before`: free agents whom it asks before him."""

    queue: QueueName
    serves: bool  # he is a member; otherwise its rings reach him by a group or another queue
    waiting: int
    for_him: int = 0  # of these he may take
    obstacles: tuple[Obstacle, ...] = ()
    free_agents: int = 0  # in this queue, all of them
    asked_before: int | None = None  # None while he is not free
    level: int | None = None
    penalty: int | None = None


class ContactNow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A live contact. `look` while it stands in the line."""

    contact: ContactId
    state: ContactState
    queue: QueueName
    agents: tuple[AgentId, ...] = ()  # whose phones ring, or who talks
    settling: bool = False  # the engine has just started and waits for those who come back
    look: Look | None = None


class AgentNow(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an agent stands now, whatever the contact, and what each queue has for him."""

    agent: AgentId
    standing: Standing
    queues: tuple[QueueNow, ...] = ()
    settling: bool = False
