"""The fields of the calls that we begin, and what marks and causes mean."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.callout import Listening
from cti.model.commands import PlaceCall, RingAgent, RingLeg
from cti.model.ticket import Ticket, decode_ticket, encode_ticket
from cti.model.words import AttemptId, ContactId, DialResult, Heard, NodeId, OfferId, QueueName, RingResult
from cti.switch import originate
from cti.switch.ami_codec import encode_action

pytestmark = pytest.mark.unit

TICKET = Ticket(ContactId("promise-1"), QueueName("sales"), since=100.0, entered_at=100.0)


def a_call(attempt: str = "7f.1", **more: object) -> PlaceCall:
    given_fields = {"number": "+4930123456", "ring_timeout_s": 25.5, "ticket": TICKET, **more}
    return PlaceCall(AttemptId(attempt), NodeId("a"), **given_fields)  # type: ignore[arg-type]


def ringing(show: str = "") -> RingAgent:
    return RingAgent(NodeId("a"), RingLeg(OfferId("a/17.1#2"), "PJSIP/1001"), 20.0, show)


def test_a_customers_call() -> None:
    listen = Listening()
    fields = originate.place(a_call(caller_id="+4930000", campaign="spring", listen=listen), "PJSIP/+4930123456@out")
    assert fields == [
        ("Action", "Originate"),
        ("Channel", "PJSIP/+4930123456@out"),
        ("ChannelId", "cti-7f.1"),
        ("Context", "cti-outbound"),
        ("Exten", "cti-7f.1"),
        ("Priority", "1"),
        ("Timeout", "25500"),
        ("Async", "true"),
        ("CallerID", "+4930000"),
        ("Variable", "CTI_NUMBER=+4930123456"),
        ("Variable", "CTI_CAMPAIGN=spring"),
        ("Variable", f"CTI_TICKET={encode_ticket(TICKET)}"),
        ("Variable", "CTI_AMD=2500,1500,800,5000,100,50,3"),
    ]


def test_a_long_ticket_comes_in_pieces_that_amis_lines_hold() -> None:
    ticket = Ticket(ContactId("c"), QueueName("q"), 1.0, 1.0, customer={f"fact{n}": "x" * 60 for n in range(24)})
    fields = originate.place(a_call(ticket=ticket), "PJSIP/1@out")
    pieces = dict(value.split("=", 1) for key, value in fields if key == "Variable" and "TICKET" in value)
    assert list(pieces) == ["CTI_TICKET", "CTI_TICKET2", "CTI_TICKET3"]
    assert decode_ticket("".join(pieces.values())) == ticket
    assert encode_action(fields)


@pytest.mark.parametrize("attempt", ["", "a/b", "a b", "a,b", "x\r\nAction: Logoff", "\u0661", "a" * 101])
def test_an_attempt_that_cannot_name_a_channel_is_not_placed(attempt: str) -> None:
    assert not originate.is_placeable(a_call(attempt))


@pytest.mark.parametrize(
    ("caller_id", "well"),
    [
        ("", True),
        ("+4930000", True),
        ("4930000", True),
        ('"Acme Ltd" <+4930000>', True),
        ("Acme", False),
        ('"Acme" <+4930000>\r\nAction: Logoff', False),
        ('"a"b" <1>', False),
    ],
)
def test_nobody_is_called_with_a_caller_id_that_is_none(caller_id: str, *, well: bool) -> None:
    assert originate.is_placeable(a_call(caller_id=caller_id)) is well


def test_an_agents_leg() -> None:
    fields = dict(originate.ring_agent(ringing("Wang, Li")))
    mark = originate.mark_of(OfferId("a/17.1#2"))
    assert (fields["Channel"], fields["ChannelId"], fields["Exten"]) == (
        "PJSIP/1001",
        f"ctia-{mark}",
        f"ctia-{mark}",
    )
    assert fields["Context"] == "cti-waiting-agent"
    assert fields["CallerID"] == '"Wang, Li" <>'
    assert originate.attempt_of(fields["ChannelId"]) is None
    assert "Variable" not in fields


def test_an_agents_phone_is_asked_to_answer_by_itself() -> None:
    asked = msgspec.structs.replace(ringing("Ada"), auto_answer=True)
    assert [value for key, value in originate.ring_agent(asked) if key == "Variable"] == [
        "PJSIP_HEADER(add,Call-Info)=<sip:cti@auto-answer.invalid>;answer-after=0",
        "PJSIP_HEADER(add,Alert-Info)=<sip:cti@auto-answer.invalid>;info=alert-autoanswer;delay=0",
    ]
    local = msgspec.structs.replace(asked, leg=RingLeg(OfferId("a/17.1#2"), "Local/1001@phones/n"))
    assert "Variable" not in dict(originate.ring_agent(local)), "it has no INVITE"


def test_both_ways_to_ring_a_phone_ask_it_in_the_same_words() -> None:
    dialplan = (Path(__file__).parents[2] / "asterisk/etc/extensions_cti.conf").read_text(encoding="utf-8")
    for name, value in originate.AUTO_ANSWER_HEADERS.items():
        assert f"PJSIP_HEADER(add,{name})={value.replace(';', chr(92) + ';')})" in dialplan


@given(st.text())
def test_what_an_agent_is_shown_stays_one_name(show: str) -> None:
    fields = originate.ring_agent(ringing(show))
    shown = dict(fields).get("CallerID", '"" <>')
    assert shown.count('"') == 2 and shown.count("<") == 1 and "\r" not in shown and "\n" not in shown
    if all(not 0xD800 <= ord(sign) <= 0xDFFF for sign in shown):
        assert encode_action(fields)


@given(st.text(), st.text())
def test_marks_are_safe_and_different(one: str, other: str) -> None:
    marks = {originate.mark_of(OfferId(text.encode("utf-8", "replace").decode())) for text in (one, other)}
    assert all(mark.isalnum() and mark.isascii() for mark in marks)


@pytest.mark.parametrize(
    ("cause", "result", "ring"),
    [
        ("17", DialResult.BUSY, RingResult.BUSY),
        ("19", DialResult.NO_ANSWER, RingResult.NO_ANSWER),
        ("21", DialResult.REJECTED, RingResult.REJECTED),
        ("1", DialResult.INVALID, RingResult.UNREACHABLE),
        ("34", DialResult.CONGESTION, RingResult.UNREACHABLE),
        ("27", DialResult.CONGESTION, RingResult.UNREACHABLE),
        ("0", DialResult.CANCELLED, RingResult.UNREACHABLE),
        ("", DialResult.CONGESTION, RingResult.UNREACHABLE),
    ],
)
def test_causes(cause: str, result: DialResult, ring: RingResult) -> None:
    assert (originate.dial_result(cause), originate.ring_result(cause)) == (result, ring)


@pytest.mark.parametrize(
    ("status", "cause", "heard"),
    [
        ("", "", Heard.NOTHING),
        ("HUMAN", "HUMAN-800-800", Heard.HUMAN),
        ("MACHINE", "MAXWORDS-4-3", Heard.MACHINE),
        ("MACHINE", "INITIALSILENCE-2500-2500", Heard.UNSURE),
        ("NOTSURE", "TOOLONG-5000", Heard.UNSURE),
        ("HANGUP", "", Heard.UNSURE),
    ],
)
def test_what_listening_told(status: str, cause: str, heard: Heard) -> None:
    assert originate.heard(status, cause) is heard
