"""Does whoever calls back hear first what the customer has left, and may he say that nobody need be called?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.dialling import CallbackKind
from cti.model.words import AgentId, DialResult, NodeId
from tests.calling.test_promises import Keeping

pytestmark = pytest.mark.unit

MESSAGE = "/var/spool/asterisk/cti-recordings/node1-17-1"


class Hearing(Keeping):
    """A message waits for anna."""

    def __init__(self, **outbound: Any) -> None:
        super().__init__(**outbound)
        self.message()

    def message(self, name: int = 1, **more: Any) -> None:
        words = {"kind": CallbackKind.VOICEMAIL, "recordings": (MESSAGE,), "node": "node1"} | more
        self.promise(name, **words)

    def heard(self, *, done: bool = False) -> None:
        self.post(ev.MessageHeard(self.offer_of("anna"), done))

    def idle(self) -> bool:
        return self.center.agents[AgentId("anna")].activity == "idle"


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_the_agent_hears_it_first_and_then_the_customer_is_called(first: str) -> None:
    scene = Hearing(first=first)
    [ring] = scene.commands(do.RingAgent)
    assert (ring.hear, ring.node) == ((MESSAGE,), "node1")
    scene.agent_waits("anna")
    scene.wait(60.0)
    assert not scene.placed(), "nobody is called while he listens"
    scene.heard()
    assert scene.placed() == ["callbacks-1-1"]
    scene.connects("callbacks-1-1")
    assert scene.states()[-1] == "kept"
    assert scene.commands(do.Join)


def test_what_is_done_with_a_message_needs_no_call() -> None:
    scene = Hearing()
    scene.agent_waits("anna")
    scene.heard(done=True)
    assert (scene.states()[-1], scene.kept()[-1].reason) == ("kept", "message heard")
    assert not scene.placed() and not scene.center.contacts and scene.idle()
    [dismissed] = scene.commands(do.DismissAgent)
    assert dismissed.prompts == ()


def test_who_hangs_up_over_a_message_leaves_it_to_the_next_one() -> None:
    scene = Hearing()
    scene.agent_waits("anna")
    scene.waiting_agent_hangs_up("anna")
    assert scene.states()[-1] == "in_line" and not scene.placed()
    scene.wait(scene.center.policy.missed_offers.not_again_s + 1.0)
    assert len(scene.commands(do.RingAgent)) == 2


def test_who_has_hung_up_before_we_hear_that_he_picked_up_leaves_it_to_the_next_one() -> None:
    scene = Hearing()
    offer, leg = scene.offer_of("anna"), scene.rings("anna")
    scene.post(ev.LegDown(leg))
    scene.post(ev.OfferAnswered(offer))
    assert scene.states()[-1] == "in_line" and not scene.placed() and scene.idle()


def test_who_says_nothing_for_ever_is_let_go() -> None:
    scene = Hearing()
    scene.agent_waits("anna")
    scene.wait(1801.0)
    assert scene.commands(do.DismissAgent)
    assert scene.states()[-1] == "in_line"


def test_it_is_heard_again_before_the_next_try() -> None:
    scene = Hearing()
    scene.agent_waits("anna")
    scene.heard()
    scene.fails("callbacks-1-1", DialResult.BUSY)
    scene.wait(181.0)
    assert [ring.hear for ring in scene.commands(do.RingAgent)] == [(MESSAGE,), (MESSAGE,)]


def test_where_the_machine_with_his_message_is_away_it_waits_for_it() -> None:
    scene = Keeping()
    words: dict[str, Any] = {"kind": CallbackKind.VOICEMAIL, "recordings": (MESSAGE,), "node": "node2"}
    scene.promise(**words)
    assert scene.states()[-1] == "promised" and not scene.commands(do.RingAgent)
    scene.post(ev.NodeUp(NodeId("node2")))
    scene.wait(61.0)
    [ring] = scene.commands(do.RingAgent)
    assert ring.node == "node2"


def test_a_second_word_about_a_message_changes_nothing() -> None:
    scene = Hearing()
    offer = scene.offer_of("anna")
    scene.agent_waits("anna")
    scene.heard()
    scene.post(ev.MessageHeard(offer, True))
    scene.post(ev.MessageHeard(offer))
    assert scene.placed() == ["callbacks-1-1"]
    scene.connects("callbacks-1-1")
    scene.post(ev.MessageHeard(offer, True))
    assert scene.states()[-1] == "kept"


def test_a_second_message_that_comes_too_late_for_the_first_ring_is_not_lost() -> None:
    scene = Hearing()
    scene.message(2, recordings=(f"{MESSAGE}b",))
    assert scene.states(2)[-1] == "in_line", "an agent is rung for the first one already"
    scene.agent_waits("anna")
    scene.heard(done=True)
    assert scene.commands(do.RingAgent)[-1].hear == (f"{MESSAGE}b",)


def test_messages_that_wait_for_their_time_are_heard_together() -> None:
    scene = Keeping()
    words: dict[str, Any] = {"kind": CallbackKind.VOICEMAIL, "node": "node1", "due_at": scene.now + 60.0}
    scene.promise(1, recordings=("a",), **words)
    scene.promise(2, recordings=("b",), **words)
    assert scene.states(2) == ["merged"]
    scene.wait(61.0)
    [ring] = scene.commands(do.RingAgent)
    assert ring.hear == ("a", "b")
