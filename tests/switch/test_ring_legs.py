"""Legs of our rings, as one node's AMI tells of them: they find their offers, and answer their calls."""

from __future__ import annotations

import pytest

from cti.model import events
from cti.model.words import RingResult
from tests.switch.test_node import BEGIN, O1, O2, RINGING, Bench, C

pytestmark = pytest.mark.unit


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


async def test_a_leg_of_a_ring_is_its_offers(bench: Bench) -> None:
    call = bench.a_call()
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    assert bench.tells("DialBegin", **BEGIN) == [RINGING]
    assert call.legs == {O1: "PJSIP/1001-0000000a"}
    assert bench.link.fired() == []


@pytest.mark.parametrize(
    ("dial", "channel", "dial_string"),
    [
        ("PJSIP/1001/sip:x@host", "PJSIP/1001-0000000a", "1001/sip:x@host"),
        ("Local/5@ctx/n", "Local/5@ctx-00000001;1", "5@ctx/n"),
        ("PJSIP/1001", "PJSIP/1001-0000000a", "1001/sip:1001@10.0.0.9:5062"),
        ("PJSIP/1001", "PJSIP/1001-0000000a", ""),
    ],
)
async def test_a_leg_is_found_by_its_dial_string_or_else_its_phone(
    bench: Bench, dial: str, channel: str, dial_string: str
) -> None:
    bench.node.rings.expect(C, {dial: O1})
    told = bench.tells("DialBegin", **{**BEGIN, "DestChannel": channel, "DialString": dial_string})
    assert told == [events.OfferRinging(O1, "a/20.1", channel)]


@pytest.mark.parametrize("other", [{"Uniqueid": "99.1"}, {"DestChannel": "PJSIP/1007-0000000a", "DialString": "1007"}])
async def test_a_dial_that_is_not_ours_is_no_news(bench: Bench, other: dict[str, str]) -> None:
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    assert bench.tells("DialBegin", **{**BEGIN, **other}) == []
    assert bench.tells("DialEnd", **{**BEGIN, **other}, DialStatus="ANSWER") == []


async def test_an_originate_has_no_caller_in_its_dial(bench: Bench) -> None:
    assert bench.tells("DialBegin", DestUniqueid="20.1", DestChannel="PJSIP/1001-0000000a") == []


async def test_a_leg_that_was_taken_back_before_it_was_known_is_hung_up(bench: Bench) -> None:
    call = bench.a_call()
    call.to_stop.add(O1)
    bench.node.rings.expect(C, {"PJSIP/1001": O1, "PJSIP/1002": O2})
    assert bench.tells("DialBegin", **BEGIN) == []
    assert bench.link.fired() == [{"Action": "Hangup", "Channel": "PJSIP/1001-0000000a"}]
    second = {**BEGIN, "DestUniqueid": "21.1", "DestChannel": "PJSIP/1002-0000000b", "DialString": "1002"}
    assert bench.tells("DialBegin", **second) == [events.OfferRinging(O2, "a/21.1", "PJSIP/1002-0000000b")]
    assert bench.link.fired() == []


async def test_a_ring_is_stopped_though_its_callers_session_is_gone(bench: Bench) -> None:
    """FastAGI broke, and the agent logs out: his phone would ring on until its time is up."""
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    bench.tells("DialBegin", **BEGIN)
    bench.node.rings.stop((O2,))
    assert bench.link.fired() == []
    bench.node.rings.stop((O1,))
    assert bench.link.fired() == [{"Action": "Hangup", "Channel": "PJSIP/1001-0000000a"}]
    bench.tells("DialEnd", DestUniqueid="20.1", DialStatus="ANSWER")
    bench.node.rings.stop((O1,))
    assert bench.link.fired() == [], "who has answered talks"


async def test_the_end_of_a_leg_that_was_taken_back_is_told(bench: Bench) -> None:
    bench.a_call().to_stop.add(O1)
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    bench.tells("DialBegin", **BEGIN)
    bench.tells("DialEnd", DestUniqueid="20.1", DialStatus="NOANSWER")
    assert events.OfferEnded(O1, RingResult.NO_ANSWER) in bench.tells("Hangup", Uniqueid="20.1", Cause="16")


async def test_a_leg_that_comes_after_the_session_is_over_finds_its_offer(bench: Bench) -> None:
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    assert bench.tells("DialBegin", **BEGIN) == [RINGING]
    assert bench.tells("DialEnd", DestUniqueid="20.1", DialStatus="ANSWER") == [events.OfferAnswered(O1)]


async def test_a_leg_that_comes_after_its_callers_hangup_is_nobodys(bench: Bench) -> None:
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    assert bench.tells("Hangup", Uniqueid="17.1", Cause="16") == [events.LegDown(C), events.CallGone(C)]
    assert bench.tells("DialBegin", **BEGIN) == []


async def test_only_the_newest_ring_of_a_caller_counts(bench: Bench) -> None:
    bench.node.rings.expect(C, {"PJSIP/1001": O1})
    bench.node.rings.expect(C, {"PJSIP/1002": O2})
    assert bench.tells("DialBegin", **BEGIN) == []
