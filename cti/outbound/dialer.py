"""Which lead is dialled next, in all campaigns together, and what becomes of it? Ties the rules of this room together.

Owned like the rest of the core: facts in (offered, connected, ended, ask ...), orders out, time an argument. How many
may be dialled now is not decided here: `Pace` says it, campaign by campaign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from cti.model.campaign import Campaign, Outbound
from cti.model.dialling import AttemptResult, CampaignAction, CampaignName, LeadState, Rule
from cti.model.hours import Hours
from cti.outbound.air import Air
from cti.outbound.callout_of import ring_s
from cti.outbound.desk import Desk
from cti.outbound.dial_floor import RING_GRACE_S, DialFloor, never_here
from cti.outbound.history import History
from cti.outbound.lead import Lead, Number, Tried, in_one_word
from cti.outbound.may_dial import may_dial
from cti.outbound.orders import CampaignMoved, LeadsWanted, NotAgain, Order, TakeBack
from cti.outbound.retry import Next, after
from cti.outbound.verdict import Reason
from cti.outbound.ways import Ways

LOOKS_A_TICK = 200  # leads judged in one tick and campaign: a tick stays short, whatever the list is like
NEXT_LINE_S = 1.0  # a trunk without a line is asked again so soon
STAY_S = 600.0  # a lead that may be dialled within this time stays at hand; others go back to the store
ASK_AGAIN_S = 30.0  # after the store had no more
TALK_S = 43_200.0  # the longest talk


class Pace(Protocol):
    """How many dials may be placed. Asked anew for each campaign of a tick, when those before it are placed."""

    def room(self, campaign: CampaignName, ready: int, now: float) -> int:
        """Return how many of `ready` leads of `campaign` may be dialled at `now`."""
        ...


class Dialer:
    """All campaigns. Every method returns what is to be done about it."""

    def __init__(
        self,
        campaigns: Mapping[str, Campaign],
        outbound: Outbound,
        hours: Mapping[str, Hours],
        pace: Pace,
        air: Air | None = None,
        history: History | None = None,
        ways: Ways | None = None,
    ) -> None:
        self.pace = pace
        self.floor = DialFloor(
            outbound,
            Air() if air is None else air,
            History() if history is None else history,
            Ways() if ways is None else ways,
        )
        self.follow(campaigns, outbound, hours, 0.0)

    # --- what people and files say ------------------------------------------------------------------------------------

    def follow(
        self, campaigns: Mapping[str, Campaign], outbound: Outbound, hours: Mapping[str, Hours], now: float
    ) -> list[Order]:
        """Go by other rules from now on. A campaign that is gone gives its leads back; its dials go on to their end."""
        self.floor.follow(outbound)
        out: list[Order] = []
        for name in [name for name in self.floor.desks if name not in campaigns]:
            out += self.floor.given_back(self.floor.desks[name], now)
            if not self.floor.desks[name].in_hand:
                del self.floor.desks[name]
        for key, written in campaigns.items():
            name, open_hours = CampaignName(key), hours.get(written.hours) if written.hours else None
            if name in self.floor.desks:
                self.floor.desks[name].follow(written, outbound, open_hours, self.floor.forbidden)
            else:
                self.floor.desks[name] = Desk(name, written, outbound, open_hours, self.floor.forbidden)
        self.floor.gone = {name for name in self.floor.desks if name not in campaigns}
        return out

    def ask(self, campaign: CampaignName, action: CampaignAction, now: float, by: str = "") -> tuple[str, list[Order]]:
        """Do what a person asks of a campaign; what stands against it in words ("": done), and what follows."""
        desk = self.floor.desks.get(campaign)
        if desk is None or campaign in self.floor.gone:
            return "there is no such campaign", []
        was = desk.life.state
        refusal = desk.life.ask(action, now)
        if refusal:
            return refusal, []
        out: list[Order] = [CampaignMoved(campaign, now, was, desk.life.state, by)]
        if action is CampaignAction.STOP:
            out += self.floor.given_back(desk, now)
            out += [TakeBack(campaign, name) for name in self.floor.hands.ringing(campaign)]
        if desk.running:
            self.floor.begun(desk, now)
        return "", out

    def wished(self, number: str) -> list[Order]:
        """Somebody said that `number` must not be called any more; what rings there is taken back."""
        self.floor.forbidden.wished(number)
        attempt = self.floor.air.attempt_of(number)
        hand = self.floor.hands.of(attempt) if attempt else None
        if attempt is None or hand is None or hand.state is LeadState.CONNECTED:
            return []
        return [TakeBack(hand.lead.campaign, attempt)]

    # --- leads --------------------------------------------------------------------------------------------------------

    def offered(
        self,
        campaign: CampaignName,
        leads: Sequence[Lead],
        history: Mapping[str, Sequence[Tried]],
        now: float,
        *,
        leads_left: bool = True,
    ) -> list[Order]:
        """Take leads that the store hands out, with every attempt at their numbers of the last 30 days.

        `leads_left`: whether any lead of the campaign has no outcome yet, these included. Leads that are not taken
        come back at once.
        """
        desk = self.floor.desks.get(campaign)
        if desk is None or campaign in self.floor.gone:
            return [never_here(lead, now, "no such campaign") for lead in leads]
        wanted = desk.asked_at is not None
        desk.asked_at, desk.leads_left = None, leads_left or bool(leads)
        if len(leads) < desk.stock.most // 2:
            desk.ask_again_at = now + ASK_AGAIN_S
        out: list[Order] = []
        for lead in leads:
            if lead.id in desk.stock or self.floor.hands.has_lead(campaign, lead.id):
                continue
            if len(desk.stock) >= desk.stock.most or not (wanted or desk.running):
                out.append(never_here(lead, now, "not wanted any more"))
                continue
            for number in lead.numbers:
                self.floor.history.hold(number.number, history.get(number.number, ()))
            desk.stock.put(lead, now)
        return out

    def awake(self, campaign: CampaignName, zones: Iterable[tuple[str, ...]], now: float) -> list[tuple[str, ...]]:
        """Return in which of `zones` (each those of one number) somebody may be called now: leads to ask the store for.

        () stands for numbers without a known zone.
        """
        desk = self.floor.desks.get(campaign)
        if desk is None:
            return []
        known = [(each, each or desk.rules.zones(Number(""))) for each in zones]
        return [each for each, at in known if not at or desk.rules.window.reason(at, now) is None]

    def tick(self, now: float) -> list[Order]:
        """Plan as many dials as may be, in all campaigns; ask for leads; end what is over."""
        out: list[Order] = [*self._forgotten(now)]
        for desk in self.floor.desks.values():
            out += self._lived(desk, now)
        self.floor.ways.look(self.floor.air.numbers())
        running = [desk for desk in self.floor.desks.values() if desk.running and desk.name not in self.floor.gone]
        for desk in sorted(running, key=lambda desk: (desk.written.priority, desk.placed, desk.name)):
            if desk.life.reason(now) is None:
                out += self._planned(desk, now)
                out += self._wanted(desk, now)
        return out

    def next_deadline(self, now: float) -> float | None:
        """Return when tick() has something to do though nothing happens; None: never."""
        overdue = self.floor.hands.next_overdue()
        moments = [] if overdue is None else [overdue]
        for desk in self.floor.desks.values():
            moments += [at for at in (desk.life.next_change(now),) if at is not None]
            if desk.running and desk.life.reason(now) is None:
                moments += [at for at in (desk.stock.next_due_at(), desk.ask_again_at) if at is not None and at > now]
        return min(moments, default=None)

    # --- dials --------------------------------------------------------------------------------------------------------

    def still(self, attempt: str, now: float) -> Reason | None:
        """Return what speaks against dialling `attempt` by now: asked right before a phone rings. None: dial.

        An agent may have been waited for since it was planned.
        """
        hand = self.floor.hands.of(attempt)
        if hand is None:
            return Reason(Rule.CAMPAIGN, None, "it was taken back")
        desk = self.floor.desks[hand.lead.campaign]
        closed = desk.life.closed(now)
        if closed is not None:
            return closed
        number = hand.lead.numbers[hand.place]
        before = [tried for tried in self.floor.history.of(number.number) if tried != hand.tried]
        return may_dial(number, now, desk.rules, before, ahead_s=self.floor.ahead_s).decisive

    def dialling(self, attempt: str, now: float) -> None:
        """Its phone rings from now on."""
        hand = self.floor.hands.of(attempt)
        rings_s = ring_s((desk := self.floor.desks[hand.lead.campaign]).written, desk.rules.limits) if hand else 0.0
        self.floor.late += not self.floor.hands.move(attempt, LeadState.DIALLING, now + rings_s + RING_GRACE_S)

    def connected(self, attempt: str, now: float) -> None:
        """Somebody answered; ended() tells what came of it."""
        self.floor.late += not self.floor.hands.move(attempt, LeadState.CONNECTED, now + TALK_S)

    def refused(self, attempt: str, rule: Rule, now: float) -> list[Order]:
        """It was not dialled: the store, or still(), said no. No attempt, for any cap."""
        hand = self.floor.hands.of(attempt)
        if hand is None:
            self.floor.late += 1
            return []
        if rule is Rule.DO_NOT_CALL:
            self.floor.forbidden.wished(hand.tried.number)
        written = self.floor.desks[hand.lead.campaign].written
        due_at = now + (written.skipped_after_s if rule is Rule.SKIPPED else written.retry.not_dialled.after_s)
        tried = msgspec.structs.replace(hand.tried, result=AttemptResult.NOT_DIALLED)
        self.floor.put_down(attempt, hand, tried, LeadState.RESTING, now)
        return [self.floor.gone_back(hand.lead, None, due_at, hand.place, "", rule, now)]

    def ended(self, attempt: str, result: AttemptResult, now: float, disposition: str = "") -> list[Order]:
        """It is over, with all that belongs to it: a talk comes with what the agent noted. What follows is said."""
        hand = self.floor.hands.of(attempt)
        if hand is None:
            self.floor.late += 1
            return []
        written = self.floor.desks[hand.lead.campaign].written
        tried = msgspec.structs.replace(hand.tried, result=result, disposition=disposition)
        lead = msgspec.structs.replace(
            hand.lead, attempts=tried.attempt_no, number_index=hand.place, tries=(*hand.lead.tries, tried)
        )
        then = after(lead, written, now, written.dispositions, written.every_days)
        new = LeadState.RESTING if isinstance(then, Next) else LeadState.DONE
        self.floor.put_down(attempt, hand, tried, new, now)
        out: list[Order] = []
        meaning = written.dispositions.get(disposition)
        if meaning is not None and meaning.means == "do_not_call":
            self.floor.forbidden.wished(tried.number)
            out.append(NotAgain(lead.campaign, attempt, tried.number, disposition))
        said = in_one_word(result, disposition)
        if isinstance(then, Next):
            out.append(self.floor.gone_back(lead, None, then.due_at, then.number_index, said, then.rule, now))
        else:
            out.append(self.floor.gone_back(lead, then, now, hand.place, said, then.value, now))
        return out

    # --- inside -------------------------------------------------------------------------------------------------------

    def _planned(self, desk: Desk, now: float) -> Iterator[Order]:
        ready = desk.stock.due(now)
        room = self.pace.room(desk.name, ready, now) if ready else 0
        for _ in range(LOOKS_A_TICK):
            lead = desk.stock.take(now) if room > 0 else None
            if lead is None:
                return
            today, ahead_s = self.floor.day(now), self.floor.ahead_s
            chosen = desk.choose(lead, now, today, self.floor.history, self.floor.air.has, ahead_s)
            reason = chosen.reason
            if chosen.place is not None:
                trunk = self.floor.ways.take(lead.numbers[chosen.place].number, now)
                if trunk is not None:
                    room -= 1
                    yield self.floor.plan(desk, lead, chosen.place, now, trunk)
                    continue
                reason = Reason(Rule.LINES, now + NEXT_LINE_S)
            assert reason is not None
            desk.note(reason, today)
            if reason.until is not None and now < reason.until <= now + STAY_S:
                desk.stock.put(msgspec.structs.replace(lead, due_at=reason.until), now)
            else:
                due_at = reason.until if reason.until is not None else now
                yield self.floor.gone_back(lead, chosen.outcome, due_at, lead.number_index, "", reason.rule.value, now)

    def _lived(self, desk: Desk, now: float) -> Iterator[Order]:
        was = desk.life.state
        left = desk.leads_left or bool(len(desk.stock))
        if desk.life.tick(now, in_hand=desk.in_hand, leads_left=left):
            yield CampaignMoved(desk.name, now, was, desk.life.state)
            if desk.running:
                self.floor.begun(desk, now)
            else:
                yield from self.floor.given_back(desk, now)

    def _wanted(self, desk: Desk, now: float) -> Iterator[Order]:
        low = len(desk.stock) < desk.stock.most // 2
        waits = desk.asked_at is not None and now < desk.asked_at + 2 * ASK_AGAIN_S  # an answer may be lost
        if low and not waits and now >= desk.ask_again_at:
            desk.asked_at = now
            yield LeadsWanted(desk.name, desk.stock.most - len(desk.stock))

    def _forgotten(self, now: float) -> Iterator[Order]:
        for attempt in self.floor.hands.overdue(now):
            hand = self.floor.hands.of(attempt)
            assert hand is not None
            yield TakeBack(hand.lead.campaign, attempt)
            yield from self.ended(attempt, AttemptResult.UNKNOWN, now)
