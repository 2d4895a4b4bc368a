"""Which moment does a person mean who types a time? By the clock of a stated zone.

Never asks for the present time.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cti.calendar.instants import first_moment

FORMS = '"14:30" (the next one), "2026-12-24 14:30" (by outbound.zone), "2026-12-24T14:30+01:00", "+90m", "+2h", "+3d"'
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z")
_AHEAD = re.compile(r"\+([0-9]{1,6})([mhd])\Z")
_UNIT_S = {"m": 60.0, "h": 3600.0, "d": 86_400.0}


def read_at(text: str, zone: str, now: float) -> float | None:
    """Return the moment (epoch s) meant by `text`, see FORMS; None where it is none. `zone`: of times without one."""
    text, wall = text.strip(), ZoneInfo(zone)
    if ahead := _AHEAD.match(text):
        return now + int(ahead[1]) * _UNIT_S[ahead[2]]
    if clock := _CLOCK.match(text):
        today = datetime.fromtimestamp(now, wall).date()
        minute = int(clock[1]) * 60 + int(clock[2])
        return next(at for days in (0, 1, 2) if (at := _at(wall, today, days, minute)) > now)
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return _at(wall, found.date(), 0, found.hour * 60 + found.minute) + found.second
        return found.timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _at(zone: ZoneInfo, day: date, days: int, minute: int) -> float:
    return first_moment(zone, day + timedelta(days=days), minute)
