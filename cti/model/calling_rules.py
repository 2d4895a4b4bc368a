"""What may be said of when, how often and how again a number is dialled? The words that campaigns and callbacks share.

Only words and what makes them wrong. What follows from them is outbound/may_dial.py's and outbound/retry.py's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cti.model.dialling import AttemptResult
from cti.model.forms import Name
from cti.model.hours import Date, DayHours, DaysOfWeek, Hours, PublicHolidays
from cti.model.schema import Policy

Times = Annotated[int, Field(ge=0, le=1000)]
RetryDelay = Annotated[float, Field(ge=0, le=31_536_000)]


class CallWindow(Policy):
    """When somebody may be called, by the clock on his own wall. As opening hours, without a zone."""

    weekly: dict[DaysOfWeek, DayHours] = Field(default_factory=dict)
    holidays: PublicHolidays | None = None
    days: dict[Date, DayHours] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _as_hours(self) -> CallWindow:
        self.at("UTC")
        return self

    def at(self, zone: str) -> Hours:
        """The window as the hours of a place. Raises ValueError for hours that contradict themselves, or never open."""
        return Hours(zone=zone, weekly=self.weekly, holidays=self.holidays, days=self.days)


class Cap(Policy):
    """At most so many attempts. Days are the callee's; `week` and `month` are 7 and 30 days, today included.

    `window`: since the hours began in which he may be called now. `across`: those of all campaigns and callbacks count.
    `counts: answered` looks only at attempts that a person answered.
    """

    at_most: Times
    per: Literal["number", "lead"] = "number"
    within: Literal["window", "day", "week", "month", "ever"] = "day"
    counts: Literal["attempts", "answered"] = "attempts"
    across: bool = True


class Again(Policy):
    """What follows from a result: again after so long, at most so often, at which of the lead's numbers.

    `at_most` counts the tries that follow (0: none). `growth`: each delay is so many times the one before.
    """

    after_s: RetryDelay = 3600.0
    at_most: Times = 3
    growth: Annotated[float, Field(ge=1, le=10)] = 1.0
    number: Literal["same", "next"] = "next"


class Retry(Policy):
    """What follows from each result. Without an entry: `answered` and `invalid` end the lead (or that number)."""

    busy: Again = Again(after_s=300, at_most=4, number="same")
    no_answer: Again = Again(after_s=7200, at_most=4)
    congestion: Again = Again(after_s=120, at_most=6, number="same")
    rejected: Again = Again(after_s=14_400, at_most=1)
    machine: Again = Again(after_s=14_400, at_most=3)
    hung_up: Again = Again(after_s=86_400, at_most=1)
    abandoned: Again = Again(after_s=14_400, at_most=2, number="same")
    unknown: Again = Again(after_s=600, at_most=2, number="same")
    cancelled: Again = Again(after_s=300, at_most=10, number="same")
    not_dialled: Again = Again(after_s=30, at_most=100, number="same")

    def of(self, result: AttemptResult) -> Again | None:
        """What follows from `result`; None where it ends the lead or the number."""
        return None if result in (AttemptResult.ANSWERED, AttemptResult.INVALID) else getattr(self, result.value)


class Meaning(Policy):
    """What an agent's (or a flow's) disposition means for the lead: the end of it, or once more."""

    means: Literal["reached", "again", "wrong_number", "do_not_call"]
    after_s: RetryDelay = 86_400.0
    at_most: Times = 2
    number: Literal["same", "next"] = "same"


class Quota(Policy):
    """At most so many leads like these (`when`: all of it is true) end as reached, in all or each day."""

    when: dict[Name, str] = {}
    at_most: Annotated[int, Field(ge=0, le=10_000_000)]
    per: Literal["day", "ever"] = "ever"
