"""Commands of the core that reach the right session and the right node, and sessions that exchange their callers."""

from __future__ import annotations

import pytest

from cti.model import commands, events
from cti.model.ticket import Ticket, decode_ticket
from cti.model.words import AgentId, CallId, ContactId, OfferId, QueueName, RingResult
from tests.switch.a_switch import B, Bench
from tests.switch.in_memory import Caller, settle

pytestmark = pytest.mark.unit

C, SECOND = CallId("a/17.1"), CallId("a/18.1")
O1, O2 = OfferId("o1"), OfferId("o2")
LEGS = (commands.RingLeg(O1, "PJSIP/1001"), commands.RingLeg(O2, "PJSIP/1002"))
RING = commands.Ring(C, LEGS, 20.0)
DIAL = "EXEC Dial PJSIP/1001&PJSIP/1002,20,g"
BEGIN = {"Uniqueid": "17.1", "DestUniqueid": "20.1", "DestChannel": "PJSIP/1001-0000000a", "DialString": "1001"}
RINGING = events.OfferRinging(O1, "a/20.1", "PJSIP/1001-0000000a")
HANGUP = {"Action": "Hangup", "Channel": "PJSIP/1001-0000000a"}
STOP = {"Action": "ControlPlayback", "Channel": "PJSIP/trunk-00000001", "Control": "stop"}
TRANSFER = {
    "Result": "Success",
    "TransfereeUniqueid": "17.1",
    "TransfereeChannel": "PJSIP/trunk-00000007",
    "SecondTransfererUniqueid": "18.1",
    "DestType": "App",
}


# --- commands ---------------------------------------------------------------------------------------------------------


async def test_a_ticket_and_music_reach_the_call(bench: Bench) -> None:
    caller, other = await bench.a_call("17.1"), await bench.a_call("18.1")
    ticket = Ticket(ContactId(C), QueueName("sales"), since=100.0, entered_at=100.0)
    bench.switch.execute(commands.SaveTicket(C, ticket))
    bench.switch.execute(commands.StartMusic(C, "jazz"))
    heard = await caller.answers_all()
    assert heard[0].startswith("EXEC MSet TIMEOUT(absolute)=0,CTI_TICKET=")
    assert heard[1:] == ["SET MUSIC ON jazz"]
    assert other.heard() == []


async def test_a_ring_reaches_the_call_and_its_legs_are_expected_on_its_node(bench: Bench) -> None:
    caller = await bench.a_call()
    bench.switch.execute(RING)
    assert caller.heard() == [DIAL]
    bench.links["b"].tells("DialBegin", **BEGIN)
    assert bench.desk.told() == [], "the same Uniqueid on another node is another call"
    bench.links["a"].tells("DialBegin", **BEGIN)
    assert bench.desk.told() == [RINGING]
    assert bench.links["a"].fired() == bench.links["b"].fired() == []


async def test_a_ticket_written_while_a_phone_rings_goes_beside_the_busy_session(bench: Bench) -> None:
    caller = await bench.a_call()
    bench.switch.execute(RING)
    assert caller.heard() == [DIAL]
    ticket = Ticket(ContactId(C), QueueName("sales"), since=100.0, entered_at=100.0, head_start_s=45.0)
    bench.switch.execute(commands.SaveTicket(C, ticket))
    (sent,) = bench.links["a"].fired()
    assert {**sent, "Value": decode_ticket(sent["Value"])} == {
        "Action": "Setvar",
        "Channel": "PJSIP/trunk-00000001",
        "Variable": "CTI_TICKET",
        "Value": ticket,
    }
    assert caller.heard() == []


@pytest.mark.parametrize("trouble", ["no line of AMI holds it", "the node is away"])
async def test_a_ticket_that_ami_cannot_take_is_left_to_the_session(bench: Bench, trouble: str) -> None:
    caller = await bench.a_call()
    bench.switch.execute(RING)
    assert caller.heard() == [DIAL]
    tried = {AgentId(f"agent{number}"): 1000.0 for number in range(60)} if trouble.startswith("no line") else {}
    bench.links["a"].connected = trouble.startswith("no line")
    bench.switch.execute(commands.SaveTicket(C, Ticket(ContactId(C), QueueName("sales"), 100.0, 100.0, tried=tried)))
    assert bench.links["a"].fired() == []
    await caller.answers("0")
    assert any("CTI_TICKET=" in said for said in await caller.answers_all())


