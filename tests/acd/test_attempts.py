"""How does an attempt to reach a customer live, and what do snapshots say of it?"""

from __future__ import annotations

import msgspec
import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, ContactId, DialResult, NodeId, QueueName
from tests.calling_scene import NUMBER, CallingScene

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
