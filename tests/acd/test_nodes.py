"""What does it mean that a node is drained, removed, lost for long, or weighs more than another?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cti.acd.dialling import REST_S
from cti.acd.nodes import LOST_S
from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.node_rules import NodeRules
from cti.model.policy import Center
from cti.model.words import (
    AgentAction,
    AgentId,
    CallId,
    DialFirst,
    DialResult,
    NodeId,
    RefusedReason,
    RingResult,
    SpyMode,
)
from tests.calling_scene import CallingScene, office

pytestmark = pytest.mark.unit

NODE1, NODE2 = NodeId("node1"), NodeId("node2")
THREE = ("anna", "ben", "carl")


def with_nodes(policy: Center, **rules: dict[str, Any]) -> Center:
    return policy.model_copy(update={"nodes": {name: NodeRules(**given) for name, given in rules.items()}})


def two(*agents: str, **node2: Any) -> Center:
    return with_nodes(office(*(agents or THREE)), node1={}, node2=node2)


def scene_of(policy: Center) -> CallingScene:
    return CallingScene(policy, nodes=policy.nodes)


def dialled(scene: CallingScene) -> list[str]:
    return [placed.node for placed in scene.commands(do.PlaceCall)]


def drains(scene: CallingScene) -> list[str]:
    return [told.new for told in scene.changes(Kind.DRAIN, id=NODE2)]


def call_on(scene: CallingScene, node: NodeId, name: str) -> CallId:
    call = CallId(f"{node}/{name}")
    scene.post(ev.CallArrived(call, node, f"PJSIP/trunk-{name}", "6001", f"+4930{name}", None))
    return call


# --- weights ---------------------------------------------------------------------------------------------------------


def test_dials_go_by_weight() -> None:
    scene = scene_of(two("a", "b", "c", "d", weight=3))
    for number in range(4):
        scene.due(f"x{number}", number=f"+4930111{number}")
    assert sorted(dialled(scene)) == ["node1", "node2", "node2", "node2"]


def test_callers_in_our_hands_count_too() -> None:
    scene = scene_of(two())
    for name in ("1", "2"):
        call_on(scene, NODE1, name)
    scene.due("x1", number="+49301111")
    assert dialled(scene) == ["node2"]
    scene.post(ev.CallGone(CallId("node1/1")))
    scene.post(ev.CallGone(CallId("node1/2")))
    scene.due("x2", number="+49301112")
    assert dialled(scene) == ["node2", "node1"], "who has gone counts no more"


def test_weight_0_takes_no_dials_but_has_its_callers() -> None:
    scene = scene_of(two(weight=0))
    for number in range(2):
        scene.due(f"x{number}", number=f"+4930111{number}")
    assert dialled(scene) == ["node1", "node1"]
    call_on(scene, NODE2, "1")
    assert scene.commands(do.Ring)[-1].call == "node2/1"


def test_where_no_node_takes_dials_customers_wait_until_one_does() -> None:
    none = with_nodes(office(), node1={"weight": 0})
    scene = scene_of(none)
    scene.due()
    assert scene.stands() == "waiting" and not scene.placed()
    assert scene.reload(with_nodes(office(), node1={})) is None
    assert scene.placed() == ["x1"]


def test_a_node_that_gets_no_dial_out_does_not_draw_them_all() -> None:
    scene = scene_of(two("anna"))
    for number in range(40):
        scene.due(f"x{number}", number=f"+4930{1000 + number}", reserve=False, flow="main")
        if scene.commands(do.PlaceCall)[-1].node == NODE2:
            scene.fails(f"x{number}", DialResult.CONGESTION)
    refused = dialled(scene).count("node2")
    assert refused == 3 and len(dialled(scene)) == 40
    (told,) = scene.changes(Kind.REPAIR, id=NODE2)
    assert told.new == "node_refuses"
    scene.wait(REST_S)
    scene.due("y1", number="+49302001", reserve=False, flow="main")
    assert dialled(scene)[-1] == "node2", "one dial finds out whether it is over"
    scene.fails("y1", DialResult.CONGESTION)
    scene.due("y2", number="+49302002", reserve=False, flow="main")
    assert dialled(scene)[-1] == "node1"
    scene.wait(REST_S)
    scene.due("y3", number="+49302003", reserve=False, flow="main")
    scene.fails("y3", DialResult.BUSY)
    for number in range(4):
        scene.due(f"z{number}", number=f"+4930{3000 + number}", reserve=False, flow="main")
    assert dialled(scene)[-4:].count("node2") == 2, "it works again"


def test_a_trunk_that_a_node_has_not_keeps_its_other_trunks_from_nothing() -> None:
    scene = scene_of(two("anna"))
    for number in range(40):
        trunk = ("gone", "gone", "there")[number % 3]
        scene.due(f"x{number}", number=f"+4930{1000 + number}", reserve=False, flow="main", trunk=trunk)
        if scene.commands(do.PlaceCall)[-1].node == NODE2 and trunk == "gone":
            scene.fails(f"x{number}", DialResult.CONGESTION)
    by = Counter((each.node, each.trunk) for each in scene.commands(do.PlaceCall))
    assert by[NODE2, "gone"] == 3 and by[NODE2, "there"] == 13, by
    (told,) = scene.changes(Kind.REPAIR, id=NODE2)
    assert told.new == "node_refuses" and told.reason is not None and "by gone" in told.reason


def test_where_all_nodes_fail_they_are_asked_in_turn() -> None:
    scene = scene_of(two("anna"))
    for number in range(20):
        scene.due(f"x{number}", number=f"+4930{1000 + number}", reserve=False, flow="main")
        scene.fails(f"x{number}", DialResult.CONGESTION)
    assert len(dialled(scene)) == 20 and set(dialled(scene)) == {"node1", "node2"}


# --- drained ---------------------------------------------------------------------------------------------------------


def test_a_drained_node_gets_no_dial_and_says_when_it_is_empty() -> None:
    scene = scene_of(two())
    call = call_on(scene, NODE2, "1")
    assert scene.reload(two(drained="new kernel"), "2") is None
    assert drains(scene) == ["draining"]
    scene.due()
    assert dialled(scene) == ["node1"]
    scene.post(ev.CallGone(call))
    assert drains(scene) == ["draining", "empty"]
    assert scene.reload(two(), "3") is None
    assert drains(scene) == ["draining", "empty", ""]
    for number in range(2):
        scene.due(f"y{number}", number=f"+4930222{number}")
    assert "node2" in dialled(scene)


def test_a_caller_inside_a_drained_node_is_served_there() -> None:
    scene = scene_of(two("anna"))
    scene.pause("anna")
    call = call_on(scene, NODE2, "1")
    assert scene.reload(two("anna", drained="new kernel")) is None
    scene.unpause("anna")
    assert scene.commands(do.Ring)[-1].call == call


def test_an_agent_who_is_rung_first_keeps_a_drained_node_from_being_empty() -> None:
    alone = with_nodes(office("anna"), node2={})
    scene = scene_of(alone)
    scene.due(first=DialFirst.AGENT)
    assert scene.reload(with_nodes(office("anna"), node2={"drained": "x"})) is None
    assert drains(scene) == ["draining"]
    scene.agent_waits("anna")
    assert scene.placed() == ["x1"], "what has begun goes on"
    scene.fails()
    assert drains(scene) == ["draining", "empty"]


def test_a_node_that_was_drained_before_the_start_is_so_after_it() -> None:
    scene = scene_of(two(drained="new kernel"))
    assert drains(scene)[-1] == "empty"
    scene.due()
    assert dialled(scene) == ["node1"]


def test_whose_message_lies_on_a_drained_node_is_not_called_from_another() -> None:
    scene = scene_of(two(drained="new kernel"))
    scene.due(node=NODE2)
    assert not scene.placed() and scene.stands() == "ended"
    scene = scene_of(two(weight=0))
    scene.due(node=NODE2)
    assert dialled(scene) == ["node2"], "a weight is about those that may be begun anywhere"


def test_a_preview_is_dialled_from_a_node_that_is_not_drained_meanwhile() -> None:
    scene = scene_of(with_nodes(office("anna"), node1={}, node2={"weight": 2}))
    scene.due(preview_s=60.0)
    assert scene.wish().node == NODE2
    assert scene.reload(with_nodes(office("anna"), node1={}, node2={"drained": "x"})) is None
    assert scene.request("anna", AgentAction.ACCEPT) is None
    assert dialled(scene) == ["node1"]


# --- added and removed -----------------------------------------------------------------------------------------------


def test_a_node_that_is_added_is_used_as_soon_as_it_is_up() -> None:
    scene = scene_of(with_nodes(office(*THREE), node1={}))
    assert scene.reload(two()) is None
    scene.due("x1", number="+49301111")
    scene.post(ev.NodeUp(NODE2))
    scene.due("x2", number="+49301112")
    assert dialled(scene) == ["node1", "node2"]


def test_a_node_with_calls_is_not_removed_before_it_was_drained() -> None:
    scene = scene_of(two())
    call_on(scene, NODE2, "1")
    refused = scene.reload(with_nodes(office(*THREE), node1={}))
    assert refused is not None and refused.reason is RefusedReason.IN_USE
    assert refused.detail == "node node2: 1 calls; drain it first"


def test_what_is_on_a_removed_node_ends_once_and_its_agents_are_free() -> None:
    scene = scene_of(two(*THREE))
    talks, waits = call_on(scene, NODE2, "1"), call_on(scene, NODE2, "2")
    agent = scene.commands(do.Ring)[0].legs[0].offer
    owner = next(each for each in scene.center.agents.values() if each.offer == agent)
    phone = scene.policy.agents[owner.id].phone
    scene.post(ev.LegUp("node2/a.1", phone))
    scene.post(ev.OfferRinging(agent, "node2/a.1", f"{phone}-1"))
    scene.post(ev.OfferAnswered(agent))
    scene.due("x1", first=DialFirst.AGENT, node=NODE2)
    contact = next(each for each in scene.center.contacts.values() if each.call == talks)
    assert scene.post(ev.SpyRequest(contact.id, SpyMode.LISTEN, "PJSIP/1099"))
    other = call_on(scene, NODE1, "3")
    assert scene.reload(two(*THREE, drained="new kernel"), "2") is None
    assert scene.reload(with_nodes(office(*THREE), node1={}), "3") is None
    assert [each.call for each in scene.center.contacts.values() if each.call] == [other]
    for call in (talks, waits):
        ended = [told for told in scene.changes(Kind.CONTACT) if told.call == call and told.new == "ended"]
        assert len(ended) == 1
    scene.wait(60.0)
    assert all(not each.legs for each in scene.center.agents.values() if each.offer is None)
    assert not scene.center._floor.spies
    assert [told.new for told in scene.changes(Kind.NODE, id=NODE2)] == ["up", "removed"]
    assert drains(scene)[-1] == ""
    for late in (ev.NodeChecked(NODE2), ev.NodeUp(NODE2), ev.NodeDown(NODE2)):
        assert not scene.post(late), "what it still had to say changes nothing"


def test_a_node_that_is_away_may_be_removed_with_what_is_on_it() -> None:
    scene = scene_of(two())
    call_on(scene, NODE2, "1")
    scene.post(ev.NodeDown(NODE2))
    assert scene.reload(with_nodes(office(*THREE), node1={})) is None
    assert not scene.center.contacts


# --- lost ------------------------------------------------------------------------------------------------------------


def talking(scene: CallingScene) -> CallId:
    """Anna talks to a caller of node2."""
    call = call_on(scene, NODE2, "1")
    offer = scene.offer_of("anna")
    scene.post(ev.LegUp("node2/a.1", scene.policy.agents["anna"].phone))
    scene.post(ev.OfferRinging(offer, "node2/a.1", "PJSIP/1001-1"))
    scene.post(ev.OfferAnswered(offer))
    return call


@pytest.mark.parametrize("ami_first", [True, False])
def test_an_agent_whose_node_dies_behind_his_talk_is_free_at_once(ami_first: bool) -> None:
    scene = scene_of(two("anna"))
    call = talking(scene)
    over = ev.RingEnded(call, RingResult.ANSWERED, 5.0, False, scene.offer_of("anna"))
    for event in [ev.NodeDown(NODE2), over] if ami_first else [over, ev.NodeDown(NODE2)]:
        scene.post(event)
    assert scene.agent("anna").free(scene.now) and not scene.agent("anna").legs


@pytest.mark.parametrize("late_s", [0.0, 60.0])
def test_what_was_on_a_node_that_dies_ends_once_without_its_coming_back(late_s: float) -> None:
    """`late_s`: where the whole machine is gone, TCP tells of the sessions much later than AMI's ping."""
    scene = scene_of(two("anna", "ben"))
    scene.pause("ben")
    talks, waits = talking(scene), call_on(scene, NODE2, "2")
    scene.post(ev.NodeDown(NODE2))
    scene.wait(late_s)
    assert scene.agent("anna").activity == "talking"
    for call in (talks, waits):
        scene.post(ev.SessionLost(call))
    scene.wait(LOST_S)
    assert scene.agent("anna").free(scene.now)
    assert not scene.center.contacts and not scene.center.offers
    for call in (talks, waits):
        ended = [told for told in scene.changes(Kind.CONTACT) if told.call == call and told.new == "ended"]
        assert len(ended) == 1


