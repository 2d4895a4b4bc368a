"""What has the operator decided about calls that we place? The schema of `campaigns:` and `outbound:` in center.yaml.

Pure data (pydantic, frozen): every default and limit, units in names. What a campaign does not say holds as its
regulation says (model/regulation.py); whether a number may be dialled is outbound/may_dial.py's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from cti.model.calling_rules import Again, CallWindow, Cap, Meaning, Quota, Retry
from cti.model.dialling import Mode
from cti.model.forms import Name, SoundFile
from cti.model.hours import Date, Zone
from cti.model.regulation import PRESETS, Limits, Regulation
from cti.model.schema import Policy
from cti.model.words import DialFirst

TRUNK = r"^[A-Za-z0-9]+/[A-Za-z0-9_.@+-]*\{(number|digits)\}[A-Za-z0-9_.@+-]*$"
BEGINNING = r"^\+[0-9]{0,15}$"
PATTERN = r"^\+?[0-9xX]{1,18}\*?$"
E164 = r"^\+[1-9][0-9]{4,14}$"
DELIMITER = r'^([^"\r\n]|tab)$'
FULL_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MEANINGS = {
    TRUNK: "must be technology/endpoint with {number} (+4930...) or {digits} (4930...) in it: PJSIP/{number}@carrier",
    BEGINNING: "must be the beginning of numbers with their country: +49, or + for all",
    PATTERN: 'must be a number or its beginning: "+4990*", x is any digit',
    E164: "must be a whole number with its country: +493012345",
    DELIMITER: "must be one character, or tab",
    FULL_DATE: 'must be a date with its year, such as "2026-12-24"',
}
Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Day = Annotated[Date, StringConstraints(pattern=FULL_DATE)]
WholeNumber = Annotated[str, StringConstraints(pattern=E164)]
NumberPattern = Annotated[str, StringConstraints(pattern=PATTERN)]
Beginning = Annotated[str, StringConstraints(pattern=BEGINNING)]
PerSecond = Annotated[float, Field(gt=0, le=1000)]
Lines = Annotated[int, Field(ge=1, le=100_000)]


class Trunk(Policy):
    """A way out for numbers that begin with one of `numbers`; of several trunks, the one that knows most of a number.

    `dial` holds {number} or {digits} (without the +); lines and calls per second are what it bears.
    """

    dial: Annotated[str, StringConstraints(pattern=TRUNK)]
    numbers: Annotated[tuple[Beginning, ...], Field(min_length=1, max_length=1000)] = ("+",)
    except_numbers: Annotated[tuple[Beginning, ...], Field(max_length=1000)] = ()
    lines: Lines = 30
    calls_per_s: PerSecond = 5.0


class CallerIds(Policy):
    """Numbers of ours that those we call see.

    `choose`: `area` takes the one most like the callee's, `sticky` always the same for a lead, `least_used` (and all
    ties) the one used least today. `per_day`: no number shows more often than that in a day.
    """

    numbers: Annotated[tuple[WholeNumber, ...], Field(min_length=1, max_length=1000)]
    choose: Literal["least_used", "area", "sticky"] = "sticky"
    per_day: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Overrides(Policy):
    """What a regulation sets and a campaign may set otherwise. What is not given is as the regulation says."""

    regulation: Regulation = Regulation.NONE
    window: CallWindow | None = None
    abandon_cap_percent: Annotated[float, Field(ge=0, le=100)] | None = None
    abandon_over_days: Annotated[int, Field(ge=1, le=30)] | None = None
    agent_within_s: Annotated[float, Field(ge=0, le=60)] | None = None
    ring_at_least_s: Annotated[float, Field(ge=0, le=120)] | None = None
    agent_at_hand_after_abandoned_h: Annotated[float, Field(ge=0, le=8760)] | None = None
    agent_at_hand_after_machine_h: Annotated[float, Field(ge=0, le=8760)] | None = None
    caps: Annotated[tuple[Cap, ...], Field(max_length=20)] | None = None
    gap_s: Annotated[float, Field(ge=0, le=2_592_000)] | None = None
    consent_required: bool | None = None
    recordings_keep_days: Annotated[int, Field(ge=0, le=3650)] | None = None

    @property
    def limits(self) -> Limits:
        """What holds: the regulation's, with what is set here instead."""
        own = {key: value for key in Limits.model_fields if (value := getattr(self, key)) is not None}
        return PRESETS[self.regulation].model_copy(update=own)


