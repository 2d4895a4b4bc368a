"""How many may a campaign dial now, as its agents, the lines and the law stand? The floor's facts for its pacing.

Looks at the floor and counts what is told; how many follow from that is outbound/pacing.py's. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from cti.acd.agent import Agent
from cti.acd.floor import Floor
from cti.calendar.instants import local_date
from cti.calling.dial import Dial
from cti.model.campaign import Campaign, Outbound
from cti.model.changes import Changed, Kind
from cti.model.dialling import CampaignName
from cti.model.lead import AnswersOfDay
from cti.model.pools import queue_pool
from cti.model.words import Activity, AgentId, AgentStatus, ContactState, OfferState, QueueName
from cti.outbound.abandon_window import AbandonWindow
from cti.outbound.bucket import TokenBucket
from cti.outbound.pacing import LiveState, Pacing, PacingRules
from cti.outbound.pacing_of import rules_of
from cti.outbound.placing import Placing, figures, sentence

_WORKING = (Activity.PREVIEW, Activity.RINGING, Activity.DIALLING)


class CampaignPace:
    """What dialer.Pace asks for, of all campaigns of one centre."""

    def __init__(self, floor: Floor, dials: Mapping[str, Dial]) -> None:
        self._floor, self._dials = floor, dials
        self._campaigns: Mapping[str, Campaign] = {}
        self._pacings: dict[CampaignName, Pacing] = {}
        self._written_up_since: dict[AgentId, float] = {}
        self._newest: dict[CampaignName, Placing] = {}
        self._buckets: dict[CampaignName, TokenBucket] = {}  # of campaigns without agents
        self._lines: int | None = None  # of all trunks together
        self._carrier: TokenBucket | None = None
        self._carriers: tuple[float, ...] = ()

    def follow(self, campaigns: Mapping[str, Campaign], outbound: Outbound) -> None:
        """Go by other rules from now on. What was learned stays, unless it was learned of another limit."""
        self._campaigns, self._zone = campaigns, ZoneInfo(outbound.zone)
        trunks = outbound.trunks.values()
        self._lines = sum(trunk.lines for trunk in trunks) if trunks else None
        carriers = tuple(trunk.calls_per_s for trunk in trunks)
        if carriers != self._carriers:
            self._carriers, self._carrier = carriers, TokenBucket(sum(carriers)) if carriers else None
        for name, written in campaigns.items():
            self._follow(CampaignName(name), written)

    def _follow(self, name: CampaignName, written: Campaign) -> None:
        rules, known = rules_of(written), self._pacings.get(name)
        if rules is None:
            self._pacings.pop(name, None)
            if written.calls_per_s is not None:
                self._buckets[name] = TokenBucket(written.calls_per_s)
            else:
                self._buckets.pop(name, None)
            return
        if written.lines is None:
            rules = msgspec.structs.replace(rules, lines=self._lines)
        if known is None or known.rules != rules:
            self._pacings[name] = _relearned(rules, known)

    def restore(self, campaign: CampaignName, answers: tuple[AnswersOfDay, ...]) -> None:
        """After a start: what the legal window held."""
        pacing = self._pacings.get(campaign)
        if pacing is not None:
            pacing.window = AbandonWindow(pacing.rules.window_days, answers)

    def answers(self, campaign: CampaignName) -> tuple[AnswersOfDay, ...]:
        """What to keep of the legal window over a restart."""
        pacing = self._pacings.get(campaign)
        return pacing.window.counts() if pacing is not None else ()

    # --- dialer.Pace --------------------------------------------------------------------------------------------------

    def room(self, campaign: CampaignName, ready: int, now: float) -> int:
        """Return how many of `ready` leads may be dialled at `now`; 0 without a switch."""
        within = self._within_carriers(ready, now)
        pacing = self._pacings.get(campaign)
        if pacing is None:
            number = self._agentless(campaign, within, now)
        else:
            placing = pacing.decide(now, self._state(campaign, pacing, within, now))
            self._newest[campaign] = placing
            number = placing.number
        if self._carrier is not None:
            self._carrier.take(now, number)
        return number

    def told(self, campaign: CampaignName) -> str:
        """The newest decision in a sentence; "" before the first."""
        placing = self._newest.get(campaign)
        return sentence(placing) if placing is not None else ""

    def figures(self, campaign: CampaignName) -> dict[str, Any]:
        """The same in its parts; empty before the first."""
        placing = self._newest.get(campaign)
        return figures(placing) if placing is not None else {}

    def counted(self, campaign: CampaignName) -> tuple[int, int]:
        """Answered by a person, and abandoned, in the legal window."""
        pacing = self._pacings.get(campaign)
        return (pacing.window.answered, pacing.window.abandoned) if pacing is not None else (0, 0)

    def _up(self) -> bool:
        return bool(self._floor.weights) and not self._floor.settling

    def _in_use(self) -> int:
        others = sum(attempt not in self._dials for attempt in self._floor.dials.air)
        return len(self._dials) + others

    def _within_carriers(self, ready: int, now: float) -> int:
        lines = ready if self._lines is None else max(0, self._lines - self._in_use())
        calls = ready if self._carrier is None else self._carrier.whole(now)
        return min(ready, lines, calls)

    def _agentless(self, campaign: CampaignName, ready: int, now: float) -> int:
        written = self._campaigns[campaign]
        if not self._up():
            return 0
        if written.lines is not None:
            ready = min(ready, max(0, written.lines - len(list(self._of(campaign)))))
        bucket = self._buckets.get(campaign)
        return ready if bucket is None else bucket.take(now, ready)

    # --- the floor as it stands ---------------------------------------------------------------------------------------

    def _state(self, campaign: CampaignName, pacing: Pacing, ready: int, now: float) -> LiveState:
        queue = self._campaigns[campaign].queue or ""
        idle, waiting, others, ringing_s = self._idle(queue), 0, 0.0, list[float]()
        for dial in self._dials.values():
            if dial.queue != queue or dial.agent is not None:
                continue
            if self._wants_agent(dial):
                waiting += 1
            elif not dial.reserves and not dial.person:
                begun_at = dial.planned_at if dial.placed_at is None else dial.placed_at
                if dial.campaign == campaign:
                    ringing_s.append(max(0.0, now - begun_at))
                else:
                    others += self._rate(dial.campaign)
        talking_s, wrapup_s = self._at_work(queue, now)
        written = self._campaigns[campaign]
        return LiveState(
            at=now,
            day=local_date(self._zone, now).toordinal(),
            switch_up=self._up(),
            idle=max(0, idle - math.ceil(others)),
            talking_s=talking_s,
            wrapup_s=wrapup_s,
            ringing_s=ringing_s,
            waiting=waiting,
            lines_used=self._in_use() if written.lines is None else len(list(self._of(campaign))),
            leads=ready,
        )

    def _of(self, campaign: CampaignName) -> Iterator[Dial]:
        return (dial for dial in self._dials.values() if dial.campaign == campaign)

    def _idle(self, queue: str) -> int:
        name = QueueName(queue)
        if name in self._floor.blended and name not in self._floor.open_gates:
            return 0
        return self._floor.free.count(queue_pool(queue))

    def _wants_agent(self, dial: Dial) -> bool:
        """Whether the next free agent is his: planned and not dialled yet, or answered and in the line."""
        contact = self._floor.contacts.get(dial.contact)
        if contact is None or contact.state is not ContactState.WAITING:
            return False
        return dial.person or (dial.reserves and dial.placed_at is None)

    def _rate(self, campaign: CampaignName) -> float:
        """The share of another campaign's dials that will take one of the agents: all, until enough is known."""
        pacing = self._pacings.get(campaign)
        known = pacing is not None and pacing.answer_rate.dials >= pacing.rules.least_dials
        return pacing.answer_rate.mean if pacing is not None and known else 1.0

    def _agents(self, queue: str) -> Iterator[Agent]:
        pool = queue_pool(queue)
        for agent in self._floor.agents.values():
            if agent.status is AgentStatus.AVAILABLE and agent.pending_break is None and pool in agent.pools:
                yield agent

    def _at_work(self, queue: str, now: float) -> tuple[list[float], list[float]]:
        talking_s, wrapup_s = list[float](), list[float]()
        for agent in self._agents(queue):
            offer = self._floor.offers.get(agent.offer) if agent.offer else None
            if agent.activity in (Activity.TALKING, Activity.HOLD):
                began_at = offer.accepted_at if offer is not None and offer.accepted_at else agent.activity_since
                talking_s.append(max(0.0, now - began_at))
            elif agent.activity in _WORKING:
                talking_s.append(0.0)
            elif agent.activity is Activity.WRAPUP:
                wrapup_s.append(max(0.0, now - agent.activity_since))
        return talking_s, wrapup_s

    # --- what was told ------------------------------------------------------------------------------------------------

    def dial_ended(self, dial: Dial, at: float, *, answered: bool) -> None:
        """It rang until somebody picked up, or until `at`."""
        pacing = self._pacings.get(dial.campaign)
        if pacing is not None and dial.placed_at is not None:
            until = dial.answered_at if answered and dial.answered_at is not None else at
            pacing.dial_ended(max(0.0, until - dial.placed_at), answered=answered)

    def settled(self, campaign: CampaignName, now: float, *, abandoned: bool) -> None:
        """One who was answered by a person has an agent, or has not."""
        pacing = self._pacings.get(campaign)
        if pacing is not None:
            pacing.settled(local_date(self._zone, now).toordinal(), abandoned=abandoned)

    def agents_fact(self, fact: Changed) -> None:
        """A talk or a wrap-up of somebody is over."""
        if fact.agent is None:
            return
        if fact.kind is Kind.OFFER and fact.new == OfferState.ENDED and fact.talk_s is not None:
            for pacing in self._pacings_of(fact.agent):
                pacing.talk_ended(fact.talk_s)
        elif fact.kind is Kind.ACTIVITY and fact.new == Activity.WRAPUP:
            self._written_up_since[fact.agent] = fact.at
        elif fact.kind is Kind.ACTIVITY and fact.old == Activity.WRAPUP:
            since = self._written_up_since.pop(fact.agent, fact.at)
            for pacing in self._pacings_of(fact.agent):
                pacing.wrapup_ended(fact.at - since)

    def _pacings_of(self, name: AgentId) -> Iterator[Pacing]:
        agent = self._floor.agents.get(name)
        for campaign, pacing in self._pacings.items():
            written = self._campaigns.get(campaign)
            if agent is not None and written is not None and queue_pool(written.queue or "") in agent.pools:
                yield pacing


def _relearned(rules: PacingRules, known: Pacing | None) -> Pacing:
    """A pacing by `rules` that has learned what `known` has."""
    if known is None:
        return Pacing(rules)
    pacing = Pacing(rules, AbandonWindow(rules.window_days, known.window.counts()))
    pacing.answer_rate, pacing.ring_time = known.answer_rate, known.ring_time
    pacing.talks, pacing.wrapups = known.talks, known.wrapups
    return pacing