async def test_a_ring_and_a_good_bye_stop_what_plays_on_the_callers_node(bench: Bench) -> None:
    for command in (RING, commands.Release(C)):
        caller = await bench.a_call()
        bench.switch.execute(commands.Announce(C, ("one", "two")))
        assert caller.heard() == ['STREAM FILE one ""']
        bench.switch.execute(command)
        assert (bench.links["a"].fired(), bench.links["b"].fired()) == ([STOP], [])
        await caller.breaks()


async def test_a_good_bye_lets_the_call_go(bench: Bench) -> None:
    caller = await bench.a_call()
    bench.switch.execute(commands.Release(C, goto="cti-fallback,s,1"))
    heard = await caller.answers_all()
    assert heard == ["SET VARIABLE CTI_NEXT cti-fallback,s,1", "SET VARIABLE CTI_DONE 1"]
    assert bench.links["a"].fired() == []
    assert (caller.closed, bench.switch.calls) == (True, {})


async def test_a_leg_is_hung_up_on_the_node_that_is_named(bench: Bench) -> None:
    bench.switch.execute(commands.HangupLeg(B, "PJSIP/1001-0000000a"))
    assert (bench.links["a"].fired(), bench.links["b"].fired()) == ([], [HANGUP])


async def test_an_offer_taken_back_while_it_rings_is_hung_up(bench: Bench) -> None:
    await bench.a_call()
    bench.switch.execute(RING)
    bench.links["a"].tells("DialBegin", **BEGIN)
    bench.switch.execute(commands.StopRing(C, (O1,)))
    assert bench.links["a"].fired() == [HANGUP]


async def test_an_offer_taken_back_before_it_rings_is_hung_up_when_it_does(bench: Bench) -> None:
    await bench.a_call()
    bench.switch.execute(RING)
    bench.switch.execute(commands.StopRing(C, (O1,)))
    assert bench.links["a"].fired() == []
    bench.links["a"].tells("DialBegin", **BEGIN)
    assert bench.links["a"].fired() == [HANGUP]
    assert bench.desk.told() == []


async def test_of_a_ring_all_only_what_is_taken_back_stops(bench: Bench) -> None:
    await bench.a_call()
    bench.switch.execute(RING)
    second = {**BEGIN, "DestUniqueid": "21.1", "DestChannel": "PJSIP/1002-0000000b", "DialString": "1002"}
    bench.links["a"].tells("DialBegin", **BEGIN)
    bench.switch.execute(commands.StopRing(C, (O1, O2)))
    assert bench.links["a"].fired() == [HANGUP]
    bench.links["a"].tells("DialBegin", **second)
    assert bench.links["a"].fired() == [{"Action": "Hangup", "Channel": "PJSIP/1002-0000000b"}]


async def test_a_ring_for_a_call_without_a_session_is_answered_and_the_rest_passed_over(bench: Bench) -> None:
    for command in (
        commands.StartMusic(C, "jazz"),
        commands.Announce(C, ("one",)),
        commands.StopRing(C, (O1,)),
        commands.Release(C),
    ):
        bench.switch.execute(command)
    assert bench.desk.told() == []
    bench.switch.execute(RING)
    assert bench.desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False)]
    assert bench.links["a"].fired() == []


async def test_a_leg_later_than_its_session_finds_its_offer(bench: Bench) -> None:
    caller = await bench.a_call()
    bench.switch.execute(RING)
    await caller.breaks()
    assert bench.desk.told() == [events.SessionLost(C)]
    assert bench.switch.calls == {}
    bench.links["a"].tells("DialBegin", **BEGIN)
    bench.links["a"].tells("DialEnd", DestUniqueid="20.1", DialStatus="ANSWER")
    assert bench.desk.told() == [RINGING, events.OfferAnswered(O1)]


async def test_calls_of_two_nodes_do_not_meet(bench: Bench) -> None:
    await bench.a_call()
    other = await bench.comes(node="b")
    bench.desk.told()
    bench.switch.execute(commands.StartMusic(CallId("b/17.1"), "jazz"))
    assert other.heard() == ["SET MUSIC ON jazz"]
    assert set(bench.switch.calls) == {C, CallId("b/17.1")}


