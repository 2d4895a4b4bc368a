"""May somebody be called at this hour, by the clock on his own wall? One window in every zone in which he may be.

Opening hours themselves are calendar/opening.py's; an answer depends on nothing but window, zones and moment.
"""

from __future__ import annotations

from collections.abc import Sequence

from cti.calendar.day import Why
from cti.calendar.opening import Opening, OpenState
from cti.model.calling_rules import CallWindow
from cti.model.dialling import Rule
from cti.outbound.verdict import Reason

MOST_STEPS = 400  # more changes of hours than a year has days


class Window:
    """One window, ready to be asked of many zones."""

    def __init__(self, window: CallWindow) -> None:
        self.window = window
        self._openings: dict[str, Opening] = {}

    def reason(self, zones: Sequence[str], now: float) -> Reason | None:
        """Return why nobody in `zones` may be called at `now`, and from when on he may; None if he may."""
        shut = next((state for zone in zones if not (state := self._state(zone, now)).open), None)
        if shut is None:
            return None
        rule = Rule.WINDOW if shut.why is Why.WEEKLY else Rule.HOLIDAY
        return Reason(rule, self._opens(zones, now), shut.name)

    def closes_at(self, zones: Sequence[str], now: float) -> float | None:
        """Return when the first of `zones` closes; None where none does (or one is closed)."""
        states = [self._state(zone, now) for zone in zones]
        return min((state.closes_at for state in states if state.closes_at is not None), default=None)

    def same_stretch(self, zones: Sequence[str], then: float, now: float) -> bool:
        """Whether `then` lies in the very hours that `now` lies in, in any of `zones`."""
        return any(self._same(zone, then, now) for zone in zones)

    def _same(self, zone: str, then: float, now: float) -> bool:
        here, there = self._state(zone, now), self._state(zone, then)
        return here.open and there.open and here.closes_at == there.closes_at

    def _opens(self, zones: Sequence[str], now: float) -> float | None:
        at = now
        for _ in range(MOST_STEPS):
            shut = [state.opens_at for zone in zones if not (state := self._state(zone, at)).open]
            if not shut:
                return at
            later = [opens_at for opens_at in shut if opens_at is not None]
            if len(later) < len(shut):
                return None
            at = max(later)
        return None

    def _state(self, zone: str, now: float) -> OpenState:
        opening = self._openings.get(zone)
        if opening is None:
            opening = self._openings[zone] = Opening(self.window.at(zone))
        return opening.state(now)
