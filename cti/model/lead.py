"""Who is to be called for a campaign? One lead, and what its campaign tells of itself.

Data without rules: which of them is called when is outbound/dialer.py's. Times are epoch seconds; `numbers` and `data`
are personal data.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cti.model.dialling import CampaignAction, CampaignName, CampaignState, LeadId, Mode
from cti.model.promise import Number, Tried


class Lead(msgspec.Struct, frozen=True, omit_defaults=True):
    """One customer of one campaign. `tries`: his, in this campaign, in the order in which they were made.

    `number_index`: which number is meant to be next; `attempts`: the number of the newest attempt, from 1 on.
    """

    id: LeadId
    campaign: CampaignName
    numbers: tuple[Number, ...]  # personal data
    number_index: int = 0
    attempts: int = 0
    priority: int = 5  # 0 goes first
    due_at: float = 0.0
    listed_at: float = 0.0  # when it came into the list
    consent: str = ""  # where the proof of the consent is
    data: dict[str, str] = {}  # personal data
    tries: tuple[Tried, ...] = ()


class PreviewNow(msgspec.Struct, frozen=True):
    """Whom an agent may call, if he wants to, until `until` (epoch seconds). `number` and `data` are personal data."""

    contact: str
    queue: str
    campaign: str
    number: str
    data: dict[str, str]
    until: float


class AnswersOfDay(msgspec.Struct, frozen=True, array_like=True):
    """Of one day (a number that counts up): calls answered by a person, and those of them that found no agent."""

    day: int
    answered: int
    abandoned: int


class CampaignNow(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a campaign stands. `why`: what keeps it from dialling, and `until` when; `pacing`: its newest decision in
    words, `placing` in parts (outbound/placing.py).

    `settled` leads have got their outcome since `since` (when it began to run in this process).
    """

    name: CampaignName
    mode: Mode
    state: CampaignState
    queue: str = ""
    why: str = ""
    until: float | None = None
    pacing: str = ""
    placing: dict[str, Any] = {}
    at_hand: int = 0  # leads, those that rest for a while among them
    due: int = 0
    planned: int = 0
    dialling: int = 0
    connected: int = 0
    dialled: int = 0  # since `since`, as the next one
    settled: int = 0
    since: float | None = None
    answered: int = 0  # by a person, in the legal window
    abandoned: int = 0
    not_dialled: dict[str, int] = {}  # how often leads were put off today, by rule; anew at an engine's start
    untaken: int = 0  # the newest dials, in a row, that no node took on: no phone has rung
    untaken_trunk: str = ""  # by which trunk the newest of them was to go
    abandon_cap_percent: float = 0.0  # of `answered`, at most so many of `abandoned`
    may: tuple[CampaignAction, ...] = ()  # what a person may ask of it now
