"""Does a caller who comes back after a death or a broken session stand where he stood?"""

from __future__ import annotations

import pytest
from kit import NODE, Exit, Queue, Scene, call_id, center, member

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.commands import Release
from cti.model.words import AgentId, QueueName, RingResult

from .stories import one_agent, ticket

pytestmark = pytest.mark.unit


def test_who_comes_back_after_a_death_keeps_his_place() -> None:
    scene = one_agent()
    scene.arrive("c9")
    scene.wait(1)
    old = ticket("c1", 120, scene, head_start_s=7.0, tried={AgentId("anna"): scene.now + 30}, original_position=4)
    scene.arrive("c1", ticket=old)
    contact = scene.contact("c1")
    assert (contact.since, contact.entered_at, contact.head_start_s) == (old.since, old.since, 7.0)
    last = scene.changes(Kind.CONTACT, id=call_id("c1"))[-1]
    assert (last.new, last.cause) == ("waiting", "resumed")
    [visit] = scene.changes(Kind.VISIT, contact=call_id("c1"))
    assert (visit.old, visit.new, visit.cause, visit.original_position) == ("", "waiting", "resumed", 4)
    scene.login("anna")
    assert scene.offered("anna") == "c9", "anna was tried for c1"
    scene.login("ben")
    assert scene.offered("ben") == "c1"


def test_who_has_hung_up_does_not_come_again_because_his_coming_is_told_late() -> None:
    scene = one_agent()
    call = scene.arrive("c1")
    old = scene.ticket("c1")
    scene.post(ev.SessionLost(call))
    scene.caller_hangs_up("c1")
    assert scene.outcomes("c1") == ["abandoned"]
    scene.arrive("c1", ticket=old)
    assert not scene.center.contacts and scene.outcomes("c1") == ["abandoned"]
    assert scene.commands(Release, "c1"), "should he live all the same, the dialplan has him"