class SafeHarbour(Policy):
    """What somebody hears who answered while no agent is there in time: who called, why, how to be left in peace.

    A message, or a flow where a key means that he wants no more calls.
    """

    play: Annotated[tuple[SoundFile, ...], Field(max_length=20)] = ()
    flow: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> SafeHarbour:
        if self.play and self.flow is not None:
            raise ValueError("plays a message and leads into a flow; keep one of them")
        return self


Listened = Annotated[float, Field(ge=0.01, le=30)]


class Amd(Policy):
    """What Asterisk's AMD() takes a greeting for (app_amd, same names and meanings), in seconds but the last.

    A person says little and then waits (`after_greeting_silence_s`); a machine talks on (`greeting_s`, `max_words`).
    """

    initial_silence_s: Listened = 2.5
    greeting_s: Listened = 1.5
    after_greeting_silence_s: Listened = 0.8
    total_analysis_s: Listened = 5.0
    min_word_s: Listened = 0.1
    between_words_silence_s: Listened = 0.05
    max_words: Annotated[int, Field(ge=1, le=100)] = 3


class Machines(Policy):
    """What happens when an answering machine seems to answer. Detection costs a second or two of everybody's time.

    `trial`: it listens, and everybody is taken for a person all the same. `said`: the dispositions by which agents say
    that it was a machine: from both, `cti campaign amd` tells how often AMD was wrong.
    """

    detect: bool = False
    amd: Amd = Amd()
    trial: bool = False
    said: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    then: Literal["hang_up", "message", "connect"] = "hang_up"
    play: Annotated[tuple[SoundFile, ...], Field(max_length=20)] = ()


Column = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class ListColumns(Policy):
    """Which column of a list is what, by its name in the header, or #3 for the third one; "-": none is."""

    phone: Column | Annotated[tuple[Column, ...], Field(max_length=10)] = ()  # the first one is dialled first
    name: Column | None = None
    zone: Column | None = None
    priority: Column | None = None
    consent: Column | None = None


class ListForm(Policy):
    """How a campaign's lists are written; what is not said is found out. `region`: of numbers without a country.

    `zone`: of leads whose time zone nobody can tell.
    """

    columns: ListColumns = ListColumns()
    region: Region | None = None
    zone: Zone | None = None
    encoding: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,40}$")] | None = None
    delimiter: Annotated[str, StringConstraints(pattern=DELIMITER)] | None = None
    header: bool | None = None


CampaignMode = Literal[Mode.PREVIEW, Mode.PROGRESSIVE, Mode.POWER, Mode.PREDICTIVE, Mode.AGENTLESS]
"""Callbacks have a mode, too, and it is none of a campaign."""


