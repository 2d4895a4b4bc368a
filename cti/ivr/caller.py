"""Who is in the flow, and what does the flow ask of the calendar? Plain data from outside."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Caller(msgspec.Struct, frozen=True):
    """The call and what is known of its customer. Everything but `call` is personal.

    `call`: the CallId; makes lookups' keys unique. `served_in`: the queue in which he talked before he came to us.
    """

    call: str
    number: str = ""
    dialled: str = ""
    customer: dict[str, str] = {}
    served_in: str = ""

    def __repr__(self) -> str:
        return f"Caller({self.call!r}, ...)"

    @property
    def identity(self) -> str:
        """What stays the same when the customer calls again: his id, else his number, else nothing but this call."""
        return self.customer.get("id") or self.number or self.call


class HoursState(Protocol):
    """Open or closed at a moment; `why` is weekly, holiday or special_day, `closes_at` epoch s if open."""

    @property
    def open(self) -> bool: ...
    @property
    def why(self) -> str: ...
    @property
    def closes_at(self) -> float | None: ...
