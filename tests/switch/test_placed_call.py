"""Customers whom we call: one end for each attempt, nothing before the ledger, nothing twice, nothing assumed."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
import structlog

from cti.model import commands, events
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, CallId, ContactId, DialResult, Heard, NodeId, QueueName
from cti.switch.ami import AmiDisconnected, LinkState
from tests.switch.a_switch import Bench
from tests.switch.in_memory import settle

pytestmark = pytest.mark.unit

X = AttemptId("x1")
UID = {"Uniqueid": "cti-x1"}
NAME = "PJSIP/trunk1-00000001"
TICKET = Ticket(ContactId("promise"), QueueName("sales"), since=1.0, entered_at=1.0)
CANCEL = commands.CancelCall(X, NodeId("a"))
HANGUP = {"Action": "Hangup", "Channel": NAME}
ANSWERED = events.AttemptAnswered(X)


def place(number: str = "+4930123456", node: str = "a", caller_id: str = "") -> commands.PlaceCall:
    return commands.PlaceCall(X, NodeId(node), number, 20.0, TICKET, caller_id)


def ended(result: DialResult) -> list[events.AnyEvent]:
    return [events.AttemptEnded(X, result)]


async def placed(bench: Bench, *, channel: bool = True) -> None:
    """It is in the air."""
    bench.switch.execute(place())
    await settle()
    assert [action["ChannelId"] for action in bench.links["a"].sent()] == ["cti-x1"]
    if channel:
        bench.links["a"].tells("Newchannel", Channel=NAME, **UID)
        bench.links["a"].tells("DialBegin", DestChannel=NAME, DestUniqueid="cti-x1", DialString="+4930123456@trunk1")
    assert bench.desk.told() == []


def picked_up(bench: Bench) -> None:
    bench.links["a"].tells("DialEnd", DestChannel=NAME, DestUniqueid="cti-x1", DialStatus="ANSWER")


def hangs_up(bench: Bench, cause: str) -> list[events.AnyEvent]:
    bench.links["a"].tells("Hangup", Channel=NAME, Cause=cause, **UID)
    return bench.desk.told()


# --- before anything rings --------------------------------------------------------------------------------------------


async def test_nothing_is_sent_before_the_ledger_has_it(bench: Bench) -> None:
    bench.ledger.held = asyncio.get_running_loop().create_future()
    bench.switch.execute(place())
    await settle()
    assert bench.ledger.intended == [X] and bench.links["a"].sent() == []
    bench.ledger.held.set_result(None)
    await settle()
    assert len(bench.links["a"].sent()) == 1 and bench.ledger.gone_out == [X]


@pytest.mark.parametrize("answer", [False, OSError("disk full")])
async def test_what_the_ledger_does_not_take_is_not_dialled(bench: Bench, answer: bool | Exception) -> None:
    bench.ledger.grants = answer
    bench.switch.execute(place())
    await settle()
    assert bench.links["a"].sent() == [] and bench.desk.told() == ended(DialResult.NOT_DIALLED)


async def test_what_is_taken_back_before_it_is_stored_never_goes_out(bench: Bench) -> None:
    bench.ledger.held = asyncio.get_running_loop().create_future()
    bench.switch.execute(place())
    bench.switch.execute(CANCEL)
    bench.ledger.held.set_result(None)
    await settle()
    assert bench.links["a"].sent() == [] and bench.desk.told() == ended(DialResult.CANCELLED)
    assert bench.ledger.kept_back == [(X, DialResult.CANCELLED)]


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (place("+4930123456@evil&PJSIP/1"), DialResult.INVALID),
        (place("030123456"), DialResult.INVALID),
        (place("+49900123456"), DialResult.NOT_DIALLED),
        (place("+33140000000"), DialResult.NOT_DIALLED),
        (place(caller_id="nobody"), DialResult.NOT_DIALLED),
        (place(node="c"), DialResult.NOT_DIALLED),
    ],
)
async def test_what_may_not_be_dialled_is_not_even_stored(
    bench: Bench, command: commands.PlaceCall, result: DialResult
) -> None:
    bench.switch.execute(command)
    await settle()
    assert bench.ledger.intended == [] and bench.desk.told() == ended(result)


async def test_a_node_that_is_away_dials_nobody(bench: Bench) -> None:
    bench.links["a"].connected = False
    bench.switch.execute(place())
    await settle()
    assert bench.desk.told() == ended(DialResult.NOT_DIALLED) and bench.ledger.gone_out == []
    assert bench.ledger.kept_back == [(X, DialResult.NOT_DIALLED)]


async def test_an_attempt_in_the_air_is_not_dialled_again(bench: Bench) -> None:
    await placed(bench)
    bench.switch.execute(place())
    await settle()
    assert bench.links["a"].sent() == [] and bench.desk.told() == []


async def test_asterisk_refuses(bench: Bench) -> None:
    await placed(bench, channel=False)
    await bench.links["a"].refuses()
    assert bench.desk.told() == ended(DialResult.NOT_DIALLED)


async def test_a_connection_that_breaks_tells_nothing(bench: Bench) -> None:
    await placed(bench, channel=False)
    bench.links["a"].answers[-1].set_exception(AmiDisconnected("gone"))
    await settle()
    assert bench.desk.told() == []


# --- in the air -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cause", "result"), [("17", DialResult.BUSY), ("19", DialResult.NO_ANSWER)])
async def test_one_end_and_nothing_of_a_caller(bench: Bench, cause: str, result: DialResult) -> None:
    await placed(bench)
    assert hangs_up(bench, cause) == ended(result)
    bench.links["a"].tells("OriginateResponse", Response="Failure", Reason="0", **UID)
    assert bench.desk.told() == []


@pytest.mark.parametrize("named", ["out", ""])
async def test_without_a_channel_nothing_has_rung(bench: Bench, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setattr("cti.switch.begun_legs.NO_CHANNEL_S", 0.0)
    bench.switch.execute(msgspec.structs.replace(place(), trunk=named))
    await settle()
    with structlog.testing.capture_logs() as logs:
        bench.links["a"].tells("OriginateResponse", Response="Failure", Reason="0", **UID)
        await settle()
    assert bench.desk.told() == ended(DialResult.NOT_DIALLED)
    assert [entry["trunk"] for entry in logs] == ["out"], "by which way out, also where none was named"


async def test_a_refusal_that_overtakes_its_channel_waits_for_the_cause(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cti.switch.begun_legs.NO_CHANNEL_S", 0.0)
    await placed(bench, channel=False)
    bench.links["a"].tells("OriginateResponse", Response="Failure", Reason="0", **UID)
    bench.links["a"].tells("Newchannel", Channel=NAME, **UID)
    await settle()
    assert bench.desk.told() == []
    assert hangs_up(bench, "34") == ended(DialResult.CONGESTION)


async def test_somebody_answers_and_is_a_caller_from_then_on(bench: Bench) -> None:
    await placed(bench)
    picked_up(bench)
    assert bench.desk.told() == [ANSWERED]
    caller = await bench.comes(
        "entry=1", "attempt=x1", "amdstatus=HUMAN", "dialled=00", uniqueid="cti-x1", path="/outbound/secret"
    )
    (arrived,) = bench.desk.told()
    assert isinstance(arrived, events.CallArrived)
    assert (arrived.call, arrived.attempt, arrived.heard) == (CallId("a/cti-x1"), X, Heard.HUMAN)
    assert (arrived.dialled, arrived.dial_status) == ("", "")
    assert hangs_up(bench, "16") == [events.LegDown("a/cti-x1"), events.CallGone(CallId("a/cti-x1"))]
    await caller.breaks()


async def test_he_may_arrive_before_we_hear_that_he_answered(bench: Bench) -> None:
    await placed(bench)
    await bench.comes("attempt=x1", uniqueid="cti-x1", path="/outbound/secret")
    answered, arrived = bench.desk.told()
    assert answered == ANSWERED and isinstance(arrived, events.CallArrived)
    picked_up(bench)
    assert bench.desk.told() == [], "there is no news in it"
    assert hangs_up(bench, "16")[-1] == events.CallGone(CallId("a/cti-x1"))


async def test_back_after_a_talk_that_began_by_a_join(bench: Bench) -> None:
    await bench.comes("attempt=x1", "joined=SUCCESS", uniqueid="cti-x1", path="/outbound/secret")
    (arrived,) = bench.desk.told()
    assert isinstance(arrived, events.CallArrived) and arrived.dial_status == "ANSWER"


# --- taken back -------------------------------------------------------------------------------------------------------


async def test_taken_back_while_it_rings(bench: Bench) -> None:
    await placed(bench)
    bench.switch.execute(CANCEL)
    assert bench.links["a"].fired() == [HANGUP]
    assert hangs_up(bench, "0") == ended(DialResult.CANCELLED)


async def test_taken_back_before_its_channel_is_known(bench: Bench) -> None:
    await placed(bench, channel=False)
    bench.switch.execute(CANCEL)
    assert bench.links["a"].fired() == []
    bench.links["a"].tells("Newchannel", Channel=NAME, **UID)
    assert bench.links["a"].fired() == [HANGUP]


async def test_who_has_answered_is_not_hung_up_on(bench: Bench) -> None:
    await placed(bench)
    picked_up(bench)
    bench.switch.execute(CANCEL)
    assert bench.links["a"].fired() == [] and bench.desk.told() == [ANSWERED]
    assert hangs_up(bench, "16")[-1] == events.CallGone(CallId("a/cti-x1"))


async def test_who_answers_while_our_hangup_travels_is_told_as_an_answer(bench: Bench) -> None:
    await placed(bench)
    bench.switch.execute(CANCEL)
    picked_up(bench)
    assert bench.desk.told() == [ANSWERED]
    assert hangs_up(bench, "16")[-1] == events.CallGone(CallId("a/cti-x1"))


async def test_what_is_not_in_the_air_cannot_be_taken_back(bench: Bench) -> None:
    bench.switch.execute(CANCEL)
    assert bench.links["a"].fired() == []


# --- AMI was away -----------------------------------------------------------------------------------------------------


async def back(bench: Bench, *channels: dict[str, str]) -> list[events.AnyEvent]:
    """AMI breaks, and comes back with these channels."""
    await bench.links["a"].becomes(LinkState.DOWN, "away")
    await bench.links["a"].becomes(LinkState.UP)
    await bench.links["a"].lists_channels(*channels)
    return bench.desk.told()


RINGS = {"Uniqueid": "cti-x1", "Channel": NAME, "Context": "cti-inbound", "ChannelState": "5"}
LISTENED_TO = {"Uniqueid": "cti-x1", "Channel": NAME, "Context": "cti-outbound", "ChannelState": "6"}


async def test_what_still_rings_goes_on(bench: Bench) -> None:
    await placed(bench)
    down, up = await back(bench, RINGS)
    assert isinstance(down, events.NodeDown) and isinstance(up, events.NodeUp)
    assert [(leg.leg, leg.ours) for leg in up.legs] == [("a/cti-x1", False)]
    assert hangs_up(bench, "17") == ended(DialResult.BUSY)


async def test_what_is_gone_is_told_by_the_snapshot_alone(bench: Bench) -> None:
    await placed(bench)
    *_, up = await back(bench)
    assert isinstance(up, events.NodeUp) and up.legs == ()
    assert hangs_up(bench, "17")[-1] == events.CallGone(CallId("a/cti-x1"))


async def test_what_an_earlier_process_began_ends_with_a_result_too(bench: Bench) -> None:
    await back(bench, RINGS)
    assert hangs_up(bench, "19") == ended(DialResult.NO_ANSWER)


async def test_who_answered_meanwhile_is_a_caller(bench: Bench) -> None:
    await placed(bench)
    *_, up = await back(bench, LISTENED_TO)
    assert isinstance(up, events.NodeUp) and up.legs[0].ours
    assert hangs_up(bench, "16")[-1] == events.CallGone(CallId("a/cti-x1"))


async def test_what_was_taken_back_meanwhile_is_hung_up_now(bench: Bench) -> None:
    await placed(bench)
    bench.links["a"].connected = False
    bench.switch.execute(CANCEL)
    bench.links["a"].connected = True
    await back(bench, RINGS)
    assert bench.links["a"].fired()[-1] == HANGUP


# --- the first look since AMI is back, and later ones -----------------------------------------------------------------


async def stored_in_the_first_look(bench: Bench) -> None:
    """AMI is away and back while the intent is being stored; then that is done, before the list has come."""
    bench.ledger.held = asyncio.get_running_loop().create_future()
    bench.switch.execute(place())
    await bench.links["a"].becomes(LinkState.DOWN, "away")
    await bench.links["a"].becomes(LinkState.UP)
    assert bench.desk.told() == [events.NodeDown(NodeId("a"))]
    bench.ledger.held.set_result(None)
    await settle()


async def test_during_the_first_look_nobody_is_dialled_and_that_is_told(bench: Bench) -> None:
    """The list was asked for before: he would be missing in it, taken for gone, and nobody could take him back."""
    await stored_in_the_first_look(bench)
    assert bench.links["a"].sent() == [] and bench.ledger.gone_out == []
    assert bench.desk.told() == ended(DialResult.NOT_DIALLED)
    assert bench.ledger.kept_back == [(X, DialResult.NOT_DIALLED)]


async def test_after_the_first_look_customers_are_called_again(bench: Bench) -> None:
    await stored_in_the_first_look(bench)
    await bench.links["a"].lists_channels()
    bench.desk.told()
    await placed(bench)
    assert hangs_up(bench, "17") == ended(DialResult.BUSY)


async def test_who_is_dialled_during_a_later_look_is_not_forgotten(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cti.switch.node.FIRST_CHECK_S", 0.0)
    await back(bench)
    looks = len(bench.links["a"].lists)
    await placed(bench, channel=False)
    await bench.links["a"].lists_channels()
    assert len(bench.links["a"].lists) == looks + 1, "one was under way, and the next is"
    assert [type(event) for event in bench.desk.told()] == [events.NodeChecked]
    bench.switch.execute(CANCEL)
    bench.links["a"].tells("Newchannel", Channel=NAME, **UID)
    assert bench.links["a"].fired()[-1] == HANGUP
    assert hangs_up(bench, "0") == ended(DialResult.CANCELLED)
