"""What has the operator decided? The one schema of center.yaml's policy part: every default and limit, units in names.

Pure data (pydantic, frozen). Reading files, places of errors, plumbing (addresses, secrets): config/settings.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from cti.model.campaign import Campaign, Outbound
from cti.model.forms import Name as Name
from cti.model.forms import Number as Number
from cti.model.forms import Phone as Phone
from cti.model.forms import Seconds as Seconds
from cti.model.forms import SoundFile as SoundFile
from cti.model.hours import Hours, Zone
from cti.model.node_rules import NodeRules
from cti.model.schema import Policy

Label = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Digit = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
MusicClass = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Goto = Annotated[str, StringConstraints(pattern=r"^cti-[A-Za-z0-9_-]{1,40},[A-Za-z0-9_*#-]{1,40},[0-9]{1,3}$")]
Level = Annotated[int, Field(ge=1, le=10)]


class Strategy(StrEnum):
    """Who among several free agents (acd/strategy.py, acd/choice.py)."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"
    FEWEST_CONTACTS = "fewest_contacts"
    ROUND_ROBIN = "round_robin"
    LINEAR = "linear"
    WEIGHTED_RANDOM = "weighted_random"
    BEST_SKILL = "best_skill"
    RING_ALL = "ring_all"
    RING_PROGRESSIVELY = "ring_progressively"