# --- attended transfers into the line ---------------------------------------------------------------------------------


async def transfer(bench: Bench) -> None:
    bench.links["a"].tells("AttendedTransfer", **TRANSFER)
    await settle()


async def two_calls(bench: Bench) -> tuple[Caller, Caller]:
    """The customer who talks, and the agent's second leg, which waits in the line."""
    return await bench.a_call("17.1"), await bench.a_call("18.1")


async def test_the_waiting_session_is_the_customers_from_then_on(bench: Bench) -> None:
    talking, waiting = await two_calls(bench)
    await transfer(bench)
    assert bench.desk.told() == [events.CallReplaced(SECOND, C, session=True)]
    bench.switch.execute(commands.StartMusic(C, "jazz"))
    assert (talking.heard(), waiting.heard()) == ([], ["SET MUSIC ON jazz"])
    await talking.hangs_up()
    assert bench.desk.told() == [events.SessionLost(SECOND)]
    assert set(bench.switch.calls) == {C}
    await waiting.hangs_up()
    assert bench.desk.told() == [events.SessionLost(C)]
    assert bench.switch.calls == {}


async def test_the_waiting_session_is_the_customers_also_if_his_own_is_over(bench: Bench) -> None:
    talking, waiting = await two_calls(bench)
    await talking.breaks()
    bench.desk.told()
    await transfer(bench)
    assert bench.desk.told() == [events.CallReplaced(SECOND, C, session=True)]
    assert set(bench.switch.calls) == {C}
    await waiting.hangs_up()
    assert bench.desk.told() == [events.SessionLost(C)]
    assert bench.switch.calls == {}


@pytest.mark.parametrize("first_is_over", [True, False])
async def test_what_plays_to_the_customer_is_stopped_on_his_own_channel(bench: Bench, first_is_over: bool) -> None:
    talking, waiting = await two_calls(bench)
    talking_channel = bench.switch.calls[C].channel = "PJSIP/trunk-00000007"
    bench.switch.calls[SECOND].channel = "PJSIP/1001-00000008"
    if first_is_over:
        await talking.breaks()
    await transfer(bench)
    bench.switch.execute(commands.Announce(C, ("one",)))
    bench.switch.execute(RING)
    assert bench.links["a"].fired() == [{**STOP, "Channel": talking_channel}]
    assert waiting.heard() == ['STREAM FILE one ""']


async def test_a_transfer_of_calls_we_do_not_hold_changes_no_session(bench: Bench) -> None:
    caller = await bench.a_call("17.1")
    await transfer(bench)
    bench.switch.execute(commands.StartMusic(C, "jazz"))
    assert caller.heard() == ["SET MUSIC ON jazz"]


async def test_a_transfer_to_a_talking_colleague_leaves_the_sessions(bench: Bench) -> None:
    talking, waiting = await two_calls(bench)
    bench.links["a"].tells("AttendedTransfer", **{**TRANSFER, "DestType": "Bridge"})
    bench.switch.execute(commands.StartMusic(C, "jazz"))
    assert (talking.heard(), waiting.heard()) == (["SET MUSIC ON jazz"], [])


@pytest.mark.parametrize("first_is_over", [True, False])
async def test_an_answer_after_a_transfer_during_the_ring_reaches_the_session_that_dials(
    bench: Bench, first_is_over: bool
) -> None:
    """Otherwise the ring is taken for stuck in the middle of the talk, or its end for the end of another's."""
    talking, waiting = await two_calls(bench)
    bench.switch.execute(commands.Ring(SECOND, LEGS, 20.0))
    bench.links["a"].tells("DialBegin", **{**BEGIN, "Uniqueid": "18.1"})
    if first_is_over:
        await talking.breaks()
    await transfer(bench)
    bench.links["a"].tells("DialEnd", **{**BEGIN, "Uniqueid": "17.1"}, DialStatus="ANSWER")
    bench.desk.told()
    assert bench.switch.calls[C].answered == O1
    waiting.heard()
    await waiting.answers()
    assert bench.desk.told() == [events.RingEnded(C, RingResult.ANSWERED, offer=O1)]
