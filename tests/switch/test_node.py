"""One node's AMI: what it tells of channels, transfers, and the node's ups and downs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cti.model import events
from cti.model.events import SnapshotLeg
from cti.model.words import CallId, NodeId, OfferId, RingResult
from cti.switch.ami import AmiDisconnected, AmiRefused, AmiTimeout, LinkState
from cti.switch.inbound_call import InboundCall
from cti.switch.node import CHECK_INTERVAL_S, FIRST_CHECK_S, RETELL_S, YOUNG_S, Node
from tests.switch.in_memory import Caller, Desk, Link, Log, Pauses, settle

pytestmark = pytest.mark.unit

A, C = NodeId("a"), CallId("a/17.1")
O1, O2 = OfferId("o1"), OfferId("o2")
BEGIN = {
    "Uniqueid": "17.1",
    "DestUniqueid": "20.1",
    "DestChannel": "PJSIP/1001-0000000a",
    "DialString": "1001",
}
RINGING = events.OfferRinging(O1, "a/20.1", "PJSIP/1001-0000000a")
ATTENDED = {
    "Result": "Success",
    "TransfereeUniqueid": "17.1",
    "TransfereeChannel": "PJSIP/trunk-00000001",
    "SecondTransfererUniqueid": "18.1",
    "DestType": "App",
}


class Bench:
    """A node whose Asterisk is the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = Desk()
        self.pauses = Pauses()
        self.calls: dict[CallId, InboundCall] = {}
        self.exchanged: list[tuple[CallId, CallId, str]] = []
        self.now = 1000.0
        self.log = Log()
        monkeypatch.setattr("cti.switch.node.asyncio", self.pauses)
        monkeypatch.setattr("cti.switch.node.log", self.log)
        monkeypatch.setattr("cti.switch.node.AmiLink", self._link)
        self.node = Node(
            A,
            "asterisk",
            5038,
            "cti",
            "secret",
            calls=self.calls,
            exchange=self._exchange,
            phones=frozenset({"PJSIP/1001", "PJSIP/1002"}),
            post=self.desk.post,
            clock=lambda: self.now,
        )

    def _link(self, *address: object, **callbacks: Callable[..., Any]) -> Link:
        assert address == (A, "asterisk", 5038, "cti", "secret")
        self.link = Link(**callbacks)
        return self.link

    def _exchange(self, second: CallId, caller: CallId, channel: str) -> None:
        assert self.desk.events == [], "the sessions change hands before the core is told"
        self.exchanged.append((second, caller, channel))

    def a_call(self, call: CallId = C) -> InboundCall:
        self.calls[call] = InboundCall(call, "PJSIP/trunk-00000001", Caller().session, self.desk.post)
        return self.calls[call]

    def tells(self, name: str, **fields: str) -> list[events.AnyEvent]:
        """Asterisk tells something; what the core hears of it."""
        self.link.tells(name, **fields)
        return self.desk.told()


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


# --- actions ----------------------------------------------------------------------------------------------------------


async def test_actions_go_out_by_the_channels_full_name(bench: Bench) -> None:
    bench.node.stop_playback("PJSIP/trunk-00000001")
    bench.node.hangup("PJSIP/1001-0000000a")
    assert bench.link.fired() == [
        {"Action": "ControlPlayback", "Channel": "PJSIP/trunk-00000001", "Control": "stop"},
        {"Action": "Hangup", "Channel": "PJSIP/1001-0000000a"},
    ]


async def test_an_action_for_a_node_that_is_away_raises_nothing(bench: Bench) -> None:
    bench.link.connected = False
    bench.node.hangup("PJSIP/1001-0000000a")
    bench.node.stop_playback("PJSIP/trunk-00000001")


# --- how a leg ended --------------------------------------------------------------------------------------------------


async def test_an_answer_is_told_to_the_core_and_to_the_callers_session(bench: Bench) -> None:
    call = bench.a_call()
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    bench.tells("DialBegin", **BEGIN)
    assert bench.tells("DialEnd", DestUniqueid="20.1", DialStatus="ANSWER") == [events.OfferAnswered(O1)]
    assert call.answered == O1
    over = bench.tells("Hangup", Uniqueid="20.1", Cause="16")
    assert over == [events.LegDown("a/20.1"), events.CallGone(CallId("a/20.1"))], "a talk is no ring that failed"


