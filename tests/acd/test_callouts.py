"""How does a customer whom we shall call wait, and how is an agent kept for him?"""

from __future__ import annotations

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.words import AgentAction, DialFirst, DialResult, NodeId, RingResult
from tests.calling_scene import AGENT, NUMBER, CallingScene, office
from tests.kit import Queue, center, member

pytestmark = pytest.mark.unit


def test_an_agent_is_kept_and_the_customer_is_called() -> None:
    scene = CallingScene()
    scene.due(since=scene.now - 600, caller_id="+4930999", ring_timeout_s=25.0)
    assert scene.stands() == "dialling"
    assert scene.agent("anna").activity == "dialling"
    (placed,) = scene.commands(do.PlaceCall)
    assert (placed.attempt, placed.node, placed.number, placed.caller_id, placed.ring_timeout_s) == (
        "x1",
        "node1",
        NUMBER,
        "+4930999",
        25.0,
    )
    assert placed.ticket.since == scene.now - 600
    assert placed.ticket.queue == "sales"
    assert not scene.commands(do.Ring)


def test_a_call_out_stands_in_the_line_with_its_since() -> None:
    scene = CallingScene(office("anna"))
    scene.pause("anna")
    scene.arrive("c1")
    scene.wait(10)
    scene.due(since=scene.now - 600)
    scene.unpause("anna")
    assert scene.placed() == ["x1"], "the customer has waited for ten minutes"
    assert scene.state("c1") == "waiting"


def test_inbound_callers_who_have_waited_longer_go_first() -> None:
    scene = CallingScene(office("anna"))
    scene.pause("anna")
    scene.arrive("c1")
    scene.wait(10)
    scene.due()
    scene.unpause("anna")
    assert scene.offered("anna") == "c1"
    assert scene.stands() == "waiting"


def test_the_agent_first() -> None:
    scene = CallingScene()
    scene.due(first=AGENT, show="Callback")
    assert (scene.stands(), scene.agent("anna").activity) == ("offered", "ringing")
    (ring,) = scene.commands(do.RingAgent)
    assert (ring.node, ring.leg.dial, ring.show) == ("node1", "PJSIP/1001", "Callback")
    assert not scene.placed()
    scene.agent_waits("anna")
    assert (scene.stands(), scene.agent("anna").activity) == ("dialling", "dialling")
    assert scene.placed() == ["x1"]


def test_a_phone_is_asked_to_answer_by_itself_for_a_campaign_and_for_its_agent() -> None:
    scene = CallingScene()
    scene.due(first=AGENT, auto_answer=True)
    assert [ring.auto_answer for ring in scene.commands(do.RingAgent)] == [True]
    scene = CallingScene()
    scene.due(first=AGENT)
    assert [ring.auto_answer for ring in scene.commands(do.RingAgent)] == [False]
    scene = CallingScene(center(agents={"anna": member("sales", starts="available") | {"auto_answer": True}}))
    scene.due(first=AGENT)
    assert [ring.auto_answer for ring in scene.commands(do.RingAgent)] == [True]


def test_an_agent_who_does_not_answer_costs_the_customer_no_ring() -> None:
    scene = CallingScene(office("anna", "ben"))
    scene.due(first=AGENT)
    scene.agent_does_not_wait("anna", RingResult.NO_ANSWER)
    assert scene.agent("anna").missed == 1
    assert scene.agent("ben").activity == "ringing"
    scene.agent_waits("ben")
    assert scene.placed() == ["x1"], "the attempt was not used up"


def test_no_word_of_the_agent_s_ring_ends_it() -> None:
    scene = CallingScene()
    scene.due(first=AGENT)
    scene.wait(60)
    assert scene.changes(Kind.REPAIR, new="ring_lost")
    assert scene.commands(do.DismissAgent)


def test_who_hangs_up_while_he_waits_lets_the_call_be_taken_back() -> None:
    scene = CallingScene(office("anna", "ben"), obedient=False)
    scene.due(first=AGENT)
    scene.agent_waits("anna")
    scene.waiting_agent_hangs_up("anna")
    assert [each.attempt for each in scene.commands(do.CancelCall)] == ["x1"]
    assert scene.agent("anna").activity == "idle"
    assert scene.stands() == "waiting"
    assert scene.agent("ben").activity == "idle", "nobody is rung while the customer's phone may still ring"
    scene.fails("x1", DialResult.CANCELLED)
    assert scene.agent("ben").activity == "ringing"
    scene.agent_waits("ben")
    assert scene.placed() == ["x1", "x1.2"], "one id is never sent twice"
    assert scene.story("x1") == ["placed", "cancelled"]


def test_who_hung_up_is_not_asked_for_the_same_customer_at_once() -> None:
    scene = CallingScene()
    scene.due(first=AGENT)
    scene.agent_waits("anna")
    scene.waiting_agent_hangs_up("anna")
    scene.wait(59)
    assert scene.stands() == "waiting"
    scene.wait(2)
    assert scene.stands() == "offered"


@pytest.mark.parametrize("first", list(DialFirst))
def test_a_log_out_takes_the_call_back(first: DialFirst) -> None:
    scene = CallingScene()
    scene.due(first=first)
    if first is AGENT:
        scene.agent_waits("anna")
    scene.logout("anna")
    assert scene.stands() == "waiting"
    assert scene.story() == ["placed", "cancelled"]
    assert len(scene.commands(do.DismissAgent)) == (first is AGENT)
    assert scene.agent("anna").activity == "idle"


