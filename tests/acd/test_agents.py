"""What may agents ask for, and when does it take effect? Log-in, breaks, wrap-up that belongs to the person, phones."""

from __future__ import annotations

import pytest
from kit import Break, Queue, Scene, center, member

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.commands import HangupLeg, Release, StopRing
from cti.model.words import AgentAction, AgentId, AgentStatus, RefusedReason, RingResult

pytestmark = pytest.mark.unit

BUSY, REJECTED = RingResult.BUSY, RingResult.REJECTED
BOTH = {"sales": Queue(wrap_up_s=10), "support": Queue(wrap_up_s=30)}


def one_agent(**queues: Queue) -> Scene:
    return Scene(center(queues or dict(BOTH), agents={"anna": member(*(queues or BOTH)), "ben": member("sales")}))


def in_wrapup() -> Scene:
    """Anna has just ended a call of sales."""
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.talk("anna")
    return scene


def test_nobody_is_rung_before_login_or_after_logout() -> None:
    scene = one_agent()
    scene.arrive("c1")
    assert scene.rung() == []
    scene.login("anna")
    assert scene.rung() == [("c1", "anna")]
    scene.talk("anna")
    scene.wait(60)
    scene.logout("anna")
    scene.arrive("c2")
    assert len(scene.rung()) == 1


def test_status_changes_are_told_with_reason_and_person() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.post(ev.AgentRequest(AgentId("anna"), AgentAction.PAUSE, "lunch", by="supervisor"))
    scene.unpause("anna")
    scene.logout("anna")
    told = [(change.old, change.new, change.reason, change.by) for change in scene.changes(Kind.STATUS)]
    assert told[:2] == [
        ("logged_out", "available", None, "agent"),
        ("available", "on_break", "lunch", "supervisor"),
    ]
    assert [(old, new) for old, new, _, _ in told[2:]] == [("on_break", "available"), ("available", "logged_out")]


@pytest.mark.parametrize(
    ("before", "action", "reason", "refusal"),
    [
        ([], AgentAction.LOGOUT, "", RefusedReason.NOT_LOGGED_IN),
        ([], AgentAction.PAUSE, "lunch", RefusedReason.NOT_LOGGED_IN),
        ([], AgentAction.UNPAUSE, "", RefusedReason.NOT_LOGGED_IN),
        ([AgentAction.LOGIN], AgentAction.LOGIN, "", RefusedReason.ALREADY),
        ([AgentAction.LOGIN], AgentAction.UNPAUSE, "", RefusedReason.ALREADY),
        ([AgentAction.LOGIN], AgentAction.PAUSE, "siesta", RefusedReason.UNKNOWN_REASON),
        ([AgentAction.LOGIN], AgentAction.READY, "", RefusedReason.NOT_IN_WRAPUP),
    ],
)
def test_the_impossible_is_refused(
    before: list[AgentAction], action: AgentAction, reason: str, refusal: RefusedReason
) -> None:
    scene = one_agent()
    for step in before:
        assert scene.request("anna", step) is None
    told = len(scene.changes())
    refused = scene.request("anna", action, reason)
    assert refused is not None and refused.reason is refusal
    assert len(scene.changes()) == told, "a refusal changes nothing"


def test_an_unknown_agent_is_refused() -> None:
    refused = one_agent().request("zoe", AgentAction.LOGIN)
    assert refused is not None and refused.reason is RefusedReason.UNKNOWN_AGENT


def test_a_break_goes_by_name_or_by_the_digit_on_the_phone() -> None:
    scene = Scene(center(breaks={"lunch": Break(digit="2"), "training": Break(digit="3")}))
    scene.login("anna")
    scene.pause("anna", "2")
    assert scene.agent("anna").reason == "lunch"
    scene.pause("anna", "training")
    assert scene.agent("anna").reason == "training"


def test_who_is_on_a_break_gets_no_call_and_then_the_waiting_one() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.pause("anna")
    scene.arrive("c1")
    assert scene.rung() == []
    scene.unpause("anna")
    assert scene.rung() == [("c1", "anna")]


# --- wrap-up ----------------------------------------------------------------------------------------------------------


def test_wrap_up_holds_over_all_queues() -> None:
    scene = in_wrapup()
    assert str(scene.agent("anna").activity) == "wrapup"
    scene.arrive("c2", "support")
    scene.wait(9.9)
    assert len(scene.rung()) == 1
    scene.wait(0.2)
    assert scene.rung()[-1] == ("c2", "anna")


def test_the_wrap_up_is_that_of_the_calls_queue() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1", "support")
    scene.talk("anna")
    [change] = scene.changes(Kind.ACTIVITY, new="wrapup")
    assert change.until == pytest.approx(scene.now + 30)
    scene.wait(29.9)
    assert str(scene.agent("anna").activity) == "wrapup"
    scene.wait(0.2)
    assert str(scene.agent("anna").activity) == "idle"