@pytest.mark.parametrize(
    ("status", "cause", "result"),
    [
        ("CHANUNAVAIL", "21", RingResult.REJECTED),  # 603
        ("BUSY", "17", RingResult.BUSY),  # 486
        ("NOANSWER", "19", RingResult.NO_ANSWER),  # 480
        ("CHANUNAVAIL", "20", RingResult.UNREACHABLE),  # not registered
        ("CANCEL", "26", RingResult.CANCELLED),  # ring-all: another was faster
    ],
)
async def test_a_leg_without_an_answer_is_judged_by_its_hangup(
    bench: Bench, status: str, cause: str, result: RingResult
) -> None:
    call = bench.a_call()
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    bench.tells("DialBegin", **BEGIN)
    assert bench.tells("DialEnd", DestUniqueid="20.1", DialStatus=status) == []
    assert call.answered is None
    told = bench.tells("Hangup", Uniqueid="20.1", Cause=cause)
    assert told == [
        events.OfferEnded(O1, result),
        events.LegDown("a/20.1"),
        events.CallGone(CallId("a/20.1")),
    ]
    assert events.OfferEnded(O1, result) not in bench.tells("Hangup", Uniqueid="20.1", Cause=cause)


async def test_a_leg_that_went_without_a_word_was_cancelled(bench: Bench) -> None:
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    bench.tells("DialBegin", **BEGIN)
    assert bench.tells("Hangup", Uniqueid="20.1")[0] == events.OfferEnded(O1, RingResult.CANCELLED)


async def test_ring_all_has_one_winner(bench: Bench) -> None:
    call = bench.a_call()
    bench.node.rings.expect(C, {"PJSIP/1001": O1, "PJSIP/1002": O2})
    bench.tells("DialBegin", **BEGIN)
    second = {**BEGIN, "DestUniqueid": "21.1", "DestChannel": "PJSIP/1002-0000000b", "DialString": "1002"}
    bench.tells("DialBegin", **second)
    assert call.legs == {O1: "PJSIP/1001-0000000a", O2: "PJSIP/1002-0000000b"}
    assert bench.tells("DialEnd", DestUniqueid="20.1", DialStatus="CANCEL") == []
    assert bench.tells("DialEnd", DestUniqueid="21.1", DialStatus="ANSWER") == [events.OfferAnswered(O2)]
    assert bench.tells("Hangup", Uniqueid="20.1", Cause="26")[0] == events.OfferEnded(O1, RingResult.CANCELLED)
    assert call.answered == O2


# --- phones and callers -----------------------------------------------------------------------------------------------


async def test_only_agents_phones_are_told_of_when_they_begin_a_call(bench: Bench) -> None:
    phone = bench.tells("Newchannel", Uniqueid="20.1", Channel="PJSIP/1001-0000000a")
    assert phone == [events.LegUp("a/20.1", "PJSIP/1001")]
    assert bench.tells("Newchannel", Uniqueid="17.1", Channel="PJSIP/trunk-00000001") == []


async def test_what_the_table_knows_is_told_and_the_rest_is_only_counted(bench: Bench) -> None:
    pressed = bench.tells("DTMFEnd", Uniqueid="17.1", Digit="5", Direction="Received")
    assert pressed == [events.DigitPressed(C, "5")]
    assert bench.tells("VarSet", Uniqueid="17.1") == []
    assert bench.tells("VarSet", Uniqueid="17.1") == []
    assert bench.node.counts == {"DTMFEnd": 1, "VarSet": 2}


# --- attended transfers -----------------------------------------------------------------------------------------------


async def test_an_attended_transfer_into_the_line_exchanges_the_sessions(bench: Bench) -> None:
    told = bench.tells("AttendedTransfer", **ATTENDED)
    assert told == [events.CallReplaced(CallId("a/18.1"), C, session=True)]
    assert bench.exchanged == [("a/18.1", C, "PJSIP/trunk-00000001")]


