"""Does a campaign run now, and if not, why and until when? Its state, its schedule, and what people ask of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from cti.calendar.instants import date_begins
from cti.calendar.opening import Opening
from cti.model.campaign import Campaign
from cti.model.dialling import CampaignAction, CampaignState, Rule
from cti.model.hours import Hours
from cti.outbound.transitions import CAMPAIGN, check
from cti.outbound.verdict import Reason

_A, _S = CampaignAction, CampaignState

ASKED: dict[CampaignAction, tuple[frozenset[CampaignState], CampaignState]] = {
    _A.START: (frozenset({_S.READY, _S.STOPPED, _S.DONE}), _S.RUNNING),
    _A.PAUSE: (frozenset({_S.RUNNING}), _S.PAUSED),
    _A.RESUME: (frozenset({_S.PAUSED, _S.DRAINING}), _S.RUNNING),
    _A.DRAIN: (frozenset({_S.RUNNING, _S.PAUSED}), _S.DRAINING),
    _A.STOP: (frozenset({_S.READY, _S.RUNNING, _S.PAUSED, _S.DRAINING}), _S.STOPPED),
}
"""From which states each wish leads where."""


class CampaignLife:
    """The state of one campaign."""

    def __init__(
        self,
        name: str,
        written: Campaign,
        zone: str,
        hours: Hours | None = None,
        state: CampaignState = CampaignState.READY,
    ) -> None:
        self.name, self.state = name, state
        self.follow(written, zone, hours)

    def follow(self, written: Campaign, zone: str, hours: Hours | None) -> None:
        """Go by other dates and hours from now on."""
        at = ZoneInfo(zone)
        self._at_once = written.start == "at_once"
        self._begins_at = None if written.begins_on is None else date_begins(at, written.begins_on)
        self._ends_at = None if written.ends_on is None else date_begins(at, written.ends_on, days=1)
        self._opening = None if hours is None else Opening(hours)

    def move(self, new: CampaignState) -> None:
        """Raises IllegalTransition."""
        check(CAMPAIGN, "campaign", self.name, self.state, new)
        self.state = new

    def may(self, now: float) -> tuple[CampaignAction, ...]:
        """Return what `ask` would do now."""
        over = self.is_over(now)
        return tuple(
            action
            for action, (before, then) in ASKED.items()
            if self.state in before and not (over and then is CampaignState.RUNNING)
        )

    def ask(self, action: CampaignAction, now: float) -> str:
        """Do what a person asks for; "" or what stands against it, in words."""
        before, then = ASKED[action]
        if self.state not in before:
            return f"is {self.state}: {action} needs {' or '.join(sorted(before))}"
        if then is CampaignState.RUNNING and self.is_over(now):
            return "its last day (ends_on) is over"
        self.move(then)
        return ""

    def tick(self, now: float, *, in_hand: int, leads_left: bool) -> bool:
        """Go on by itself: begin at once, be drained, be done. Whether the state changed."""
        was = self.state
        if self.state is _S.READY and self._at_once and not self.is_over(now) and leads_left:
            self.move(_S.RUNNING)
        if self.state is _S.DRAINING and not in_hand:
            self.move(_S.STOPPED)
        over = self.is_over(now) or (self.state is _S.RUNNING and not leads_left)
        if over and not in_hand and self.state in (_S.RUNNING, _S.PAUSED, _S.READY):
            self.move(_S.DONE)
        return self.state is not was

    def is_over(self, now: float) -> bool:
        """Whether its last day is over."""
        return self._ends_at is not None and now >= self._ends_at

    def reason(self, now: float) -> Reason | None:
        """Return why nothing new is dialled now, until when; None: it runs."""
        if self.state is not _S.RUNNING:
            return Reason(Rule.CAMPAIGN, None, self.state)
        return self.closed(now)

    def closed(self, now: float) -> Reason | None:
        """Return what its dates and hours say against `now`, whatever its state."""
        if self.is_over(now):
            return Reason(Rule.CAMPAIGN, None, "its last day is over")
        if self._begins_at is not None and now < self._begins_at:
            return Reason(Rule.CAMPAIGN, self._begins_at, "has not begun")
        if self._opening is not None and not (found := self._opening.state(now)).open:
            return Reason(Rule.CAMPAIGN, found.opens_at, "outside its hours")
        return None

    def next_change(self, now: float) -> float | None:
        """Return when its dates or hours next change what holds."""
        hours = None if self._opening is None else self._opening.next_change(now)
        return min((at for at in (self._begins_at, self._ends_at, hours) if at is not None and at > now), default=None)