def test_ready_ends_the_wrap_up() -> None:
    scene = in_wrapup()
    scene.arrive("c2", "support")
    scene.ready("anna")
    assert scene.rung()[-1] == ("c2", "anna")


def test_no_wrap_up_where_none_is_configured() -> None:
    scene = one_agent(sales=Queue())
    scene.login("anna")
    scene.arrive("c1")
    scene.wait(1)
    scene.arrive("c2")
    scene.talk("anna")
    assert scene.offered("anna") == "c2"
    assert not scene.changes(Kind.ACTIVITY, new="wrapup")


def test_nothing_makes_the_wrap_up_longer() -> None:
    scene = in_wrapup()
    until = scene.now + 10
    scene.wait(3)
    scene.request("anna", AgentAction.LOGIN)
    scene.post(ev.LegUp("node1/own", "PJSIP/1001"))
    scene.post(ev.LegDown("node1/own"))
    scene.arrive("c2", "support")
    scene.wait(until - scene.now - 0.01)
    assert str(scene.agent("anna").activity) == "wrapup"
    scene.wait(0.02)
    assert scene.offered("anna") == "c2"


def test_a_break_during_wrap_up_begins_after_it() -> None:
    scene = in_wrapup()
    scene.pause("anna", "lunch")
    scene.arrive("c2")
    scene.wait(11)
    assert str(scene.agent("anna").status) == "on_break"
    assert str(scene.agent("anna").activity) == "idle"
    assert len(scene.rung()) == 1


def test_a_break_asked_for_during_a_talk_begins_after_talk_and_wrap_up() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.pause("anna", "lunch")
    assert str(scene.agent("anna").status) == "available"
    scene.wait(20)
    scene.agent_hangs_up("anna")
    scene.wait(9)
    assert str(scene.agent("anna").status) == "available"
    scene.arrive("c2")
    scene.wait(2)
    assert (str(scene.agent("anna").status), scene.agent("anna").reason) == ("on_break", "lunch")
    assert len(scene.rung()) == 1, "no call slips in between"


def test_a_break_that_was_taken_back_during_the_talk_does_not_begin() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.pause("anna", "lunch")
    scene.request("anna", AgentAction.UNPAUSE)
    scene.agent_hangs_up("anna")
    scene.wait(30)
    assert str(scene.agent("anna").status) == "available"
    assert [(c.old, c.new) for c in scene.changes(Kind.PENDING)] == [("", "lunch"), ("lunch", "")]


def test_a_break_asked_for_while_it_rings_loses_nobody() -> None:
    scene = one_agent()
    scene.login("anna", "ben")
    scene.arrive("c1")
    [(_, rung)] = scene.rung()
    scene.rings(rung)
    scene.pause(rung)
    scene.wait(60)
    if scene.offered(rung) == "c1":
        scene.miss(rung)
    assert scene.state("c1") in ("waiting", "offered")
    scene.wait(60)
    assert str(scene.agent(rung).status) == "on_break"


# --- logging out ------------------------------------------------------------------------------------------------------


def test_logging_out_while_it_rings_gives_the_caller_to_the_next() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    since = scene.contact("c1").since
    scene.rings("anna")
    scene.wait(5)
    scene.login("ben")
    scene.logout("anna")
    assert scene.offer_ends() == [("anna", "withdrawn")]
    assert len(scene.commands(StopRing)) == 1
    assert scene.offered("ben") == "c1"
    assert scene.contact("c1").since == since
    assert scene.agent("anna").missed == 0
    assert str(scene.agent("anna").status) == "logged_out"


def test_logging_out_during_a_talk_leaves_the_talk_alone() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.logout("anna")
    assert scene.state("c1") == "talking"
    assert not scene.commands(Release) and not scene.commands(HangupLeg)
    scene.wait(60)
    scene.arrive("c2")
    scene.agent_hangs_up("anna")
    scene.wait(60)
    assert str(scene.agent("anna").status) == "logged_out"
    assert scene.rung() == [("c1", "anna")]


def test_logging_out_and_in_does_not_shorten_the_wrap_up() -> None:
    scene = in_wrapup()
    scene.logout("anna")
    scene.wait(1)
    scene.login("anna")
    scene.arrive("c2")
    scene.wait(8)
    assert len(scene.rung()) == 1
    scene.wait(2)
    assert scene.offered("anna") == "c2"


# --- phones -----------------------------------------------------------------------------------------------------------