class Campaign(Overrides):
    """A list of leads to be dialled. Whoever answers goes to `queue`, or (agentless) into `flow`.

    Campaigns that want the same agents: the lower `priority` first, then shares by `weight`. Dates are of
    `outbound.zone`, and `hours` (the centre's) say when it runs; the callee's window holds besides.
    """

    mode: CampaignMode
    queue: Name | None = None
    flow: Name | None = None
    caller_ids: Name | None = None
    start: Literal["by_hand", "at_once"] = "by_hand"
    begins_on: Day | None = None
    ends_on: Day | None = None  # the last day
    hours: Name | None = None
    priority: Annotated[int, Field(ge=0, le=9)] = 5
    weight: Annotated[float, Field(ge=0.001, le=1000)] = 1.0
    ring_timeout_s: Annotated[float, Field(ge=1, le=120)] = 25.0
    ratio: Annotated[float, Field(ge=1, le=10)] = 1.5  # of power: dials for each free agent
    lines: Lines | None = None  # this campaign at most; without: what the trunks bear
    calls_per_s: PerSecond | None = None
    evidence_answers: Annotated[int, Field(ge=0, le=1_000_000)] = 100  # predictive dials progressively before these
    auto_answer: bool = False  # phones of its agents are asked to answer by themselves
    preview_s: Annotated[float, Field(ge=1, le=3600)] = 60.0  # an agent who does not decide gives the lead back
    skipped_after_s: Annotated[float, Field(ge=0, le=31_536_000)] = 86_400.0  # so long a lead that was skipped rests
    lists: ListForm = ListForm()
    safe_harbour: SafeHarbour = SafeHarbour()
    machines: Machines = Machines()
    max_attempts: Annotated[int, Field(ge=0, le=1000)] = 8  # for a lead, over all its numbers
    retry: Retry = Retry()
    dispositions: dict[Name, Meaning] = {}
    rotation: Literal["in_order", "next_each_time", "best_first"] = "next_each_time"
    when: dict[Name, str] = {}  # only leads of whom all of this is true
    every_days: Annotated[int, Field(ge=1, le=3650)] | None = None  # a lead reached comes again after so long
    expires_after_days: Annotated[float, Field(gt=0, le=3650)] | None = None
    quotas: Annotated[tuple[Quota, ...], Field(max_length=1000)] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Campaign:
        if self.mode is Mode.AGENTLESS and self.flow is None:
            raise ValueError("agentless, and names no flow for those who answer")
        if self.mode is not Mode.AGENTLESS and (self.queue is None or self.flow is not None):
            raise ValueError(f"{self.mode} needs agents: name a queue, and no flow")
        if self.mode is Mode.AGENTLESS and self.queue is not None:
            raise ValueError("agentless: whoever answers meets the flow, and that may lead to a queue")
        return self


class Callbacks(Overrides):
    """Promises to people who asked to be called. The window is the callee's, when they may be kept."""

    window: CallWindow | None = CallWindow(weekly={"mon-sun": ("08:00-21:00",)})
    queue: Name | None = None  # of promises that name none, or one that is gone
    caller_ids: Name | None = None
    first: DialFirst = DialFirst.AGENT  # whose phone rings first
    machines: Machines = Machines()
    ring_timeout_s: Annotated[float, Field(ge=1, le=120)] = 30.0
    max_attempts: Annotated[int, Field(ge=1, le=100)] = 3
    retry: Retry = Retry(
        busy=Again(after_s=180, at_most=2, number="same"),
        no_answer=Again(after_s=900, at_most=2, number="same"),
    )
    expires_after_s: Annotated[float, Field(ge=60, le=31_536_000)] = 259_200.0
    personal_for_s: Annotated[float, Field(ge=0, le=604_800)] = 3600.0  # so long one waits for its own agent alone
    at_most_ahead_days: Annotated[float, Field(gt=0, le=3650)] = 366.0  # how far ahead a time may be agreed
    early_s: Annotated[float, Field(ge=0, le=3600)] = 0.0  # so long before an agreed time it may go into the line
    merge: Literal["number_and_topic", "number", "never"] = "number_and_topic"  # two promises become one


class Visit(Policy):
    """A regular call to valued customers: those of the lists of campaign `leads_of` of whom all of `when` is true.

    Each is promised a call every so many days, about nothing but this visit; `agent_column` of the list names who makes
    it. When they may be called, and how often it is tried, is as for all callbacks.
    """

    leads_of: Name
    when: dict[Name, str] = {}
    every_days: Annotated[int, Field(ge=1, le=3650)] = 30
    queue: Name
    agent_column: Name | None = None
    most_per_hour: Annotated[int, Field(ge=1, le=10_000)] = 100  # so that a long list does not fill the line at once


class Outbound(Policy):
    """What holds for everything we dial."""

    zone: Zone = "UTC"  # of campaigns' dates
    region: Region | None = None  # of numbers without a country: DE
    suppose_zone: Zone | None = None  # of a number without a known zone; without this such a number is not dialled
    trunks: dict[Name, Trunk] = {}
    caller_ids: dict[Name, CallerIds] = {}
    caps: Annotated[tuple[Cap, ...], Field(max_length=20)] = ()
    gap_s: Annotated[float, Field(ge=0, le=2_592_000)] = 0.0
    do_not_call: Annotated[tuple[NumberPattern, ...], Field(max_length=1000)] = ()
    callbacks: Callbacks = Callbacks()
    visits: dict[Name, Visit] = {}
