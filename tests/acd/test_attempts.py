"""How does an attempt to reach a customer live, and what do snapshots say of it?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, ContactAction, ContactId, DialResult, NodeId, QueueName
from tests.calling_scene import NUMBER, CallingScene, office
from tests.kit import Queue, center, member

pytestmark = pytest.mark.unit

NODE1 = NodeId("node1")


def channel(scene: CallingScene, contact: str = "out-x1", *, ours: bool = False) -> ev.SnapshotLeg:
    ticket = Ticket(ContactId(contact), QueueName("sales"), scene.now - 600, scene.now, queued=True)
    return ev.SnapshotLeg("node1/cti-x1", "PJSIP/trunk-1", "PJSIP/trunk", ours=ours, ticket=ticket)


def test_each_attempt_is_told_once() -> None:
    scene = CallingScene()
    scene.due()
    scene.picks_up()
    scene.picks_up()
    scene.connects()
    scene.fails()
    assert scene.story() == ["placed", "answered", "human"]
    placed, _, _ = scene.changes(Kind.ATTEMPT)
    assert (placed.contact, placed.queue, placed.node, placed.agent, placed.call) == (
        "out-x1",
        "sales",
        "node1",
        "anna",
        "node1/cti-x1",
    )
    assert placed.caller is None, "no number in it"


def test_an_attempt_stays_in_the_air_while_its_node_is_lost() -> None:
    scene = CallingScene()
    scene.due(ring_timeout_s=30.0)
    scene.post(ev.NodeDown(NODE1))
    scene.wait(20)
    assert scene.stands() == "dialling"
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    assert scene.stands() == "dialling"
    scene.connects()
    assert scene.stands() == "offered"


def test_a_snapshot_without_its_channel_ends_it() -> None:
    scene = CallingScene()
    scene.due(ring_timeout_s=30.0)
    scene.wait(20)
    scene.post(ev.NodeChecked(NODE1, ()))
    assert scene.story() == ["placed", "unknown"]
    assert scene.ends() == ["not_reached"]
    assert len(scene.commands(do.CancelCall)) == 1, "on its way into a slow store it must not ring later"


def test_a_snapshot_may_be_too_early_to_show_it() -> None:
    scene = CallingScene()
    scene.due()
    scene.wait(1)
    scene.post(ev.NodeChecked(NODE1, ()))
    assert scene.stands() == "dialling"


def test_a_lost_node_s_attempt_is_given_up_after_its_ring_time_out() -> None:
    scene = CallingScene()
    scene.due(ring_timeout_s=30.0)
    scene.post(ev.NodeDown(NODE1))
    scene.wait(41)
    assert scene.story() == ["placed", "unknown"]


def test_what_another_process_has_placed_is_not_called_again() -> None:
    scene = CallingScene(nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    assert scene.changes(Kind.REPAIR, new="attempt_found")
    scene.due("x2", contact="out-x1", number=NUMBER)
    assert scene.stands("x1") == "waiting"
    assert not scene.placed()
    scene.post(ev.AttemptEnded(AttemptId("x1"), DialResult.NO_ANSWER))
    assert scene.placed() == ["x2"]


def test_nor_is_it_where_nobody_is_kept_for_the_customer() -> None:
    """A dialler's call, which is begun at once: it is told that it was not, and asks again."""
    scene = CallingScene(nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    scene.due("x2", contact="out-x1", number=NUMBER, reserve=False)
    assert not scene.placed() and scene.story("x2") == ["not_dialled"]
    scene.post(ev.AttemptEnded(AttemptId("x1"), DialResult.NO_ANSWER))
    scene.due("x3", contact="out-x1", number=NUMBER, reserve=False)
    assert scene.placed() == ["x3"]


def test_a_found_attempt_that_is_answered_brings_its_customer() -> None:
    scene = CallingScene(nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    scene.due("x2", contact="out-x1", number=NUMBER)
    scene.connects("x1", ticket=channel(scene).ticket)
    assert not scene.placed()
    assert scene.stands("x1") == "offered", "he waits in the line, and anna is free"
    assert scene.story("x1") == ["placed", "answered", "human"]


def test_a_found_attempt_that_is_gone_is_unknown() -> None:
    scene = CallingScene(nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    scene.wait(30)
    scene.post(ev.NodeChecked(NODE1, ()))
    assert scene.story() == ["placed", "unknown"]


def test_a_channel_that_outlives_its_attempt_is_not_found_anew() -> None:
    scene = CallingScene()
    scene.due()
    scene.fails()
    scene.post(ev.NodeChecked(NODE1, (channel(scene),)))
    assert scene.story() == ["placed", "no_answer"]


def test_a_customer_of_an_earlier_process_who_talks_is_not_called_again() -> None:
    scene = CallingScene(nodes=())
    in_a_ring = channel(scene, ours=True)
    scene.post(ev.NodeUp(NODE1, (in_a_ring,)))
    scene.due("x2", contact="out-x1")
    scene.wait(200)
    assert not scene.placed(), "he may be talking for long"
    talks = msgspec.structs.replace(in_a_ring, bridge="b1")
    agent = ev.SnapshotLeg("node1/a.9", "PJSIP/1001-9", "PJSIP/1001", bridge="b1")
    scene.post(ev.NodeChecked(NODE1, (talks, agent)))
    assert scene.stands("x1") == "talking"
    assert scene.agent("anna").activity == "talking"
    assert scene.story("x1") == ["placed", "answered", "human"]
    assert not scene.placed()


def test_a_found_attempt_whose_customer_has_called_himself_is_taken_back() -> None:
    scene = CallingScene(nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    scene.arrive("c1", caller=NUMBER)
    scene.due("x2", contact="out-x1")
    assert scene.stands("x1") == "ended", "merged into his call"
    assert [each.attempt for each in scene.commands(do.CancelCall)] == ["x1"]


def test_who_answers_it_before_it_stops_is_not_a_second_contact() -> None:
    scene = CallingScene(nodes=(), obedient=False)
    scene.arrive("c1", caller=NUMBER)
    scene.due("x2", contact="out-x1")
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    assert scene.commands(do.CancelCall), "found too late, and taken back at once"
    call = scene.connects("x1", ticket=channel(scene).ticket)
    assert scene.commands(do.Release)[-1].call == call
    assert scene.ends("x1") == ["merged"]


def test_nobody_hangs_up_on_a_talk_that_an_earlier_process_has_begun() -> None:
    scene = CallingScene(nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    scene.due("x2", contact="out-x1")
    talks = msgspec.structs.replace(channel(scene, ours=True), bridge="b1")
    scene.post(ev.NodeChecked(NODE1, (talks, ev.SnapshotLeg("node1/a.9", "PJSIP/1001-9", "PJSIP/1001", bridge="b1"))))
    assert scene.stands("x1") == "talking"
    assert not scene.commands(do.CancelCall)


# --- who was found ringing has a place ---------------------------------------------------------------------------


def found_ringing(*agents: str, **queues: Any) -> CallingScene:
    """A new engine: out-x1, who waits since 600 s, is found ringing; nobody is kept for him any more."""
    scene = CallingScene(office(*agents, **queues), nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    return scene


def test_later_call_outs_wait_while_one_is_found_ringing() -> None:
    scene = found_ringing("anna", "ben")
    scene.due("x3", number="+4930333", since=scene.now - 500)
    scene.due("x4", number="+4930444", since=scene.now - 400)
    assert scene.stands("x3") == scene.stands("x4") == "waiting"
    assert not scene.placed(), "anna and ben are free for him who may answer any moment"
    scene.connects("x1", ticket=channel(scene).ticket)
    assert scene.stands("x1") == "offered"
    assert scene.placed() == ["x3"], "the other one's turn is next"


def test_who_stood_in_the_line_before_it_was_found_waits_too() -> None:
    scene = CallingScene(office("anna"), nodes=())
    scene.due("x3", number="+4930333", since=scene.now - 500)
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    assert not scene.placed()


def test_they_go_on_when_nobody_has_answered_it() -> None:
    scene = found_ringing("anna")
    scene.due("x3", number="+4930333", since=scene.now - 500)
    scene.fails("x1", DialResult.NO_ANSWER)
    assert scene.placed() == ["x3"]


def test_who_waits_longer_than_the_one_who_was_found_is_called() -> None:
    scene = found_ringing("anna")
    scene.due("x3", number="+4930333", since=scene.now - 700)
    assert scene.placed() == ["x3"]


def test_a_call_out_that_becomes_more_urgent_than_the_one_who_was_found_is_called() -> None:
    scene = found_ringing("anna")
    contact = scene.due("x3", number="+4930333", since=scene.now - 500)
    scene.post(ev.ContactRequest(contact, ContactAction.PRIORITISE, by="boss", seconds=200.0))
    assert scene.placed() == ["x3"]


def test_callers_do_not_wait_for_one_who_was_found() -> None:
    scene = found_ringing("anna")
    scene.arrive("c1")
    assert scene.offered("anna") == "c1"


def test_call_outs_of_a_queue_with_other_agents_do_not_wait() -> None:
    agents = {"anna": member("sales", starts="available"), "ben": member("service", starts="available")}
    agents["cleo"] = member("sales", "billing")  # whom both could need, when she is there
    queues = {"sales": Queue(), "service": Queue(), "billing": Queue()}
    scene = CallingScene(center(queues, agents=agents), nodes=())
    scene.post(ev.NodeUp(NODE1, (channel(scene),)))
    scene.due("x3", "service", number="+4930333")
    assert scene.placed() == ["x3"]
    scene.due("x4", "billing", number="+4930444")
    scene.login("cleo")
    assert scene.placed() == ["x3"]


def test_nobody_waits_for_long_where_nothing_is_heard_of_it() -> None:
    scene = found_ringing("anna")
    scene.due("x3", number="+4930333", since=scene.now - 500)
    scene.post(ev.NodeDown(NODE1))
    scene.post(ev.NodeUp(NodeId("node2")))
    scene.wait(149)
    assert not scene.placed()
    scene.wait(2)
    assert scene.placed() == ["x3"]


def test_nobody_waits_for_long_for_one_who_has_answered_and_does_not_come() -> None:
    scene = found_ringing("anna")
    scene.due("x3", number="+4930333", since=scene.now - 500)
    scene.picks_up("x1")
    assert not scene.placed(), "he is on his way to us"
    scene.wait(21)
    assert scene.placed() == ["x3"]


def test_nobody_waits_for_one_for_whom_no_agent_had_been_kept() -> None:
    scene = CallingScene(office("anna"), nodes=())
    ticket = Ticket(ContactId("out-x1"), QueueName("sales"), scene.now - 600, scene.now)
    scene.post(ev.NodeUp(NODE1, (msgspec.structs.replace(channel(scene), ticket=ticket),)))
    scene.due("x3", number="+4930333", since=scene.now - 500)
    assert scene.placed() == ["x3"]


def test_new_rules_decide_anew_who_is_before_the_one_who_was_found() -> None:
    queues = {"sales": Queue(), "billing": Queue()}
    scene = found_ringing("anna", **queues)
    scene.due("x3", "billing", number="+4930333", since=scene.now - 500)
    assert not scene.placed()
    sooner = office("anna", **(queues | {"billing": Queue(head_start_s=1000.0)}))
    assert scene.reload(sooner) is None
    assert scene.placed() == ["x3"]
