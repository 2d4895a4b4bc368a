"""Have there been too many attempts, and from when on not any more? Caps and gaps over the attempts of the past.

Days are the callee's. Knows neither windows' hours (but which attempts lie in the present ones) nor results' meanings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from cti.calendar.instants import day_begins
from cti.model.calling_rules import Cap
from cti.model.dialling import BY_A_PERSON, Rule
from cti.outbound.lead import Tried
from cti.outbound.verdict import Reason
from cti.outbound.windows import Window

DAYS = {"day": 1, "week": 7, "month": 30}


def counted(cap: Cap, tries: Iterable[Tried], campaign: str) -> list[Tried]:
    """Return those of `tries` that `cap` counts, whenever they were."""
    return [
        tried
        for tried in tries
        if tried.counts
        and (cap.across or tried.campaign == campaign)
        and (cap.counts == "attempts" or tried.result in BY_A_PERSON)
    ]


def cap_reason(
    cap: Cap, tries: Sequence[Tried], campaign: str, zones: Sequence[str], window: Window, now: float
) -> Reason | None:
    """Return what `cap` says against one more attempt at `now`; None: nothing. `zones` must not be empty."""
    words = f"{cap.at_most} per {cap.per} within {cap.within}"
    if cap.at_most == 0:
        return Reason(Rule.CAP, None, words)
    found = counted(cap, tries, campaign)
    if len(found) < cap.at_most:
        return None
    if cap.within == "ever":
        return Reason(Rule.CAP, None, words)
    if cap.within == "window":
        inside = sum(window.same_stretch(zones, tried.at, now) for tried in found)
        return Reason(Rule.CAP, window.closes_at(zones, now), words) if inside >= cap.at_most else None
    until = max(_free_again(cap, found, ZoneInfo(zone), now) for zone in zones)
    return Reason(Rule.CAP, until, words) if until > now else None


def _free_again(cap: Cap, found: Sequence[Tried], zone: ZoneInfo, now: float) -> float:
    """Return the begin of the first day on which fewer than the cap lie within its days; `now` if that is today."""
    days = DAYS[cap.within]
    for later in range(days + 1):
        since = day_begins(zone, now, later - days + 1)
        if sum(tried.at >= since for tried in found) < cap.at_most:
            return day_begins(zone, now, later) if later else now
    return day_begins(zone, now, days)


def gap_reason(gap_s: float, tries: Sequence[Tried], now: float) -> Reason | None:
    """Return whether the last attempt was less than `gap_s` ago."""
    newest = max((tried.at for tried in tries if tried.counts), default=None)
    if newest is None or newest + gap_s <= now:
        return None
    return Reason(Rule.GAP, newest + gap_s, f"{gap_s:g} s")