def test_a_break_begins_after_the_attempt() -> None:
    scene = CallingScene()
    scene.due()
    assert scene.request("anna", AgentAction.PAUSE) is None
    assert scene.agent("anna").status == "available"
    scene.fails()
    assert scene.agent("anna").status == "on_break"


def test_nobody_is_kept_while_no_node_is_up() -> None:
    scene = CallingScene(nodes=())
    scene.due()
    assert scene.stands() == "waiting"
    assert not scene.placed()
    scene.post(ev.NodeUp(NodeId("node1")))
    assert scene.placed() == ["x1"]


def test_a_node_that_is_lost_gets_no_new_attempt() -> None:
    scene = CallingScene(nodes=("node1", "node2"))
    scene.post(ev.NodeDown(NodeId("node1")))
    scene.due()
    assert scene.commands(do.PlaceCall)[0].node == "node2"


def test_attempts_are_spread_over_the_nodes() -> None:
    scene = CallingScene(office("anna", "ben", "carl"), nodes=("node1", "node2"))
    for nth in range(3):
        scene.due(f"x{nth}", number=f"+4930123450{nth}")
    assert [each.node for each in scene.commands(do.PlaceCall)] == ["node1", "node2", "node1"]


def test_without_an_agent_the_customer_is_called_at_once() -> None:
    scene = CallingScene()
    scene.due(reserve=False)
    assert scene.stands() == "dialling"
    assert scene.agent("anna").activity == "idle"
    assert scene.placed() == ["x1"]
    assert not scene.changes(Kind.VISIT)


def test_without_a_node_nobody_is_called_who_needs_no_agent() -> None:
    scene = CallingScene(nodes=())
    scene.due(reserve=False)
    assert scene.stands() == "ended"
    assert scene.story() == ["not_dialled"]
    assert not scene.placed()


def test_never_two_calls_to_one_number() -> None:
    scene = CallingScene(office("anna", "ben"))
    scene.due("x1")
    scene.due("x2")
    scene.due("x3", reserve=False, number="0049 30 1234567")
    assert scene.placed() == ["x1"]
    assert scene.story("x3") == ["not_dialled"]
    assert scene.stands("x2") == "waiting"
    scene.fails("x1")
    assert scene.placed() == ["x1", "x2"]


def test_the_same_call_out_again_is_ignored() -> None:
    scene = CallingScene()
    scene.due()
    scene.due()
    assert scene.placed() == ["x1"]
    assert scene.changes(Kind.LATE)


def test_a_queue_that_does_not_exist() -> None:
    scene = CallingScene()
    scene.due(queue="nowhere")
    assert scene.story() == ["not_dialled"]
    assert scene.changes(Kind.REPAIR, new="no_queue")


def test_a_supervisor_takes_the_wish_back() -> None:
    scene = CallingScene()
    scene.due()
    assert scene.supervise(scene.wish().id, "withdraw") is None
    assert scene.stands() == "ended"
    assert scene.ends() == ["withdrawn"]
    assert scene.story() == ["placed", "cancelled"]
    assert scene.agent("anna").activity == "idle"


def test_a_customer_who_is_being_called_is_not_moved() -> None:
    scene = CallingScene(office("anna", sales=Queue(), service=Queue()))
    scene.due()
    refused = scene.supervise(scene.wish().id, "move", queue="service")
    assert refused is not None
    assert refused.reason == "not_waiting"


def test_one_that_waits_is_moved_and_given_seconds() -> None:
    scene = CallingScene(office("anna", sales=Queue(), service=Queue()))
    scene.pause("anna")
    contact = scene.due()
    assert scene.supervise(contact, "prioritise", seconds=30.0) is None
    assert scene.wish().head_start_s == 30.0
    assert scene.supervise(contact, "move", queue="service") is None
    assert scene.wish().queue == "service"
    assert scene.ends() == ["moved"]
    assert not scene.commands(do.SaveTicket)


def test_who_sits_at_home_is_turned_away_by_no_full_line_and_no_maximum_wait() -> None:
    scene = CallingScene(office("anna", sales=Queue(max_waiting=1, max_wait_s=30)))
    scene.pause("anna")
    scene.due("x1")
    scene.due("x2", number="+49301111111")
    scene.arrive("c1")
    scene.wait(31)
    assert (scene.stands("x1"), scene.stands("x2")) == ("waiting", "waiting")
    assert scene.outcomes("c1") == ["timed_out"], "the call-outs have not taken the one place in the line"


def test_a_blended_queue_keeps_call_outs_back() -> None:
    rules = Queue.model_validate({"blending": {"begins": {"free_at_least": 2}, "ends": {"free_below": 2}}})
    scene = CallingScene(office("anna", "ben", sales=Queue(), out=rules))
    scene.pause("ben")
    scene.due(queue="out")
    assert not scene.placed()
    scene.unpause("ben")
    assert scene.placed() == ["x1"]


def test_a_ring_whose_leg_ends_without_a_word_is_over_a_moment_later() -> None:
    scene = CallingScene(office("anna", "ben"))
    scene.due(first=AGENT)
    leg = scene.rings("anna")
    scene.post(ev.LegDown(leg))
    scene.wait(0.9)
    assert len(scene.commands(do.RingAgent)) == 1, "the word of why may be on its way"
    scene.wait(0.2)
    assert len(scene.commands(do.RingAgent)) == 2 and scene.stands() == "offered", "he is tried again"
