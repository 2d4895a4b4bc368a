"""What becomes of a promise whose attempt ends in no visit: taken back, called in, our death, a node or queue away?"""

from __future__ import annotations

import pytest

from cti.acd.dialling import PREFIX
from cti.model import events as ev
from cti.model.dialling import LeadId
from cti.model.words import CallbackAction, DialResult, NodeId
from tests.calling.test_promises import Keeping
from tests.calling_scene import NUMBER

pytestmark = pytest.mark.unit


def talking_leg(scene: Keeping) -> tuple[ev.SnapshotLeg, ev.SnapshotLeg]:
    """What a snapshot shows of a customer who was called, and of anna, who talk."""
    phone = next(iter(scene.center._floor.by_phone))
    ticket = scene.ticket_of("callbacks-1-1")
    return (
        ev.SnapshotLeg(f"node1/{PREFIX}callbacks-1-1", "PJSIP/trunk-1", bridge="b", ours=True, ticket=ticket),
        ev.SnapshotLeg("node1/ctia-1", "PJSIP/anna-1", phone=phone, bridge="b"),
    )


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_who_calls_in_while_he_is_being_called_is_not_called_again(first: str) -> None:
    scene = Keeping(first=first)
    scene.promise(since=scene.now - 500.0)
    if first == "agent":
        scene.agent_waits("anna")
    assert scene.placed() == ["callbacks-1-1"]
    scene.arrive("c1", caller=NUMBER)
    assert scene.states()[-1] == "merged"
    scene.answer("anna")
    scene.caller_hangs_up("c1")
    scene.wait(20_000.0)
    assert scene.placed() == ["callbacks-1-1"]


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_who_answers_in_the_instant_in_which_it_is_taken_back_holds_up_nobody(first: str) -> None:
    scene = Keeping(first=first)
    scene.obedient = False
    scene.promise()
    if first == "agent":
        scene.agent_waits("anna")
    scene.post(ev.CallbackRequest(LeadId(1), CallbackAction.WITHDRAW, "eva"))
    scene.connects("callbacks-1-1")
    assert scene.states()[-1] == "withdrawn"
    scene.promise(2)
    assert "in_line" in scene.states(2), "his next wish does not wait for half a day"


def test_a_talk_that_goes_on_over_our_death_has_kept_the_word() -> None:
    scene = Keeping()
    scene.promise()
    scene.agent_waits("anna")
    after = Keeping()
    after.post(ev.CallbackPromised(scene.kept()[-1], resumed=True))
    after.post(ev.NodeChecked(NodeId("node1"), talking_leg(scene)))
    assert after.states() == ["kept"]


def test_nobody_is_called_again_while_his_node_cannot_say_whether_he_is_on_the_phone() -> None:
    scene = Keeping()
    scene.promise()
    scene.agent_waits("anna")
    after = Keeping()
    after.post(ev.NodeDown(NodeId("node1")))
    after.post(ev.CallbackPromised(scene.kept()[-1], resumed=True))
    after.wait(700.0)
    assert after.states() == []
    after.post(ev.NodeUp(NodeId("node1")))
    after.post(ev.NodeChecked(NodeId("node1"), talking_leg(scene)))
    assert after.states() == ["kept"]


def test_a_node_that_comes_back_too_late_may_still_show_that_he_was_served() -> None:
    scene = Keeping()
    scene.promise()
    scene.agent_waits("anna")
    after = Keeping()
    after.post(ev.NodeDown(NodeId("node1")))
    after.post(ev.CallbackPromised(scene.kept()[-1], resumed=True))
    for _ in range(80):
        after.wait(60.0)
    assert after.states()[-1] == "in_line"
    after.pause("anna")
    after.post(ev.NodeUp(NodeId("node1")))
    after.post(ev.NodeChecked(NodeId("node1"), talking_leg(scene)))
    assert after.states()[-1] == "kept"
    assert [contact.state for contact in after.center.contacts.values()] == ["talking"]


def test_a_queue_that_is_gone_is_replaced_or_waited_for() -> None:
    scene = Keeping()
    scene.promise(queue="gone")
    assert scene.states()[-1] == "promised"
    scene.wait(61.0)
    assert (scene.states()[-1], scene.placed()) == ("promised", [])
    scene = Keeping(queue="sales")
    scene.promise(queue="gone")
    scene.agent_waits("anna")
    assert scene.placed() == ["callbacks-1-1"]


def test_a_younger_promise_does_not_expire_with_the_older_one_it_was_merged_into() -> None:
    scene = Keeping(expires_after_s=3600.0)
    scene.pause("anna")
    scene.promise(1)
    scene.wait(3590.0)
    scene.promise(2)
    assert scene.states(2) == ["merged"]
    scene.wait(20.0)
    assert scene.states(1)[-1] == "in_line"
    scene.wait(3600.0)
    assert scene.states(1)[-1] == "expired"


def test_nobody_stands_in_the_line_for_a_promise_that_has_expired() -> None:
    scene = Keeping(expires_after_s=3600.0)
    scene.pause("anna")
    scene.promise()
    scene.wait(3601.0)
    assert (scene.states()[-1], scene.center.contacts) == ("expired", {})


def test_who_calls_in_and_gives_up_again_is_called_back_all_the_same() -> None:
    scene = Keeping()
    scene.pause("anna")
    scene.promise(since=scene.now - 500.0)
    scene.arrive("c1", caller=NUMBER)
    assert scene.states()[-1] == "merged"
    scene.caller_hangs_up("c1")
    assert scene.states()[-1] == "promised"
    scene.unpause("anna")
    scene.wait(61.0)
    assert scene.states()[-1] == "in_line" and scene.kept()[-1].since == scene.kept()[0].since


def test_what_could_not_be_dialled_is_tried_later_and_later_and_never_fails_for_it() -> None:
    scene = Keeping(first="customer")
    scene.promise()
    pauses_s = []
    for attempt in range(1, 40):
        scene.fails(f"callbacks-1-{attempt}", DialResult.NOT_DIALLED)
        assert scene.states()[-1] == "promised"
        pauses_s.append(round(scene.kept()[-1].due_at - scene.now))
        scene.wait(pauses_s[-1] + 0.01)
    assert pauses_s[:6] == [30, 60, 120, 240, 480, 900] and set(pauses_s[6:]) == {900}
