"""What if a phone rings in vain? Missed, rejected, busy, unreachable: told apart, and the caller keeps his place."""

from __future__ import annotations

import pytest
from kit import NODE, MissedOffers, Queue, Scene, call_id, center, member

from cti.acd.offers import SHAKEN_S
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.commands import HangupLeg, Release, StopRing
from cti.model.policy import Strategy
from cti.model.words import RingResult

pytestmark = pytest.mark.unit

NO_ANSWER, BUSY, REJECTED, UNREACHABLE = (
    RingResult.NO_ANSWER,
    RingResult.BUSY,
    RingResult.REJECTED,
    RingResult.UNREACHABLE,
)


def two_agents(**limits: float) -> Scene:
    """Anna is rung first."""
    agents = {"anna": member("sales"), "ben": member("sales/2")}
    return Scene(center(agents=agents, missed_offers=MissedOffers(**limits)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "state"),
    [(NO_ANSWER, "missed"), (BUSY, "busy"), (REJECTED, "rejected"), (UNREACHABLE, "unreachable")],
)
def test_each_way_has_its_name_and_the_caller_keeps_his_place(result: RingResult, state: str) -> None:
    scene = two_agents()
    scene.login("anna")
    scene.arrive("c1")
    since = scene.contact("c1").since
    scene.wait(1)
    scene.arrive("c2")
    scene.wait(4)
    scene.fail("anna", result)
    assert scene.offer_ends()[0] == ("anna", state)
    assert scene.contact("c1").since == since
    scene.login("ben")
    assert scene.offered("ben") == "c1", "c2 came later"
    assert scene.outcomes("c1") == []
    assert scene.commands(Release) == []


@pytest.mark.parametrize("result", [NO_ANSWER, BUSY, REJECTED, UNREACHABLE])
def test_the_next_agent_is_rung_at_once(result: RingResult) -> None:
    scene = two_agents()
    scene.login("anna", "ben")
    scene.arrive("c1")
    scene.wait(5)
    scene.fail("anna", result)
    assert scene.rung() == [("c1", "anna"), ("c1", "ben")]


def test_the_length_of_the_ring_is_told() -> None:
    scene = two_agents()
    scene.login("anna")
    scene.wait(100)
    scene.arrive("c1")
    scene.miss("anna", after_s=15)
    [ended] = [change for change in scene.changes(Kind.OFFER) if change.new == "missed"]
    assert ended.ring_s == pytest.approx(15)


def test_who_missed_a_caller_is_not_asked_again_for_a_while_and_then_is() -> None:
    scene = two_agents(pause_after_missed=0, not_again_s=60)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    scene.wait(59)
    assert scene.rung() == [("c1", "anna")]
    scene.wait(2)
    assert scene.rung() == [("c1", "anna"), ("c1", "anna")]


def test_who_missed_one_caller_gets_the_next_one_at_once() -> None:
    scene = two_agents(pause_after_missed=0)
    scene.login("anna")
    scene.arrive("c1")
    scene.wait(1)
    scene.arrive("c2")
    scene.miss("anna")
    assert scene.rung() == [("c1", "anna"), ("c2", "anna")]


def test_the_ticket_names_who_was_tried() -> None:
    scene = two_agents(not_again_s=60)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    assert scene.ticket("c1").tried == {"anna": pytest.approx(scene.now + 60)}


def test_after_so_many_missed_in_a_row_the_agent_is_put_on_a_break() -> None:
    scene = two_agents(pause_after_missed=2, not_again_s=0)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    assert str(scene.agent("anna").status) == "available"
    assert scene.offered("anna") == "c1"
    scene.miss("anna")
    assert str(scene.agent("anna").status) == "on_break"
    assert scene.agent("anna").reason
    [change] = scene.changes(Kind.STATUS, new="on_break")
    assert change.reason and change.by != "agent"
    assert scene.state("c1") == "waiting"


def test_an_answer_ends_the_row() -> None:
    scene = two_agents(pause_after_missed=2, not_again_s=0)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    scene.talk("anna")
    scene.arrive("c2")
    scene.miss("anna")
    assert str(scene.agent("anna").status) == "available"


def test_after_a_break_the_count_begins_anew() -> None:
    scene = two_agents(pause_after_missed=1, not_again_s=0)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    scene.unpause("anna")
    assert scene.offered("anna") == "c1"
    assert str(scene.agent("anna").status) == "available"


@pytest.mark.parametrize(
    ("result", "limit"), [(REJECTED, "pause_after_rejected"), (UNREACHABLE, "pause_after_unreachable")]
)
def test_other_ways_have_their_own_limits(result: RingResult, limit: str) -> None:
    scene = two_agents(**{limit: 2, "not_again_s": 0, "rest_after_busy_s": 0})
    scene.login("anna")
    scene.arrive("c1")
    scene.fail("anna", result)
    scene.wait(1)
    assert str(scene.agent("anna").status) == "available"
    scene.fail("anna", result)
    assert str(scene.agent("anna").status) == "on_break"