def test_who_was_let_go_and_hangs_up_does_not_come_again_because_his_coming_is_told_late() -> None:
    """His session broke as he was let go: the dialplan brought him back, and he hung up before we heard of either."""
    scene = one_agent(max_wait_s=60, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    call = scene.arrive("c1")
    old = scene.ticket("c1")
    scene.wait(60)
    assert scene.outcomes("c1") == ["timed_out"]
    scene.post(ev.SessionLost(call))
    scene.caller_hangs_up("c1")
    scene.arrive("c1", ticket=old)
    assert not scene.center.contacts and scene.outcomes("c1") == ["timed_out"]


@pytest.mark.parametrize("ends_first", [False, True])
def test_who_was_missed_by_a_look_does_not_come_again_because_his_coming_is_told_late(ends_first: bool) -> None:
    """AMI was away when he hung up; his session broke, and FastAGI is slow."""
    scene = one_agent(max_wait_s=60, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    scene.post(ev.NodeUp(NODE))
    call = scene.arrive("c1")
    old = scene.ticket("c1")
    scene.wait(60 if ends_first else 1)
    scene.post(ev.SessionLost(call))
    scene.wait(1)
    scene.post(ev.NodeChecked(NODE, ()))
    scene.arrive("c1", ticket=old)
    assert not scene.center.contacts and scene.outcomes("c1") == ["timed_out" if ends_first else "abandoned"]


def test_the_wait_of_a_resumed_visit_counts_from_its_beginning() -> None:
    scene = one_agent()
    scene.arrive("c1", ticket=ticket("c1", 120, scene))
    scene.wait(5)
    scene.caller_hangs_up("c1")
    [visit] = scene.changes(Kind.VISIT, new="abandoned")
    assert visit.wait_s == pytest.approx(125)


def test_the_longest_wait_counts_over_a_death() -> None:
    scene = one_agent(max_wait_s=180, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    scene.arrive("c1", ticket=ticket("c1", 120, scene))
    scene.wait(59)
    assert scene.state("c1") == "waiting"
    scene.wait(2)
    assert scene.outcomes("c1") == ["timed_out"]


def test_tickets_survive_a_second_death() -> None:
    scene = one_agent()
    scene.arrive("c1")
    scene.login("anna")
    scene.miss("anna")
    carried = scene.ticket("c1")
    for _ in range(3):
        scene = Scene(scene.policy)
        scene.now = carried.since + 100
        scene.arrive("c1", ticket=carried)
        assert scene.ticket("c1").since == carried.since
        assert scene.ticket("c1").tried.keys() <= carried.tried.keys()


def test_a_ticket_for_a_queue_that_is_no_more_does_not_cost_the_caller() -> None:
    scene = one_agent()
    scene.arrive("c1", ticket=ticket("c1", 120, scene, queue=QueueName("closed-down")))
    assert scene.contact("c1").queue == "sales"


def test_a_ticket_from_the_future_does_not_break_the_order() -> None:
    scene = one_agent()
    scene.arrive("c1", ticket=ticket("c1", -1e9, scene))
    assert scene.contact("c1").since <= scene.now
    assert not scene.changes(Kind.BUG)


def test_a_session_that_breaks_alone_comes_back_to_its_place() -> None:
    """No Hangup: the dialplan brings the call back. Meanwhile nobody is rung for it."""
    scene = one_agent()
    call = scene.arrive("c1")
    scene.wait(10)
    carried = scene.ticket("c1")
    scene.post(ev.SessionLost(call))
    assert scene.state("c1") == "aside"
    scene.login("anna")
    assert scene.rung() == []
    assert scene.outcomes("c1") == []
    scene.wait(0.5)
    scene.arrive("c1", ticket=carried)
    assert scene.offered("anna") == "c1"
    assert scene.contact("c1").since == carried.since
    assert len([v for v in scene.changes(Kind.VISIT) if v.new == "waiting"]) == 1, "the visit went on"


def test_a_session_that_breaks_alone_keeps_its_longest_wait() -> None:
    scene = one_agent(max_wait_s=60, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    call = scene.arrive("c1")
    scene.wait(10)
    carried = scene.ticket("c1")
    scene.post(ev.SessionLost(call))
    scene.wait(0.5)
    scene.arrive("c1", ticket=carried)
    scene.wait(60)
    assert scene.outcomes("c1") == ["timed_out"]


def test_a_session_that_breaks_during_the_ring_loses_nothing() -> None:
    scene = one_agent(max_wait_s=60, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    scene.login("anna")
    call = scene.arrive("c1")
    carried = scene.ticket("c1")
    scene.rings("anna")
    scene.wait(5)
    scene.ringing.clear()
    scene.post(ev.SessionLost(call))  # Dial goes on in Asterisk, and fails there
    scene.post(ev.OfferEnded(scene.offer_of("anna"), RingResult.NO_ANSWER))
    scene.wait(15)
    scene.arrive("c1", ticket=carried, dial_status="NOANSWER")
    assert scene.contact("c1").since == carried.since
    assert scene.outcomes("c1") == []
    scene.wait(60)
    assert scene.outcomes("c1") == ["timed_out"]


def test_a_session_that_breaks_before_the_hangup_is_one_abandon() -> None:
    scene = one_agent()
    call = scene.arrive("c1")
    scene.wait(10)
    scene.post(ev.SessionLost(call))
    scene.wait(0.01)
    scene.post(ev.CallGone(call))
    assert scene.outcomes("c1") == ["abandoned"]
    assert not scene.center.contacts


def test_a_talk_that_ended_while_the_engine_was_dead_is_over() -> None:
    """Same entry, ANSWER by the last Dial, and a ticket: he was served; he is not put back into the line."""
    scene = one_agent()
    old = ticket("c1", 200, scene)
    scene.login("anna")
    scene.arrive("c1", ticket=old, dial_status="ANSWER", answered_s=90.0)
    assert scene.rung() == []
    assert len(scene.commands(Release, "c1")) == 1


def test_a_ring_that_failed_while_the_engine_was_dead_leaves_the_place() -> None:
    for status in ("NOANSWER", "BUSY", "CHANUNAVAIL", "CONGESTION", "CANCEL"):
        scene = one_agent()
        scene.arrive("c1", ticket=ticket("c1", 200, scene), dial_status=status)
        assert scene.state("c1") == "waiting"
        assert scene.contact("c1").since == scene.now - 200


def test_a_queue_that_is_gone_over_a_restart_costs_nobody_his_wait() -> None:
    before = Scene(center({"old": Queue(), "sales": Queue(tier=3)}, agents={"anna": member("sales")}))
    before.arrive("c1", "old", dialled="6001")
    ticket = before.ticket("c1")
    after = Scene(center({"sales": Queue(tier=3)}, agents={"anna": member("sales")}))
    after.wait(300)
    after.arrive("c1", None, dialled="6001", ticket=ticket)
    contact = after.contact("c1")
    assert (contact.queue, contact.since, contact.tier) == ("sales", ticket.since, 3)


def test_a_queue_that_is_gone_and_a_number_that_says_nothing_leads_to_the_fallback() -> None:
    before = Scene(center({"old": Queue(), "sales": Queue()}, agents={"anna": member("sales")}))
    before.arrive("c1", "old", dialled="6009")
    after = Scene(center({"sales": Queue()}, agents={"anna": member("sales")}))
    after.arrive("c1", None, dialled="6009", ticket=before.ticket("c1"))
    [release] = after.commands(Release, "c1")
    assert release.goto.startswith("cti-fallback,")


def test_another_tier_holds_for_those_who_come_back() -> None:
    before = Scene(center({"sales": Queue(tier=5)}))
    before.arrive("c1", "sales")
    after = Scene(center({"sales": Queue(tier=1)}))
    after.arrive("c1", "sales", ticket=before.ticket("c1"))
    assert after.contact("c1").tier == 1
