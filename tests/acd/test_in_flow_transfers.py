"""What a transfer and a new policy mean for a contact whom a flow has, or had put into its line."""

from __future__ import annotations

from typing import Any

import pytest

from cti.model import events as ev
from cti.model.commands import Announce, RunFlow
from cti.model.words import RingResult
from tests.acd.flow_stories import FLOW_NUMBER, enters, flow_runs, queues_up, scene_with_flow
from tests.kit import Announcements, Queue, call_id, member

pytestmark = pytest.mark.unit

# --- transfers --------------------------------------------------------------------------------------------------------


def blind(scene: Any, leg: str, exten: str) -> None:
    call = call_id("c1")
    for event in (
        ev.CallTransferred(call, "cti-inbound", exten, leg),
        ev.RingEnded(call, RingResult.ANSWERED, 30.0, False),
        ev.SessionLost(call),
        ev.LegDown(leg),
    ):
        scene.post(event)
    scene.arrive("c1", None, dialled=exten, entry=2, ticket=scene.ticket("c1"))


def test_a_blind_transfer_into_a_flow_begins_it_and_keeps_the_wait() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    scene.arrive("c1", "sales")
    since, leg = scene.contact("c1").since, scene.rings("anna")
    scene.answer("anna")
    scene.wait(30)
    blind(scene, leg, FLOW_NUMBER)
    [run] = scene.commands(RunFlow, "c1")
    assert (scene.state("c1"), run.at, run.outcome) == ("in_flow", "", "")
    queues_up(scene)
    assert (scene.contact("c1").since, scene.contact("c1").visit) == (since, 2)


def test_a_blind_transfer_out_of_a_flows_line_into_a_queue_ends_that_flow() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    leg = scene.rings("anna")
    scene.answer("anna")
    blind(scene, leg, "6001")
    assert (scene.contact("c1").queue, scene.contact("c1").flow) == ("sales", "")
    scene.wait(10)
    scene.talk("anna")
    assert flow_runs(scene) == [""] and scene.state("c1") == "ended"


@pytest.mark.parametrize("in_line", [False, True])
def test_an_attended_transfer_into_a_flow_goes_on_with_the_customer(in_line: bool) -> None:
    scene = scene_with_flow(agents={"anna": member("sales"), "ben": member("sales")})
    scene.login("anna")
    scene.arrive("c1", "sales")
    leg = scene.rings("anna")
    scene.answer("anna")
    enters(scene, "consult", caller="1001", flow_at="menu")
    if in_line:
        queues_up(scene, "consult")
    scene.post(ev.CallReplaced(call_id("consult"), call_id("c1"), session=True))
    scene.post(ev.LegDown(leg))
    scene.post(ev.SessionLost(call_id("consult")))
    scene.post(ev.CallGone(call_id("consult")))
    assert scene.contact("c1").queue == ("sales" if in_line else "") and scene.state("consult") == "ended"
    assert in_line or scene.state("c1") == "in_flow"
    scene.wait(10)
    if not in_line:
        queues_up(scene)
    scene.login("ben")
    scene.talk("anna" if scene.offered("anna") else "ben")
    assert flow_runs(scene) == ["talked"] and scene.state("c1") == "in_flow"
    scene.caller_hangs_up("c1")
    assert not scene.center.contacts


# --- another policy ---------------------------------------------------------------------------------------------------


def test_a_new_policy_finds_callers_in_flows_and_leaves_them_there() -> None:
    scene = scene_with_flow({"sales": Queue(), "old": Queue()})
    enters(scene, preferred=("anna",))
    before = len(scene.commands(RunFlow))
    assert scene.reload(scene_with_flow({"sales": Queue(target_s=5)}).policy) is None, "nobody is in a queue"
    assert scene.state("c1") == "in_flow" and len(scene.commands(RunFlow)) == before
    queues_up(scene, queue="old")
    assert flow_runs(scene) == ["", "failed"], "that queue is gone"
    queues_up(scene)
    assert scene.contact("c1").preferred == ("anna",)


def test_an_announcement_of_the_line_is_not_said_in_the_flow() -> None:
    scene = scene_with_flow({"sales": Queue(announce=Announcements(first_after_s=1, every_s=10, position=True))})
    enters(scene)
    queues_up(scene)
    scene.wait(2)
    assert scene.commands(Announce)
    scene.announcement_ends("c1")
    scene.login("anna")
    scene.talk("anna", 1)
    told = len(scene.commands(Announce))
    scene.wait(60)
    assert len(scene.commands(Announce)) == told
