"""What does the law of a country ask of dialling? Presets by name, each figure with its source; all can be overridden.

A preset is no legal advice: which law holds depends on who calls whom and why.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cti.model.calling_rules import CallWindow, Cap
from cti.model.schema import Policy

EVERY_DAY = "mon-sun"


class Regulation(StrEnum):
    """A preset's name."""

    US = "us"
    UK = "uk"
    CN = "cn"
    NONE = "none"


class Limits(Policy):
    """What a regulation sets. Percent are of the calls that a person answered."""

    window: CallWindow = CallWindow(weekly={EVERY_DAY: ("00:00-24:00",)})
    abandon_cap_percent: Annotated[float, Field(ge=0, le=100)] = 3.0
    abandon_over_days: Annotated[int, Field(ge=1, le=30)] = 30
    agent_within_s: Annotated[float, Field(ge=0, le=60)] = 2.0
    ring_at_least_s: Annotated[float, Field(ge=0, le=120)] = 0.0
    agent_at_hand_after_abandoned_h: Annotated[float, Field(ge=0, le=8760)] = 0.0
    agent_at_hand_after_machine_h: Annotated[float, Field(ge=0, le=8760)] = 0.0
    caps: tuple[Cap, ...] = ()
    gap_s: Annotated[float, Field(ge=0, le=2_592_000)] = 0.0
    consent_required: bool = False
    recordings_keep_days: Annotated[int, Field(ge=0, le=3650)] = 0


PRESETS: dict[Regulation, Limits] = {
    # 47 CFR 64.1200(a)(6): ring 15 s or four rings; (a)(7): at most 3 % of the calls answered live by a person, over 30
    # days, each campaign, an agent within 2 s of the completed greeting; (c)(1): 8:00 to 21:00 at the called party's
    # location. The same in 16 CFR 310.4(b)(4) and (c).
    Regulation.US: Limits(
        window=CallWindow(weekly={EVERY_DAY: ("08:00-21:00",)}),
        ring_at_least_s=15.0,
    ),
    # Ofcom, Persistent Misuse: a statement of Ofcom's general policy, 20 December 2016 (from 1 March 2017): no share of
    # abandoned calls is tolerated any more; ring 15 s; for 72 h after an abandoned call, and 24 h after a machine was
    # supposed to answer, only with an agent guaranteed. No statute states hours: these are the custom of the trade.
    Regulation.UK: Limits(
        window=CallWindow(weekly={"mon-fri": ("08:00-21:00",), "sat,sun": ("09:00-20:00",)}),
        abandon_cap_percent=0.0,
        ring_at_least_s=15.0,
        agent_at_hand_after_abandoned_h=72.0,
        agent_at_hand_after_machine_h=24.0,
    ),
    # MIIT, 关于加强呼叫中心业务管理的通知 (June 2020): only with consent, its proof and recordings kept 30 days
    # at least, and not in times of rest. 9:00 to 21:00, three a day and half an hour between: not in that text, but
    # what telecom administrations of provinces ask of those who call.
    Regulation.CN: Limits(
        window=CallWindow(weekly={EVERY_DAY: ("09:00-21:00",)}),
        caps=(Cap(at_most=3, per="number", within="day"),),
        gap_s=1800.0,
        consent_required=True,
        recordings_keep_days=30,
    ),
    Regulation.NONE: Limits(),
}