def test_an_engaged_phone_is_not_rung() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.post(ev.LegUp("node1/own", "PJSIP/1001"))
    scene.arrive("c1")
    assert scene.rung() == []
    scene.post(ev.LegDown("node1/own"))
    assert scene.rung() == [("c1", "anna")]
    assert [(change.old, change.new) for change in scene.changes(Kind.PHONE)] == [
        ("free", "engaged"),
        ("engaged", "free"),
    ]


@pytest.mark.parametrize(("result", "rests"), [(BUSY, False), (REJECTED, True)])
def test_the_end_of_the_call_that_made_his_phone_busy_ends_the_rest(result: RingResult, rests: bool) -> None:
    """His own call was seen after the ring had reached the phone: when it is over he is free, and is told to be."""
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    ring = scene.rings("anna")
    scene.post(ev.LegUp("node1/own", "PJSIP/1001"))
    scene.fail("anna", result)
    assert scene.agent("anna").legs == {"node1/own"} and ring not in scene.agent("anna").legs
    scene.wait(1)
    scene.arrive("c2")
    scene.post(ev.LegDown("node1/own"))
    assert len(scene.rung()) == (1 if rests else 2)
    [free] = scene.changes(Kind.PHONE, new="free")
    assert free.until == (scene.now - 1 + scene.policy.missed_offers.rest_after_busy_s if rests else None)


def test_the_end_of_the_busy_ring_itself_ends_no_rest() -> None:
    """Else a phone that is busy with what we do not see would be rung again and again, without a pause."""
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.rings("anna")
    scene.fail("anna", BUSY)
    assert not scene.agent("anna").legs
    scene.wait(4.9)
    assert len(scene.rung()) == 1
    scene.wait(0.2)
    assert len(scene.rung()) == 2


def test_our_own_ring_is_no_engagement() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.talk("anna")
    assert not scene.changes(Kind.PHONE, new="engaged")


def test_hold_is_an_activity_of_the_talk() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    leg = scene.rings("anna")
    scene.answer("anna")
    scene.post(ev.LegHeld(leg, True))
    assert str(scene.agent("anna").activity) == "hold"
    scene.post(ev.LegHeld(leg, True))
    scene.post(ev.LegHeld(leg, False))
    assert str(scene.agent("anna").activity) == "talking"
    scene.post(ev.LegHeld(leg, True))
    scene.agent_hangs_up("anna")
    assert str(scene.agent("anna").activity) == "wrapup"


def test_the_phone_of_the_callers_node_is_rung() -> None:
    from cti.model.commands import Ring
    from cti.model.policy import Agent, Membership
    from cti.model.words import CallId, NodeId

    anna = Agent(phone="PJSIP/1001", phones={"node2": "PJSIP/1001-b"}, queues={"sales": Membership()})
    scene = Scene(center(agents={"anna": anna.model_dump()}))
    scene.login("anna")
    scene.post(ev.CallArrived(CallId("node2/c1"), NodeId("node2"), "PJSIP/trunk-1", "6001"))
    [ring] = scene.commands(Ring)
    assert [leg.dial for leg in ring.legs] == ["PJSIP/1001-b"]


def test_what_the_store_remembers_is_restored() -> None:
    scene = one_agent()
    scene.post(ev.AgentRestored(AgentId("anna"), AgentStatus.ON_BREAK, "lunch", scene.now - 500))
    scene.post(ev.AgentRestored(AgentId("ben"), AgentStatus.AVAILABLE, "", scene.now - 100))
    scene.post(ev.AgentRestored(AgentId("zoe"), AgentStatus.AVAILABLE, "", scene.now - 100))  # no longer configured
    assert (str(scene.agent("anna").status), scene.agent("anna").reason) == ("on_break", "lunch")
    scene.arrive("c1")
    assert scene.rung() == [("c1", "ben")]


def test_an_agent_may_start_available() -> None:
    scene = Scene(center(agents={"anna": member("sales", starts="available")}))
    scene.arrive("c1")
    assert scene.rung() == [("c1", "anna")]


def test_a_wrap_up_may_be_given_its_length_once_more() -> None:
    scene = Scene(center({"sales": Queue(wrap_up_s=30)}, agents={"anna": member("sales")}))
    scene.login("anna")
    refused = scene.request("anna", AgentAction.EXTEND)
    assert refused is not None and refused.reason is RefusedReason.NOT_IN_WRAPUP
    scene.arrive("c1")
    scene.talk("anna")
    scene.wait(20)
    assert scene.request("anna", AgentAction.EXTEND) is None
    assert scene.changes(Kind.ACTIVITY, agent="anna")[-1].until == scene.now + 30
    scene.wait(29)
    assert str(scene.agent("anna").activity) == "wrapup"
    scene.wait(2)
    assert str(scene.agent("anna").activity) == "idle"