class Exit(Policy):
    """Where one goes who leaves the line: another queue (keeping `since`), a flow, the dialplan, or good-bye.

    `keep_place`: the flow runs beside the line, and he goes on waiting (only for keys and on_long_wait).
    """

    queue: Name | None = None
    flow: Name | None = None
    keep_place: bool = False
    goto: Goto | None = None
    play: Annotated[tuple[SoundFile, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _one_flow(self) -> Exit:
        if self.flow is not None and (self.queue is not None or self.goto is not None or self.play):
            raise ValueError("leads into a flow and elsewhere; keep one of them")
        if self.keep_place and self.flow is None:
            raise ValueError("keep_place is for a flow: name one")
        return self


class WhileWaiting(Policy):
    """A flow that begins by itself beside the line, once; with `over_s` only where a longer wait is expected."""

    flow: Name
    after_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    over_s: Annotated[float, Field(ge=0, le=86_400)] = 0.0


class Interval(Policy):
    """How often those are told of whom all of `when` is true (region: north), instead of what holds for all."""

    when: dict[Name, str] = Field(min_length=1)
    first_after_s: Annotated[float, Field(ge=0, le=3600)] | None = None
    every_s: Annotated[float, Field(ge=5, le=3600)] | None = None


class Announcements(Policy):
    """What a waiting caller is told, and how often. Never delays a free agent. The first interval that fits holds."""

    first_after_s: Annotated[float, Field(ge=0, le=3600)] = 15.0
    every_s: Annotated[float, Field(ge=5, le=3600)] = 30.0
    intervals: tuple[Interval, ...] = ()
    position: bool = False
    wait: bool = False
    longer_than_min: Annotated[int, Field(ge=1, le=120)] = 10  # said of a wait that is unknown, or longer
    play: Annotated[tuple[SoundFile, ...], Field(max_length=20)] = ()


class HeadStart(Policy):
    """Seconds given in advance to contacts of whom all of `when` is true (segment: gold). Of several, the most."""

    when: dict[Name, str] = Field(min_length=1)
    seconds: Seconds


class Ring(Policy):
    """From `after_s` in this queue on, more agents may take the contact. Each ring adds to those before it.

    `accept` lowers (or, at 0, drops) the level that a skill needs; `groups` and `queues` add their agents; the penalty
    range replaces the queue's.
    """

    after_s: Annotated[float, Field(gt=0, le=86_400)]
    accept: dict[Name, Annotated[int, Field(ge=0, le=10)]] = {}
    groups: tuple[Name, ...] = ()
    queues: tuple[Name, ...] = ()
    min_penalty: Annotated[int, Field(ge=0, le=1000)] | None = None
    max_penalty: Annotated[int, Field(ge=0, le=1000)] | None = None


class LongWait(Policy):
    """Whoever would have to wait longer than `over_s` (expected, at the door) goes elsewhere at once."""

    over_s: Annotated[float, Field(gt=0, le=86_400)]
    to: Exit


class Begins(Policy):
    """Both must hold before the first contact of a blended queue is offered."""

    waiting_at_most: Annotated[int, Field(ge=0, le=100_000)] = 0
    free_at_least: Annotated[int, Field(ge=1, le=10_000)] = 2


class Ends(Policy):
    """Either is enough to stop offering contacts of a blended queue."""

    waiting_over: Annotated[int, Field(ge=0, le=100_000)] = 0
    free_below: Annotated[int, Field(ge=1, le=10_000)] = 1


class Blending(Policy):
    """This queue's contacts (callbacks, outbound, work that can wait) are offered only while the line is short.

    `begins` and `ends` apart keep it from flapping. Waiting counts the callers of `behind`, free this queue's members.
    """

    begins: Begins = Begins()
    ends: Ends = Ends()
    behind: tuple[Name, ...] = ()  # empty: all queues that are not blended

    @model_validator(mode="after")
    def _apart(self) -> Blending:
        if self.ends.waiting_over < self.begins.waiting_at_most:
            raise ValueError("ends.waiting_over is below begins.waiting_at_most: it would end as soon as it begins")
        if self.ends.free_below > self.begins.free_at_least:
            raise ValueError("ends.free_below is above begins.free_at_least: it would end as soon as it begins")
        return self


class CallBackAbandoned(Policy):
    """Who gives up after at least `min_wait_s` in the line is called back `after_s` later, unless he calls before."""

    min_wait_s: Annotated[float, Field(ge=0, le=86_400)] = 20.0
    after_s: Annotated[float, Field(ge=0, le=604_800)] = 120.0


class Queue(Policy):
    """A queue. `target_s` is its service target; `tier` 0 goes before 1 goes before 2, whatever the wait."""

    target_s: Annotated[float, Field(ge=0.1, le=86_400)] = 20.0
    service_level_percent: Annotated[float, Field(gt=0, le=100)] = 80.0  # so many are to be answered within target_s
    urgency_target_s: Annotated[float, Field(ge=0.1, le=86_400)] | None = None  # how fast urgency grows; else target_s
    tier: Annotated[int, Field(ge=0, le=9)] = 5
    head_start_s: Seconds = 0.0
    head_starts: tuple[HeadStart, ...] = ()
    requires: dict[Name, Level] = {}
    rings: tuple[Ring, ...] = ()
    redial_within_s: Seconds = 0.0  # who gives up and calls again so soon has waited since the first time; 0: never
    callback_abandoned: CallBackAbandoned | None = None  # who gives up is called back, although he did not ask for it
    preferred_for_s: Seconds = 15.0  # so long a contact waits for its own agents alone, if it has any and one is there
    min_penalty: Annotated[int, Field(ge=0, le=1000)] = 0
    max_penalty: Annotated[int, Field(ge=0, le=1000)] = 1000
    strategy: Strategy = Strategy.LONGEST_IDLE
    ring_timeout_s: Annotated[float, Field(ge=1, le=300)] = 15.0
    ring_more_every_s: Annotated[float, Field(ge=1, le=300)] = 5.0  # of the strategy ring_progressively
    wrap_up_s: Annotated[float, Field(ge=0, le=3600)] = 0.0
    dispositions: Annotated[dict[Name, Label], Field(max_length=100)] = {}  # what may come of a talk: name and words
    disposition: Literal["optional", "required"] = "optional"  # required: only one of them, or time, ends the wrap-up
    disposition_default: Name | None = None  # what holds where he says nothing
    max_wait_s: Annotated[float, Field(ge=1, le=86_400)] | None = None
    on_max_wait: Exit = Exit()
    max_waiting: Annotated[int, Field(ge=1, le=100_000)] | None = None
    on_full: Exit = Exit()
    on_nobody: Exit | None = None  # nobody is logged in who could ever take it; without this the caller waits
    on_long_wait: LongWait | None = None
    hours: Name | None = None  # opening hours, by the name that they have in the centre; without: always open
    on_closed: Exit = Exit()  # who comes when it is closed
    at_closing: Literal["serve", "leave"] = "serve"  # those who wait then are served, or take on_closed too
    blending: Blending | None = None
    keys: dict[Digit, Exit] = {}
    announce: Announcements | None = None
    while_waiting: WhileWaiting | None = None
    music: MusicClass = "default"
    while_ringing: Literal["music", "ringing"] = "music"

    @model_validator(mode="after")
    def _places_to_keep(self) -> Queue:
        for where in ("on_max_wait", "on_full", "on_nobody", "on_closed"):
            way: Exit | None = getattr(self, where)
            if way is not None and way.keep_place:
                raise ValueError(f"{where}: no place is left to keep; keep_place is for keys and on_long_wait")
        return self

    @model_validator(mode="after")
    def _disposed(self) -> Queue:
        known = ", ".join(self.dispositions) or "there are none"
        if self.disposition_default is not None and self.disposition_default not in self.dispositions:
            raise ValueError(f"disposition_default is none of its dispositions ({known})")
        if self.disposition == "required" and self.disposition_default is None:
            raise ValueError("disposition: required needs a disposition_default, for when the wrap-up's time is over")
        return self


class Membership(Policy):
    """An agent in a queue. Lower level first, then lower penalty (as app_queue's users expect)."""

    level: Level = 1
    penalty: Annotated[int, Field(ge=0, le=1000)] = 0
    weight: Annotated[float, Field(ge=0.001, le=1000)] = 1.0  # of the strategy weighted_random


class Agent(Policy):
    """A person and the phone that rings. `phones` names another dial string on certain nodes."""

    name: str = ""
    phone: Phone
    phones: dict[Name, Phone] = {}
    skills: dict[Name, Level] = {}
    queues: dict[Name, Membership] = {}
    groups: tuple[Name, ...] = ()
    starts: Literal["logged_out", "available"] = "logged_out"
    auto_answer: bool = False  # his phone is asked to answer by itself

    @property
    def channels(self) -> tuple[str, ...]:
        """What channels of his phones are called, without their serial: those of Local/5@x/n begin with Local/5@x."""
        return tuple(phone.removesuffix("/n") for phone in (self.phone, *self.phones.values()))


class Entry(Policy):
    """What a dialled number means: a flow or a queue. A flow's queue nodes say themselves what holds in the queue."""

    queue: Name | None = None
    flow: Name | None = None
    head_start_s: Seconds = 0.0
    requires: dict[Name, Level] = {}
    preferred: tuple[Name, ...] = ()  # agents who are asked first; in a flow: unless the queue node names some

    @model_validator(mode="after")
    def _one_of_both(self) -> Entry:
        if (self.queue is None) == (self.flow is None):
            raise ValueError("names neither a queue nor a flow" if self.queue is None else "keep one: queue or flow")
        if self.flow is not None and (self.requires or self.head_start_s):
            raise ValueError("leads into a flow: its queue nodes say requires and head_start_s")
        return self


class MissedOffers(Policy):
    """Ring-no-answer rules. An agent is put on break after so many in a row (0 = never)."""

    pause_after_missed: Annotated[int, Field(ge=0, le=100)] = 2
    pause_after_rejected: Annotated[int, Field(ge=0, le=100)] = 0
    pause_after_unreachable: Annotated[int, Field(ge=0, le=100)] = 1
    not_again_s: Seconds = 60.0  # this contact does not go to the agent who missed it for so long
    rest_after_busy_s: Seconds = 5.0  # an engaged or rejecting phone gets no offer at all for so long


class Break(Policy):
    """A reason for a break. `digit` is what the agent adds to the feature code (*13 + digit)."""

    digit: Digit | None = None
    limit_s: Seconds | None = None


class Center(Policy):
    """The whole policy: what the pure core needs to know."""

    hours: dict[Name, Hours] = {}
    queues: dict[Name, Queue] = Field(min_length=1)
    agents: dict[Name, Agent] = {}
    entries: dict[Number, Entry] = {}
    breaks: dict[Name, Break] = {"break": Break(digit="1"), "lunch": Break(digit="2"), "training": Break(digit="3")}
    missed_offers: MissedOffers = MissedOffers()
    outbound: Outbound = Outbound()
    campaigns: dict[Name, Campaign] = {}
    nodes: Mapping[Name, NodeRules] = {}  # config/settings.py knows more of each; an unknown one is as always
    zone: Zone = "UTC"  # whose midnight begins a day on boards and in reports
    settle_s: Annotated[float, Field(ge=0, le=10)] = 2.0  # after a start, wait so long for callers to come back

    @model_validator(mode="after")
    def _names_of_attempts_are_their_own(self) -> Center:
        if taken := [name for name in self.campaigns if f"{name}-".startswith("callbacks-")]:
            raise ValueError(f'no campaign may be called "{taken[0]}": attempts to keep promised callbacks are')
        return self