async def test_an_attended_transfer_to_a_talking_colleague_leaves_the_sessions(bench: Bench) -> None:
    told = bench.tells("AttendedTransfer", **{**ATTENDED, "DestType": "Bridge"})
    assert told == [events.CallReplaced(CallId("a/18.1"), C, session=False)]
    assert bench.exchanged == []


@pytest.mark.parametrize("wrong", [{"Result": "Fail"}, {"Result": ""}, {"TransfereeUniqueid": ""}])
async def test_an_attended_transfer_that_failed_is_none(bench: Bench, wrong: dict[str, str]) -> None:
    assert bench.tells("AttendedTransfer", **{**ATTENDED, **wrong}) == []
    assert bench.exchanged == []


# --- ups and downs ----------------------------------------------------------------------------------------------------


async def test_a_node_is_up_when_its_first_snapshot_is_there_and_checked_from_then_on(bench: Bench) -> None:
    await bench.node.start()
    assert bench.link.started
    await bench.link.becomes(LinkState.UP)
    assert (bench.desk.told(), bench.node.live, bench.node.first_live.done()) == ([], False, False)
    bench.now = 1002.0
    await bench.link.lists_channels({"Uniqueid": "20.1", "Channel": "PJSIP/1001-0000000a"})
    legs = (SnapshotLeg("a/20.1", "PJSIP/1001-0000000a", "PJSIP/1001"),)
    assert bench.desk.told() == [events.NodeUp(A, legs, 1000.0)]
    assert (bench.node.live, bench.node.first_live.done()) == (True, True)
    await bench.pauses.end()
    await bench.link.lists_channels()
    assert bench.desk.told() == [events.NodeChecked(A, (), 1002.0)]
    await bench.pauses.end()
    await bench.link.lists_channels()
    assert bench.desk.told() == [events.NodeChecked(A, (), 1002.0)]
    assert bench.pauses.asked_s == [0.0, FIRST_CHECK_S, FIRST_CHECK_S, FIRST_CHECK_S]
    bench.now += YOUNG_S
    await bench.pauses.end()
    await bench.link.lists_channels()
    assert bench.pauses.asked_s[-1] == CHECK_INTERVAL_S


async def test_a_node_that_goes_is_down_once_and_asked_no_more_until_it_is_back(bench: Bench) -> None:
    await bench.link.becomes(LinkState.UP)
    await bench.link.lists_channels()
    bench.desk.told()
    await bench.link.becomes(LinkState.DOWN, "the connection ended")
    assert bench.desk.told() == [events.NodeDown(A)]
    assert not bench.node.live
    await bench.link.becomes(LinkState.DOWN, "no connection")
    await bench.link.becomes(LinkState.LOGIN_REFUSED, "wrong secret")
    assert bench.desk.told() == []
    assert len(bench.link.lists) == 1
    await bench.link.becomes(LinkState.UP)
    await bench.link.lists_channels()
    assert bench.desk.told() == [events.NodeUp(A, (), 1000.0)]


async def test_a_node_that_goes_before_its_first_snapshot_was_never_up(bench: Bench) -> None:
    await bench.link.becomes(LinkState.UP)
    await bench.link.becomes(LinkState.DOWN, "the connection ended")
    assert bench.link.lists[0].cancelled()
    assert bench.desk.told() == []


@pytest.mark.parametrize(
    "error", [AmiTimeout("no answer"), AmiRefused("Status", "denied"), AmiDisconnected("gone"), KeyError("x")]
)
async def test_a_snapshot_that_fails_is_asked_for_again_soon(bench: Bench, error: Exception) -> None:
    await bench.link.becomes(LinkState.UP)
    bench.link.lists[0].set_exception(error)
    await settle()
    assert (bench.desk.told(), bench.node.live, bench.pauses.asked_s) == ([], False, [0.0, 1.0])
    await bench.pauses.end()
    await bench.link.lists_channels()
    assert bench.desk.told() == [events.NodeUp(A, (), 1000.0)]


