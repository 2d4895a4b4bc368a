"""Which lead is dialled next, and what becomes of it?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.calling_rules import Again, Retry
from cti.model.campaign import Campaign
from cti.model.dialling import AttemptResult, CampaignAction, CampaignName, CampaignState, LeadOutcome, LeadState, Rule
from cti.model.hours import Hours
from cti.outbound.dialer import ASK_AGAIN_S, STAY_S, TALK_S, Dialer
from cti.outbound.lead import Lead, Number
from cti.outbound.orders import CampaignMoved, LeadSettled, LeadsWanted, NotAgain, Order, Planned, TakeBack
from tests.outbound.rules_kit import BERLIN, CAMPAIGN, NOW, at, campaign, lead, number, outbound, tried

pytestmark = pytest.mark.unit

OTHER = CampaignName("other")
OFFICE = Hours.model_validate({"zone": BERLIN, "weekly": {"mon-fri": "09:00-17:00"}})


class Room:
    """A pace that says what it is told to say."""

    def __init__(self, **rooms: int) -> None:
        self.rooms = rooms
        self.shared: int | None = None

    def room(self, campaign: CampaignName, ready: int, now: float) -> int:
        if self.shared is None:
            return self.rooms.get(campaign, 0)
        left, self.shared = self.shared, 0
        return left


class World:
    """A dialer and what came out of it."""

    def __init__(self, campaigns: dict[str, Campaign] | None = None, room: int = 1, **whole: Any) -> None:
        named = campaigns or {CAMPAIGN: campaign(start="at_once")}
        self.pace = Room(**dict.fromkeys(named, room))
        self.outbound = outbound(**whole)
        self.dialer = Dialer(named, self.outbound, {"office": OFFICE}, self.pace)

    def offer(self, *leads: Lead, now: float = NOW, left: bool = True, history: Any = None) -> list[Order]:
        """Offer leads, as the store would, to the campaign of the first; nothing is dialled by that."""
        rooms, self.pace.rooms = self.pace.rooms, {}
        self.dialer.tick(now)
        self.pace.rooms = rooms
        return self.dialer.offered(leads[0].campaign, leads, history or {}, now, leads_left=left)

    def planned(self, now: float = NOW) -> list[Planned]:
        return [order for order in self.dialer.tick(now) if isinstance(order, Planned)]


def only(orders: list[Order], kind: type[Any]) -> Any:
    (found,) = [order for order in orders if isinstance(order, kind)]
    return found


def test_a_lead_is_asked_for_dialled_and_settled() -> None:
    world = World()
    first = world.dialer.tick(NOW)
    assert only(first, CampaignMoved).new is CampaignState.RUNNING and only(first, LeadsWanted).most == 500
    world.dialer.offered(CAMPAIGN, [lead(7, attempts=2)], {}, NOW)
    (plan,) = world.planned()
    assert (plan.lead, plan.attempt_no, plan.callout.attempt, plan.queue) == (7, 3, "renewals-7-3", "sales")
    world.dialer.dialling("renewals-7-3", NOW)
    world.dialer.connected("renewals-7-3", NOW + 8)
    done = only(world.dialer.ended("renewals-7-3", AttemptResult.ANSWERED, NOW + 99), LeadSettled)
    assert done.outcome is LeadOutcome.REACHED and not len(world.dialer.floor.air)
    assert not len(world.dialer.floor.hands) and not len(world.dialer.floor.history)


def test_no_more_than_there_is_room_for() -> None:
    world = World(room=2)
    world.offer(*(lead(n) for n in range(1, 6)))
    assert [plan.lead for plan in world.planned()] == [1, 2]
    world.pace.rooms[CAMPAIGN] = 0
    assert not world.planned()


def test_never_two_dials_for_one_number_at_once() -> None:
    both = {CAMPAIGN: campaign(start="at_once"), OTHER: campaign(start="at_once")}
    world = World(both, room=5)
    world.offer(lead(1, number(1)), lead(2, number(1)))
    world.offer(lead(3, number(1), campaign=OTHER))
    (plan,) = world.planned()
    assert not world.planned(NOW + 60)
    world.dialer.ended(plan.callout.attempt, AttemptResult.ANSWERED, NOW + 61)
    assert len(world.planned(NOW + 70)) == 1


def test_a_cap_over_all_campaigns_sees_every_dial_made_here() -> None:
    both = {CAMPAIGN: campaign(start="at_once"), OTHER: campaign(start="at_once")}
    world = World(both, room=5, caps=[{"at_most": 1}])
    world.offer(lead(1, number(1)))
    world.offer(lead(3, number(1), campaign=OTHER))
    orders = world.dialer.tick(NOW)
    back = only(orders, LeadSettled)
    assert only(orders, Planned).campaign != back.campaign
    assert (back.outcome, back.due_at, back.rule) == (None, at("2026-11-24 00:00"), "cap")


def test_what_the_store_knows_of_other_campaigns_counts() -> None:
    world = World(caps=[{"at_most": 1}])
    world.offer(lead(1), history={number(1).number: [tried(NOW - 60, campaign=OTHER)]})
    assert only(world.dialer.tick(NOW), LeadSettled).due_at == at("2026-11-24 00:00")


def test_another_number_while_the_first_may_not_be_dialled() -> None:
    one, two = number(1, "America/New_York"), number(2, BERLIN)
    world = World({CAMPAIGN: campaign(start="at_once", regulation="us")})
    world.offer(lead(1, one, two))
    (plan,) = world.planned()
    assert plan.number_index == 1


def test_every_final_rule_has_its_outcome() -> None:
    written = campaign(
        start="at_once",
        when={"segment": "gold"},
        consent_required=True,
        expires_after_days=5,
        max_attempts=1,
        quotas=[{"when": {"segment": "gold", "region": "x"}, "at_most": 0}],
    )
    world = World({CAMPAIGN: written}, room=99, do_not_call=["+49305550099"])
    gold: dict[str, Any] = {"data": {"segment": "gold"}, "consent": "c", "listed_at": NOW}
    invalid = tried(NOW - 9, AttemptResult.INVALID)
    cases = {
        1: (lead(1, consent="c", listed_at=NOW), LeadOutcome.NOT_MEANT),
        2: (lead(2, data={"segment": "gold"}, listed_at=NOW), LeadOutcome.NO_CONSENT),
        3: (lead(3, **gold | {"listed_at": NOW - 6 * 86_400}), LeadOutcome.EXPIRED),
        4: (lead(4, tries=(tried(NOW - 99, to=number(4)),), **gold), LeadOutcome.EXHAUSTED),
        5: (lead(5, **gold | {"data": {"segment": "gold", "region": "x"}}), LeadOutcome.QUOTA_FULL),
        99: (lead(99, **gold), LeadOutcome.DO_NOT_CALL),
        7: (lead(7, Number("+870123456"), **gold), LeadOutcome.NO_ZONE),
    }
    world.offer(*(asked for asked, _ in cases.values()))
    settled = [order for order in world.dialer.tick(NOW) if isinstance(order, LeadSettled)]
    assert {each.lead: each.outcome for each in settled} == {name: outcome for name, (_, outcome) in cases.items()}
    dead = World({CAMPAIGN: campaign(start="at_once", max_attempts=9)})
    dead.offer(lead(1, tries=(invalid,)))
    assert only(dead.dialer.tick(NOW), LeadSettled).outcome is LeadOutcome.WRONG_NUMBER


def test_soon_stays_at_hand_and_late_goes_back() -> None:
    world = World({CAMPAIGN: campaign(start="at_once", gap_s=STAY_S)})
    world.offer(lead(1), history={number(1).number: [tried(NOW - 1)]})
    assert not [order for order in world.dialer.tick(NOW) if isinstance(order, LeadSettled)]
    assert world.dialer.next_deadline(NOW) is not None
    assert len(world.planned(NOW + STAY_S - 1)) == 1
    far = World({CAMPAIGN: campaign(start="at_once", gap_s=STAY_S + 2)})
    far.offer(lead(1), history={number(1).number: [tried(NOW - 1)]})
    assert only(far.dialer.tick(NOW), LeadSettled).due_at == NOW + STAY_S + 1


def test_asked_again_right_before_the_phone_rings() -> None:
    world = World({CAMPAIGN: campaign(start="at_once", regulation="us", hours="office")})
    world.offer(lead(1))
    (plan,) = world.planned()
    attempt = plan.callout.attempt
    assert world.dialer.still(attempt, NOW + 60) is None
    night = world.dialer.still(attempt, at("2026-11-23 21:00"))
    assert night is not None and night.rule is Rule.CAMPAIGN
    world.dialer.floor.ahead_s = 3 * 3600.0  # it is 7 by the machine's clock
    early = world.dialer.still(attempt, NOW + 60)
    assert early is not None and early.rule is Rule.WINDOW
    world.dialer.wished(number(1).number)
    no = world.dialer.still(attempt, NOW + 60)
    assert no is not None and no.rule is Rule.DO_NOT_CALL
    back = only(world.dialer.refused(attempt, no.rule, NOW + 60), LeadSettled)
    assert back.outcome is None and not world.dialer.floor.air.has(number(1).number)
    gone = world.dialer.still(attempt, NOW + 60)
    assert gone is not None


def test_a_wish_takes_back_what_rings_and_leaves_a_talk_alone() -> None:
    world = World(room=2)
    world.offer(lead(1), lead(2))
    world.planned()
    assert world.dialer.wished(number(1).number) == [TakeBack(CAMPAIGN, "renewals-1-1")]
    world.dialer.connected("renewals-2-1", NOW)
    assert world.dialer.wished(number(2).number) == []


def test_an_agent_notes_that_he_does_not_want_to_be_called() -> None:
    written = campaign(start="at_once", dispositions={"opt_out": {"means": "do_not_call"}})
    world = World({CAMPAIGN: written}, room=2)
    world.offer(lead(1), lead(2, number(1)))
    world.planned()
    orders = world.dialer.ended("renewals-1-1", AttemptResult.ANSWERED, NOW + 60, "opt_out")
    assert only(orders, NotAgain).number == number(1).number
    assert only(orders, LeadSettled).outcome is LeadOutcome.DO_NOT_CALL
    assert only(world.dialer.tick(NOW + 61), LeadSettled).outcome is LeadOutcome.DO_NOT_CALL


def test_a_refused_dial_is_no_attempt() -> None:
    world = World(caps=[{"at_most": 1}])
    world.offer(lead(1))
    (plan,) = world.planned()
    back = only(world.dialer.refused(plan.callout.attempt, Rule.IN_THE_AIR, NOW), LeadSettled)
    world.dialer.offered(CAMPAIGN, [lead(1, due_at=back.due_at)], {}, NOW + 1)
    assert len(world.planned(back.due_at)) == 1


def test_stop_takes_back_what_rings_and_gives_leads_back() -> None:
    world = World()
    world.offer(lead(1), lead(2), lead(3))
    world.planned()
    refusal, orders = world.dialer.ask(CAMPAIGN, CampaignAction.STOP, NOW, "ann")
    assert not refusal and only(orders, TakeBack).attempt == "renewals-1-1" and only(orders, CampaignMoved).by == "ann"
    assert {order.lead for order in orders if isinstance(order, LeadSettled)} == {2, 3}
    assert not world.planned(NOW + 1)
    assert world.dialer.ask(CAMPAIGN, CampaignAction.PAUSE, NOW)[0]
    assert world.dialer.ask(CampaignName("nobody's"), CampaignAction.START, NOW)[0] == "there is no such campaign"


def test_pause_and_drain_place_nothing_new() -> None:
    world = World()
    world.offer(lead(1), lead(2))
    world.planned()
    world.dialer.ask(CAMPAIGN, CampaignAction.PAUSE, NOW)
    assert not world.planned()
    world.dialer.ask(CAMPAIGN, CampaignAction.DRAIN, NOW)
    assert not world.planned()
    world.dialer.ended("renewals-1-1", AttemptResult.ANSWERED, NOW + 60)
    orders = world.dialer.tick(NOW + 61)
    assert only(orders, CampaignMoved).new is CampaignState.STOPPED and only(orders, LeadSettled).lead == 2


def test_done_when_the_store_has_no_more_and_nothing_is_in_hand() -> None:
    world = World()
    world.offer(lead(1), left=False)
    world.planned()
    assert not any(isinstance(order, CampaignMoved) for order in world.dialer.tick(NOW + 1))
    world.dialer.ended("renewals-1-1", AttemptResult.ANSWERED, NOW + 60)
    world.dialer.tick(NOW + 60)
    world.dialer.offered(CAMPAIGN, [], {}, NOW + 61, leads_left=False)
    assert only(world.dialer.tick(NOW + 62), CampaignMoved).new is CampaignState.DONE


def test_the_store_is_not_asked_again_and_again() -> None:
    world = World()
    world.dialer.tick(NOW)
    assert not [order for order in world.dialer.tick(NOW + 1) if isinstance(order, LeadsWanted)], "it has been asked"
    world.dialer.offered(CAMPAIGN, [], {}, NOW + 2)
    assert world.dialer.next_deadline(NOW + 3) == NOW + 2 + ASK_AGAIN_S
    assert not world.dialer.tick(NOW + 3)
    assert only(world.dialer.tick(NOW + 2 + ASK_AGAIN_S), LeadsWanted)
    assert only(world.dialer.tick(NOW + 2 + 3 * ASK_AGAIN_S), LeadsWanted), "an answer that never came"


def test_what_nobody_tells_the_end_of_ends_by_itself() -> None:
    world = World()
    world.offer(lead(1))
    world.planned()
    world.dialer.connected("renewals-1-1", NOW)
    assert world.dialer.next_deadline(NOW + ASK_AGAIN_S) == NOW + TALK_S
    orders = world.dialer.tick(NOW + TALK_S)
    assert only(orders, TakeBack).attempt == "renewals-1-1"
    assert only(orders, LeadSettled).result == "unknown"
    assert world.dialer.ended("renewals-1-1", AttemptResult.ANSWERED, NOW + TALK_S + 1) == []
    world.dialer.connected("renewals-1-1", NOW)
    assert world.dialer.refused("renewals-1-1", Rule.CAP, NOW) == [] and world.dialer.floor.late == 3


def test_shares_of_campaigns_that_want_the_same_agents() -> None:
    both = {CAMPAIGN: campaign(start="at_once", weight=3), OTHER: campaign(start="at_once")}
    world = World(both)
    world.offer(*(lead(n) for n in range(100, 140)))
    world.offer(*(lead(n, campaign=OTHER) for n in range(200, 240)))
    first = []
    for n in range(20):
        world.pace.shared = 1  # one agent for both
        first += [plan.campaign for plan in world.planned(NOW + n)]
    assert len(first) == 20
    assert first.count(CAMPAIGN) == pytest.approx(15, abs=1)
    urgent = {CAMPAIGN: campaign(start="at_once"), OTHER: campaign(start="at_once", priority=1)}
    world = World(urgent)
    world.offer(lead(1))
    world.offer(lead(2, campaign=OTHER))
    assert [plan.campaign for plan in world.planned()] == [OTHER, CAMPAIGN]


def test_live_changes_hold_for_the_next_decision() -> None:
    world = World()
    world.offer(lead(1), lead(2))
    world.planned()
    patient = campaign(start="at_once", retry=Retry(busy=Again(after_s=7777, at_most=9)), max_attempts=9)
    world.dialer.follow({CAMPAIGN: patient}, world.outbound, {}, NOW)
    assert only(world.dialer.ended("renewals-1-1", AttemptResult.BUSY, NOW), LeadSettled).due_at == NOW + 7777
    assert len(world.planned()) == 1, "stock and state stay"


def test_a_campaign_that_is_taken_out_ends_its_dials_and_gives_its_leads_back() -> None:
    world = World()
    world.offer(lead(1), lead(2))
    world.planned()
    orders = world.dialer.follow({}, world.outbound, {}, NOW)
    assert only(orders, LeadSettled).lead == 2 and CAMPAIGN in world.dialer.floor.desks
    assert not world.planned() and world.dialer.ask(CAMPAIGN, CampaignAction.START, NOW)[0]
    assert only(world.dialer.offered(CAMPAIGN, [lead(3)], {}, NOW), LeadSettled).lead == 3
    world.dialer.ended("renewals-1-1", AttemptResult.BUSY, NOW)
    assert not world.dialer.floor.desks


def test_leads_that_nobody_wants_go_back_as_they_came() -> None:
    world = World()
    world.offer(lead(1, due_at=5.0))
    again = world.dialer.offered(CAMPAIGN, [lead(1)], {}, NOW)
    assert again == [], "it is here already"
    world.dialer.ask(CAMPAIGN, CampaignAction.STOP, NOW)
    back = only(world.dialer.offered(CAMPAIGN, [lead(2, due_at=5.0)], {}, NOW), LeadSettled)
    assert (back.lead, back.due_at, back.outcome) == (2, 5.0, None)


def test_the_pool_of_numbers_is_used_up() -> None:
    written = campaign(start="at_once", caller_ids="ours")
    pools = {"ours": {"numbers": ["+493012345"], "per_day": 1}}
    world = World({CAMPAIGN: written}, room=5, caller_ids=pools)
    world.offer(lead(1), lead(2))
    orders = world.dialer.tick(NOW)
    assert only(orders, Planned).callout.caller_id == "+493012345"
    back = only(orders, LeadSettled)
    assert (back.rule, back.due_at) == ("no_caller_id", at("2026-11-24 00:00"))


def test_outside_the_campaign_s_hours_the_stock_waits() -> None:
    world = World({CAMPAIGN: campaign(start="at_once", hours="office")})
    evening = at("2026-11-23 17:00")
    world.offer(lead(1), now=NOW)
    assert not world.planned(evening)
    assert world.dialer.next_deadline(evening) == at("2026-11-24 09:00")
    assert len(world.planned(at("2026-11-24 09:00"))) == 1


def test_states_are_counted_for_the_pace() -> None:
    world = World(room=3)
    world.offer(lead(1), lead(2), lead(3))
    world.planned()
    world.dialer.dialling("renewals-1-1", NOW)
    count = world.dialer.floor.hands.count
    assert (count(CAMPAIGN, LeadState.PLANNED), count(CAMPAIGN, LeadState.DIALLING)) == (2, 1)


def test_leads_are_asked_for_where_it_is_not_night() -> None:
    world = World({CAMPAIGN: campaign(regulation="us")})
    zones = [("Europe/Berlin",), ("America/New_York",), ("Europe/Berlin", "America/New_York"), ()]
    assert world.dialer.awake(CAMPAIGN, zones, NOW) == [("Europe/Berlin",), ()], "those without a zone are ended"
    assert world.dialer.awake(OTHER, zones, NOW) == []
