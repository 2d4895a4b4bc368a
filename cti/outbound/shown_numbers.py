"""Which of our numbers sees a customer whom we call back? One of the pool, chosen once for a try and counted once.

A promise that comes back into the line without having been dialled keeps what was chosen: a closed queue uses up
nothing of the day's share.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cti.calendar.instants import day_begins
from cti.model.campaign import Callbacks, Outbound
from cti.model.dialling import LeadId, Rule
from cti.outbound.caller_ids import Pool
from cti.outbound.verdict import Reason


class ShownNumbers:
    """Of the promises of one centre. A day is one of `outbound.zone`."""

    def __init__(self, written: Callbacks, outbound: Outbound) -> None:
        self._pool: Pool | None = None
        self._chosen: dict[LeadId, tuple[str, float]] = {}  # and the day that it counts for
        self.follow(written, outbound)

    def follow(self, written: Callbacks, outbound: Outbound) -> None:
        """Go by other rules from now on; a pool that stays the same keeps its counts."""
        self._zone = ZoneInfo(outbound.zone)
        named = outbound.caller_ids.get(written.caller_ids or "")
        if named is None or self._pool is None or self._pool.written != named:
            self._pool = None if named is None else Pool(named)
            self._chosen.clear()

    def choose(self, name: LeadId, callee: str, now: float) -> str | Reason:
        """Return the number to show, "" where there is no pool; or until when each has had its share."""
        if self._pool is None:
            return ""
        today = day_begins(self._zone, now)
        number, day = self._chosen.get(name, ("", 0.0))
        if day == today:
            return number
        chosen = self._pool.choose(str(name), callee, round(today))
        if chosen is None:
            return Reason(Rule.NO_CALLER_ID, day_begins(self._zone, now, 1), "each number was shown per_day times")
        self._chosen[name] = (chosen, today)
        return chosen

    def shown(self, name: LeadId) -> None:
        """It is dialled: the next try chooses again."""
        self._chosen.pop(name, None)

    def not_shown(self, name: LeadId) -> None:
        """It has ended without having been dialled."""
        number, day = self._chosen.pop(name, ("", 0.0))
        if self._pool is not None and number:
            self._pool.give_back(number, round(day))
