"""The table of AMI events: which word of Asterisk becomes which word of ours, and what is no news."""

from __future__ import annotations

import pytest

from cti.model import events
from cti.model.words import CallId, NodeId, RingResult
from cti.switch.ami_events import TABLE, leg_id, phone_of, ring_result

pytestmark = pytest.mark.unit

A = NodeId("a")
C = CallId("a/17.1")
BLIND = {
    "Result": "Success",
    "TransfereeUniqueid": "17.1",
    "TransfererUniqueid": "18.1",
    "Context": "cti-agent",
    "Extension": "6002",
}


def told(name: str, **fields: str) -> tuple[events.AnyEvent, ...]:
    return TABLE[name](A, {"Event": name, **fields})


def without(key: str) -> dict[str, str]:
    return {name: value for name, value in BLIND.items() if name != key}


@pytest.mark.parametrize(
    ("channel", "phone"),
    [
        ("PJSIP/1001-0000002a", "PJSIP/1001"),
        ("PJSIP/front-desk-0000002a", "PJSIP/front-desk"),
        ("Local/5@ctx-00000001;2", "Local/5@ctx"),
        ("PJSIP/1001", ""),
        ("", ""),
    ],
)
def test_the_phone_behind_a_channel(channel: str, phone: str) -> None:
    assert phone_of(channel) == phone


def test_a_leg_is_known_by_node_and_uniqueid() -> None:
    assert leg_id(A, "17.1") == C


@pytest.mark.parametrize(
    ("status", "cause", "result"),
    [
        ("ANSWER", "", RingResult.ANSWERED),
        ("ANSWER", "16", RingResult.ANSWERED),
        ("ANSWER", "21", RingResult.ANSWERED),
        ("BUSY", "17", RingResult.BUSY),  # 486
        ("BUSY", "", RingResult.BUSY),
        ("CHANUNAVAIL", "17", RingResult.BUSY),
        ("CONGESTION", "17", RingResult.BUSY),
        ("CHANUNAVAIL", "21", RingResult.REJECTED),  # 603
        ("BUSY", "21", RingResult.REJECTED),
        ("CONGESTION", "21", RingResult.REJECTED),
        ("NOANSWER", "19", RingResult.NO_ANSWER),  # 480
        ("NOANSWER", "17", RingResult.NO_ANSWER),
        ("NOANSWER", "", RingResult.NO_ANSWER),
        ("CANCEL", "26", RingResult.CANCELLED),  # ring-all: another was faster
        ("CANCEL", "", RingResult.CANCELLED),
        ("", "", RingResult.CANCELLED),
        ("CHANUNAVAIL", "20", RingResult.UNREACHABLE),  # not registered
        ("CHANUNAVAIL", "", RingResult.UNREACHABLE),
        ("CONGESTION", "34", RingResult.UNREACHABLE),
        ("TORTURE", "", RingResult.UNREACHABLE),
    ],
)
def test_what_status_and_cause_say_together(status: str, cause: str, result: RingResult) -> None:
    assert ring_result(status, cause) is result


def test_a_new_channel_is_a_leg_of_its_phone() -> None:
    assert told("Newchannel", Uniqueid="17.1", Channel="PJSIP/1001-0000002a") == (events.LegUp(C, "PJSIP/1001"),)


def test_a_hangup_ends_a_leg_and_perhaps_a_call() -> None:
    assert told("Hangup", Uniqueid="17.1", Cause="16") == (events.LegDown(C), events.CallGone(C))


@pytest.mark.parametrize("digit", ["0", "#", "*", "A"])
def test_a_digit_the_caller_pressed(digit: str) -> None:
    pressed = told("DTMFEnd", Uniqueid="17.1", Digit=digit, Direction="Received")
    assert pressed == (events.DigitPressed(C, digit),)


@pytest.mark.parametrize("direction", [{"Direction": "Sent"}, {}])
def test_a_digit_that_we_sent_is_nobodys_wish(direction: dict[str, str]) -> None:
    assert told("DTMFEnd", Uniqueid="17.1", Digit="1", **direction) == ()


def test_hold_and_its_end() -> None:
    assert told("Hold", Uniqueid="17.1") == (events.LegHeld(C, True),)
    assert told("Unhold", Uniqueid="17.1") == (events.LegHeld(C, False),)


def test_a_blind_transfer() -> None:
    assert told("BlindTransfer", **BLIND) == (events.CallTransferred(C, "cti-agent", "6002", "a/18.1"),)


def test_a_blind_transfer_by_an_unknown_leg_has_none() -> None:
    transferred = told("BlindTransfer", **without("TransfererUniqueid"))
    assert transferred == (events.CallTransferred(C, "cti-agent", "6002", ""),)


@pytest.mark.parametrize(
    "fields",
    [
        {**BLIND, "Result": "Fail"},
        {**BLIND, "Result": "Not Permitted"},
        without("Result"),
        without("TransfereeUniqueid"),
    ],
)
def test_a_blind_transfer_that_failed_is_none(fields: dict[str, str]) -> None:
    assert told("BlindTransfer", **fields) == ()


def test_no_other_event_means_anything_by_itself() -> None:
    assert set(TABLE) == {"Newchannel", "Hangup", "DTMFEnd", "Hold", "Unhold", "BlindTransfer"}