async def test_a_check_that_fails_does_not_take_the_node_down(bench: Bench) -> None:
    await bench.link.becomes(LinkState.UP)
    await bench.link.lists_channels()
    bench.desk.told()
    await bench.pauses.end()
    bench.link.lists[-1].set_exception(AmiTimeout("no answer"))
    await settle()
    assert (bench.desk.told(), bench.node.live) == ([], True)
    await bench.pauses.end()
    await bench.link.lists_channels()
    assert bench.desk.told() == [events.NodeChecked(A, (), 1000.0)]


async def test_channels_that_come_and_go_while_the_list_is_made(bench: Bench) -> None:
    await bench.link.becomes(LinkState.UP)
    bench.link.tells("Newchannel", Uniqueid="30.1", Channel="PJSIP/trunk-00000003")
    bench.link.tells("Hangup", Uniqueid="17.1", Cause="16")
    bench.desk.told()
    await bench.link.lists_channels({"Uniqueid": "17.1", "Channel": "PJSIP/trunk-00000001"})
    (up,) = bench.desk.told()
    assert isinstance(up, events.NodeUp)
    assert [leg.leg for leg in up.legs] == ["a/30.1"]


async def test_rings_and_legs_that_a_gap_has_ended_are_forgotten_and_others_kept(bench: Bench) -> None:
    gone, there = CallId("a/17.1"), CallId("a/27.1")
    bench.node.rings.expect(gone, {"PJSIP/1001": O1})
    bench.node.rings.expect(there, {"PJSIP/1002": O2})
    bench.tells("DialBegin", **BEGIN)
    await bench.link.becomes(LinkState.UP)
    await bench.link.lists_channels({"Uniqueid": "27.1", "Channel": "PJSIP/trunk-00000002"})
    bench.desk.told()
    assert bench.tells("DialEnd", DestUniqueid="20.1", DialStatus="ANSWER") == []
    assert bench.tells("DialBegin", **BEGIN) == []
    second = {"Uniqueid": "27.1", "DestUniqueid": "21.1", "DestChannel": "PJSIP/1002-0000000b", "DialString": "1002"}
    assert bench.tells("DialBegin", **second) == [events.OfferRinging(O2, "a/21.1", "PJSIP/1002-0000000b")]


async def test_a_node_that_is_away_is_told_to_the_operator_until_it_is_back(bench: Bench) -> None:
    await bench.link.becomes(LinkState.DOWN, "no connection")
    await bench.pauses.end()
    await bench.link.becomes(LinkState.LOGIN_REFUSED, "login refused")
    told = [(text.partition(":")[0], fields["reason"]) for text, fields in bench.log.told("error")]
    away, refused = "Asterisk's AMI cannot be reached", "Asterisk's AMI refuses our login"
    assert told == [(away, "no connection"), (away, "no connection"), (refused, "login refused")]
    assert bench.pauses.asked_s == [RETELL_S] * 3
    await bench.link.becomes(LinkState.UP)
    assert len(bench.log.told("error")) == 3
    assert bench.pauses.asked_s[3:] == [0.0]


async def test_a_node_that_is_away_in_other_words_is_told_when_it_is_told_again(bench: Bench) -> None:
    for reason in ("no connection", "Asterisk closed it", "the connection was lost: reset by peer"):
        await bench.link.becomes(LinkState.DOWN, reason)
    assert [fields["reason"] for _, fields in bench.log.told("error")] == ["no connection"]
    await bench.pauses.end()
    assert [fields["reason"] for _, fields in bench.log.told("error")][1:] == ["the connection was lost: reset by peer"]


async def test_a_node_that_is_closed_asks_nothing_more(bench: Bench) -> None:
    await bench.link.becomes(LinkState.UP)
    await bench.node.close()
    assert bench.link.closed
    await bench.link.becomes(LinkState.CLOSED, "closed by us")
    assert bench.link.lists[0].cancelled()
    assert (bench.desk.told(), bench.log.told("error"), bench.pauses.asked_s) == ([], [], [0.0])
