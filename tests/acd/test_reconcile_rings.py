"""Does a look at a node end a ring of which nothing is left, and take no talk that is over for one that goes on?"""

from __future__ import annotations

import pytest

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.words import RingResult
from tests.acd.flow_stories import enters, queues_up, scene_with_flow
from tests.acd.test_reconcile import caller, connected, phone
from tests.kit import NODE, call_id

pytestmark = pytest.mark.unit


def test_a_ring_of_which_nothing_is_left_is_over_for_him_whose_session_broke() -> None:
    """The line broke in the instant in which it was to ring: Asterisk never heard of the Ring, and tells no end."""
    scene = connected()
    scene.login("anna")
    call = scene.arrive("c1")
    scene.post(ev.SessionLost(call))
    scene.post(ev.RingEnded(call, RingResult.CANCELLED, caller_there=False))
    scene.post(ev.NodeChecked(NODE, (caller("c1", ""),)))
    assert scene.state("c1") == "offered", "the list may be from before his phone rang"
    scene.wait(2)
    scene.post(ev.NodeChecked(NODE, (caller("c1", ""), phone("leg-1", ""))))
    assert scene.state("c1") == "offered", "a phone of hers rings"
    scene.post(ev.LegDown("leg-1"))
    scene.post(ev.NodeChecked(NODE, (caller("c1", ""),)))
    assert scene.state("c1") == "aside" and str(scene.agent("anna").activity) == "idle"
    assert [told.old for told in scene.changes(Kind.OFFER, new="withdrawn")] == ["ringing"]


def test_who_talks_in_an_old_picture_has_not_come_back_from_his_flow() -> None:
    """The talk is over for us, his flow goes on, and its line breaks before Asterisk has ended the agent's leg."""
    scene = scene_with_flow()
    scene.post(ev.NodeUp(NODE, ()))
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    leg = scene.rings("anna")
    scene.answer("anna")
    scene.wait(5)
    scene.post(ev.RingEnded(call_id("c1"), RingResult.ANSWERED, caller_there=True))
    scene.wait(1)
    assert scene.state("c1") == "in_flow"
    scene.post(ev.SessionLost(call_id("c1")))
    scene.post(ev.NodeChecked(NODE, (caller("c1", "b1"), phone(leg, "b1"))))
    scene.post(ev.LegDown(leg))
    assert scene.state("c1") == "aside" and scene.agent("anna").offer is None


def test_a_list_from_before_the_phone_had_a_channel_does_not_say_that_it_is_gone() -> None:
    """AMI is slow: FastAGI has told of the agent who was rung first, when the list of before comes at last."""
    scene = connected()
    scene.login("anna")
    scene.arrive("c1")
    asked_at = scene.now
    scene.wait(1)
    scene.rings("anna")
    scene.answer("anna")
    scene.wait(1)
    scene.post(ev.NodeChecked(NODE, (caller("c1", ""),), asked_at=asked_at))
    assert str(scene.agent("anna").activity) == "talking" and scene.agent("anna").legs
    scene.post(ev.NodeChecked(NODE, (caller("c1", ""),)))
    assert not scene.agent("anna").legs, "a list of now says that it is"