def test_a_limit_of_zero_never_pauses() -> None:
    scene = two_agents(pause_after_missed=0, pause_after_unreachable=0, not_again_s=0, rest_after_busy_s=0)
    scene.login("anna")
    scene.arrive("c1")
    for result in (NO_ANSWER, REJECTED, UNREACHABLE, BUSY) * 3:
        scene.wait(10)
        scene.fail("anna", result)
    assert str(scene.agent("anna").status) == "available"


def test_a_node_that_comes_back_sends_nobody_on_a_break() -> None:
    """Its phones find their way to it a while later: a whole team was on a break, one after the other."""
    scene = Scene(center(agents={"anna": member("sales")}, missed_offers=MissedOffers(not_again_s=0)), nodes=[NODE])
    scene.post(ev.NodeUp(NODE))
    scene.login("anna")
    scene.post(ev.NodeDown(NODE))
    scene.wait(3)
    scene.post(ev.NodeUp(NODE))
    scene.arrive("c1")
    scene.fail("anna", UNREACHABLE)
    assert str(scene.agent("anna").status) == "available" and scene.offered("anna") is None
    scene.wait(SHAKEN_S)
    assert scene.offered("anna") == "c1"
    scene.fail("anna", UNREACHABLE)
    assert str(scene.agent("anna").status) == "on_break"


@pytest.mark.parametrize(("result", "first_again"), [(BUSY, "c1"), (REJECTED, "c2")])
def test_an_engaged_or_rejecting_phone_rests(result: RingResult, first_again: str) -> None:
    """Who was engaged may still get this caller; who refused him may not."""
    scene = two_agents(rest_after_busy_s=5)
    scene.login("anna")
    scene.arrive("c1")
    scene.fail("anna", result)
    scene.arrive("c2")
    scene.wait(4.9)
    assert scene.rung() == [("c1", "anna")]
    scene.wait(0.2)
    assert scene.rung() == [("c1", "anna"), (first_again, "anna")]


def test_a_missed_call_brings_no_rest() -> None:
    scene = two_agents(pause_after_missed=0, rest_after_busy_s=5)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    scene.arrive("c2")
    assert scene.offered("anna") == "c2"


@pytest.mark.parametrize("order", ["ring first", "ring only", "twice"])
def test_the_switch_may_tell_it_in_any_order(order: str) -> None:
    scene = two_agents()
    scene.login("anna")
    call = scene.arrive("c1")
    offer = scene.offer_of("anna")
    scene.rings("anna")
    scene.wait(15)
    leg_ended, ring_ended = ev.OfferEnded(offer, NO_ANSWER), ev.RingEnded(call, NO_ANSWER)
    told = {"ring first": [ring_ended, leg_ended], "ring only": [ring_ended], "twice": [leg_ended, ring_ended] * 2}
    scene.ringing.clear()
    for event in told[order]:
        scene.post(event)
    scene.post(ev.LegDown(scene.legs[offer][0]))
    assert scene.offer_ends() == [("anna", "missed")]
    assert scene.state("c1") == "waiting"
    assert scene.agent("anna").missed == 1


def test_no_new_ring_before_the_old_one_has_ended() -> None:
    """One Ring command a call: the leg's end (AMI) may be told before the ring's end (AGI)."""
    scene = two_agents()
    scene.login("anna", "ben")
    call = scene.arrive("c1")
    offer = scene.offer_of("anna")
    scene.wait(15)
    scene.post(ev.OfferEnded(offer, NO_ANSWER))
    assert scene.rung() == [("c1", "anna")]
    scene.ringing.clear()
    scene.post(ev.RingEnded(call, NO_ANSWER))
    assert scene.rung() == [("c1", "anna"), ("c1", "ben")]


def test_a_ring_whose_end_is_never_told_holds_nobody_for_ever() -> None:
    """A lost OfferEnded: the Ring's own end comes later, and settles it."""
    scene = two_agents()
    scene.login("anna", "ben")
    call = scene.arrive("c1")
    scene.rings("anna")
    scene.wait(40)
    assert scene.state("c1") in ("offered", "waiting")
    scene.ringing.clear()
    scene.post(ev.RingEnded(call, NO_ANSWER))
    assert scene.offered("ben") == "c1"


def test_an_answer_that_comes_too_late_is_counted_and_changes_nothing() -> None:
    scene = two_agents()
    scene.login("anna", "ben")
    scene.arrive("c1")
    late = scene.offer_of("anna")
    scene.miss("anna")
    scene.post(ev.OfferAnswered(late))
    assert scene.offered("ben") == "c1"
    assert scene.state("c1") == "offered"
    assert [change.id for change in scene.changes(Kind.LATE)] == [late]


def test_events_of_an_unknown_offer_are_harmless() -> None:
    scene = two_agents()
    for event in (
        ev.OfferAnswered("node1/x#1"),  # type: ignore[arg-type]
        ev.OfferEnded("node1/x#1", BUSY),  # type: ignore[arg-type]
        ev.OfferRinging("node1/x#1", "node1/a.9", "PJSIP/1001-9"),  # type: ignore[arg-type]
        ev.RingEnded(call_id("x"), BUSY),
    ):
        scene.post(event)
    assert not scene.changes(Kind.BUG)
    assert not scene.commands(Release)