def test_a_cut_between_us_and_a_node_that_lives_ends_nothing() -> None:
    scene = scene_of(two("anna"))
    call = talking(scene)
    phone = scene.policy.agents["anna"].phone
    scene.post(ev.NodeDown(NODE2))
    scene.post(ev.SessionLost(call))
    scene.wait(LOST_S - 1.0)
    legs = (ev.SnapshotLeg(call, "c", bridge="b", ours=True), ev.SnapshotLeg("node2/a.1", f"{phone}-1", phone, "b"))
    scene.post(ev.NodeUp(NODE2, legs))
    scene.wait(LOST_S)
    assert scene.agent("anna").activity == "talking"


def test_a_phone_that_was_busy_on_a_lost_node_is_free_after_a_while() -> None:
    scene = scene_of(two("anna"))
    scene.post(ev.LegUp("node2/p.1", scene.policy.agents["anna"].phone))
    scene.post(ev.NodeDown(NODE2))
    assert not scene.agent("anna").free(scene.now)
    scene.wait(LOST_S)
    assert scene.agent(AgentId("anna")).free(scene.now)


def test_who_listened_on_a_lost_node_may_listen_elsewhere() -> None:
    scene = scene_of(two(*THREE))
    talking(scene)
    contact = next(iter(scene.center.contacts))
    eva = "PJSIP/1099"
    assert scene.post(ev.SpyRequest(contact, SpyMode.LISTEN, eva)) and scene.center._floor.spies
    scene.post(ev.NodeDown(NODE2))
    scene.wait(LOST_S)
    assert not scene.center._floor.spies


