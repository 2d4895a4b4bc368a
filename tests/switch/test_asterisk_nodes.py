"""Nodes that are added, removed, moved and drained while the switch runs."""

from __future__ import annotations

import pytest

from cti.model import commands, events
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, CallId, ContactId, DialResult, NodeId, QueueName
from cti.switch.admission import DRAINED
from cti.switch.ami import LinkState
from cti.switch.asterisk import NodeAddress
from tests.switch.a_switch import ANNA, A, B, Bench
from tests.switch.in_memory import settle

pytestmark = pytest.mark.unit

NEW = NodeId("new")
PHONES = {"PJSIP/1001": ANNA}


def at(*nodes: str) -> dict[NodeId, NodeAddress]:
    return {NodeId(name): NodeAddress(f"host-{name}", 5038, "cti", "secret") for name in nodes}


async def is_up(bench: Bench, node: str) -> None:
    await bench.links[node].becomes(LinkState.UP)
    await bench.links[node].lists_channels()


async def test_a_new_node_is_connected_and_the_others_stay_as_they_are(bench: Bench) -> None:
    caller, link = await bench.a_call(), bench.links["a"]
    bench.switch.connect(at("a", "b", "new"))
    await settle()
    assert bench.links["new"].started and bench.links["a"] is link and not link.closed
    assert bench.desk.told() == [] and not caller.closed
    await is_up(bench, "new")
    assert bench.desk.told() == [events.NodeUp(NEW, (), bench.now)]
    await bench.comes(uniqueid="19.1", node="new")
    assert [type(event) for event in bench.desk.told()] == [events.CallArrived]


async def test_a_node_that_is_gone_is_let_go_with_its_calls(bench: Bench) -> None:
    gone, stays = await bench.a_call("17.1"), await bench.comes(uniqueid="18.1", node="b")
    bench.desk.told()
    bench.switch.connect(at("b"))
    await settle()
    assert bench.links["a"].closed and gone.closed and not stays.closed
    assert events.SessionLost(CallId("a/17.1")) in bench.desk.told()
    assert list(bench.switch.nodes) == [B] and list(bench.switch.calls) == ["b/18.1"]
    bench.switch.execute(commands.HangupLeg(A, "PJSIP/1001-1"))
    bench.switch.execute(commands.Release(CallId("a/17.1")))
    bench.switch.execute(commands.CancelCall(AttemptId("x1"), A))
    await bench.comes(uniqueid="20.1", node="a")
    assert bench.switch.refused_sessions == 1, "its dialplan is told in the log what is wrong"


async def test_a_call_to_be_placed_on_a_node_that_is_gone_is_not_dialled(bench: Bench) -> None:
    bench.switch.connect(at("b"))
    await settle()
    ticket = Ticket(ContactId("c"), QueueName("q"), since=1.0, entered_at=1.0)
    bench.switch.execute(commands.PlaceCall(AttemptId("x1"), A, "+4930123", 10.0, ticket))
    assert bench.desk.told() == [events.AttemptEnded(AttemptId("x1"), DialResult.NOT_DIALLED)]


async def test_a_node_with_another_address_is_connected_there(bench: Bench) -> None:
    former = bench.links["a"]
    caller = await bench.a_call()
    bench.switch.connect(at("a", "b") | {A: NodeAddress("host-a", 5039, "cti", "secret")})
    await settle()
    assert former.closed and caller.closed and bench.links["a"] is not former and bench.links["a"].started
    await is_up(bench, "a")
    assert events.NodeUp(A, (), bench.now) in bench.desk.told()


async def test_a_drained_node_is_told_so_and_again_whenever_it_connects(bench: Bench) -> None:
    link = bench.links["a"]
    told = {"Action": "Setvar", "Variable": "CTI_DRAINED", "Value": "1"}
    assert bench.greeted["a"] == [{**told, "Value": "0"}], "an engine before us may have said otherwise"
    bench.switch.reload(PHONES, drained=frozenset({A}))
    bench.switch.reload(PHONES, drained=frozenset({A}))
    assert link.fired() == [told], "once"
    await link.becomes(LinkState.DOWN)
    await is_up(bench, "a")
    assert link.fired() == [told]
    bench.switch.reload(PHONES)
    assert link.fired() == [{**told, "Value": "0"}]


async def test_whom_the_dialplan_lets_through_all_the_same_is_turned_away_and_who_is_inside_is_not(
    bench: Bench,
) -> None:
    bench.switch.reload(PHONES, drained=frozenset({A}))
    new = await bench.comes("dialled=6001")
    assert bench.desk.told() == [] and "SET VARIABLE CTI_DONE 1" in await new.answers_all()
    assert bench.switch.admission.turned_away == {DRAINED: 1}
    await bench.comes("ticket=x", uniqueid="18.1")
    await bench.comes("dialled=6001", uniqueid="19.1", node="b")
    bench.switch.reload({"PJSIP/trunk": ANNA}, drained=frozenset({A}))
    await bench.comes("dialled=6001", uniqueid="20.1")
    told = [event.call for event in bench.desk.told() if isinstance(event, events.CallArrived)]
    assert told == ["a/18.1", "b/19.1", "a/20.1"], "who comes back, another node's, and an agent's own call"


async def test_a_reload_while_it_closes_connects_nobody_and_keeps_nobody_open(bench: Bench) -> None:
    first, close = bench.links["a"], bench.links["a"].close

    async def close_in_the_midst_of_a_reload() -> None:
        bench.switch.connect(at("a", "new"))
        await close()

    first.close = close_in_the_midst_of_a_reload  # type: ignore[method-assign]
    await bench.switch.close()
    assert bench.links.keys() == {"a", "b"} and all(link.closed for link in bench.links.values())