def test_the_phone_rings_after_the_offer_was_taken_back() -> None:
    """The leg's name is known only now: it must be stopped, nobody may be rung for a caller who is not his any more."""
    scene = Scene(two_agents().policy, obedient=False)
    scene.login("anna")
    scene.arrive("c1")
    offer = scene.offer_of("anna")
    scene.logout("anna")
    [stop] = scene.commands(StopRing)
    assert stop.offers == (offer,)
    scene.post(ev.OfferRinging(offer, "node1/a.1", "PJSIP/1001-1"))
    assert scene.state("c1") != "talking"
    assert scene.commands(HangupLeg) == [] or scene.commands(HangupLeg)[0].channel == "PJSIP/1001-1"


def test_an_answer_in_the_instant_of_taking_back_wins_or_loses_but_never_drops_the_caller() -> None:
    scene = Scene(two_agents().policy, obedient=False)
    scene.login("anna", "ben")
    call = scene.arrive("c1")
    offer = scene.offer_of("anna")
    scene.rings("anna")
    scene.logout("anna")
    scene.post(ev.OfferAnswered(offer))  # the switch had connected them before it heard of the withdrawal
    scene.wait(20)
    scene.ringing.clear()
    scene.post(ev.LegDown(scene.legs[offer][0]))
    scene.post(ev.RingEnded(call, RingResult.ANSWERED, 20.0, True, offer))
    releases = scene.commands(Release)
    assert scene.state("c1") in ("waiting", "offered") or releases, "he talked, or he is served by somebody else"
    assert not scene.changes(Kind.BUG)


def test_of_a_ring_all_nobody_has_answered_whose_ring_had_been_taken_back() -> None:
    """ben logs out as he picks up, and our Hangup ends his leg at once: the others who rang have not talked either."""
    rules = Queue(strategy=Strategy.RING_ALL)
    scene = Scene(center({"sales": rules}, agents={"anna": member("sales"), "ben": member("sales")}), obedient=False)
    scene.login("anna", "ben")
    call = scene.arrive("c1")
    anna, ben = scene.rings("anna"), scene.rings("ben")
    offer = scene.offer_of("ben")
    scene.wait(1)
    scene.logout("ben")
    for event in (
        ev.OfferAnswered(offer),
        ev.OfferEnded(scene.offer_of("anna"), RingResult.CANCELLED),
        ev.LegDown(anna),
        ev.LegDown(ben),
    ):
        scene.post(event)
    scene.ringing.clear()
    scene.post(ev.RingEnded(call, RingResult.ANSWERED, 0.0, True, offer))
    assert scene.commands(Release) == [] and scene.outcomes("c1") == []
    assert scene.offered("anna") == "c1", "he is back in the line, and rung for again"


def test_who_talked_to_an_agent_whose_ring_had_been_taken_back_has_not_given_up() -> None:
    """Our Hangup came too late, AMI is away, and the caller is transferred or hangs up: only the ring tells it."""
    scene = Scene(two_agents().policy, obedient=False)
    scene.post(ev.NodeUp(NODE))
    scene.login("anna")
    call = scene.arrive("c1")
    offer = scene.offer_of("anna")
    scene.rings("anna")
    scene.logout("anna")
    scene.post(ev.NodeDown(NODE))
    scene.ringing.clear()
    scene.post(ev.RingEnded(call, RingResult.ANSWERED, 30.0, False, offer))
    scene.post(ev.SessionLost(call))
    assert (scene.outcomes("c1"), scene.state("c1")) == (["answered"], "aside")
    scene.wait(300)
    assert scene.outcomes("c1") == ["answered"] and not scene.center.contacts


def test_who_answered_a_ring_all_is_told_by_his_phone_where_nobody_saw_it() -> None:
    """FastAGI broke and AMI was away: the caller comes back from a talk, with the phone that had it."""
    rules = Queue(strategy=Strategy.RING_ALL)
    scene = Scene(center({"sales": rules}, agents={"anna": member("sales"), "ben": member("sales")}))
    scene.login("anna", "ben")
    call = scene.arrive("c1")
    for agent in ("anna", "ben"):
        scene.rings(agent)
    scene.post(ev.SessionLost(call))
    ticket = scene.ticket("c1")
    scene.arrive("c1", None, ticket=ticket, dial_status="ANSWER", answered_s=30.0, dialled_phone="PJSIP/1002")
    assert sorted(scene.offer_ends()) == [("anna", "lost"), ("ben", "accepted"), ("ben", "ended")]


def test_ring_timeouts_are_those_of_the_queue() -> None:
    from cti.model.commands import Ring

    scene = Scene(center({"sales": Queue(ring_timeout_s=7.5)}))
    scene.login("anna")
    scene.arrive("c1")
    [ring] = scene.commands(Ring)
    assert ring.ring_timeout_s == 7.5
    assert [leg.dial for leg in ring.legs] == ["PJSIP/1001"]