def test_a_talk_goes_on_whose_session_lives_although_ami_is_away_for_long() -> None:
    scene = scene_of(two("anna"))
    talking(scene)
    scene.post(ev.NodeDown(NODE2))
    scene.wait(10 * LOST_S)
    assert scene.agent("anna").activity == "talking"


def test_a_node_that_is_back_in_time_has_lost_nothing() -> None:
    scene = scene_of(two("anna"))
    phone = scene.policy.agents["anna"].phone
    scene.post(ev.LegUp("node2/p.1", phone))
    scene.post(ev.NodeDown(NODE2))
    scene.post(ev.NodeUp(NODE2, (ev.SnapshotLeg("node2/p.1", f"{phone}-1", phone),)))
    scene.wait(LOST_S)
    assert scene.agent("anna").legs == {"node2/p.1"}


# --- the engine is drained -------------------------------------------------------------------------------------------


def test_a_drained_engine_begins_nothing_and_what_is_inside_comes_to_its_end() -> None:
    scene = CallingScene(office("anna"))
    scene.due("x1")
    assert scene.placed() == ["x1"] and scene.center.inside == 1, "a customer who is being called is inside"
    scene.post(ev.EngineLeaves())
    scene.due("x2", number="+4930222")
    assert scene.placed() == ["x1"] and scene.center.inside == 1, "who waits to be called is not"
    call = scene.connects("x1")
    assert scene.center.inside == 1
    scene.post(ev.CallGone(call))
    assert scene.center.inside == 0
    scene.post(ev.NodeDown(NODE1))
    scene.post(ev.NodeUp(NODE1))
    scene.wait(3600.0)
    assert scene.placed() == ["x1"] and scene.center.inside == 0


def test_an_agent_who_is_rung_before_his_customer_is_inside_and_his_customer_is_called() -> None:
    scene = CallingScene(office("anna"))
    scene.due("x1", first=DialFirst.AGENT)
    assert scene.waiting_agents and scene.center.inside == 1
    scene.post(ev.EngineLeaves())
    scene.answer("anna")
    assert scene.placed() == ["x1"] and scene.center.inside == 1
