"""Whose is an event? Only the Uniqueids that we gave tell; everything else is somebody else's."""

from __future__ import annotations

import pytest

from cti.model import commands, events
from cti.model.words import NodeId, RingResult, SpyId, SpyMode
from cti.switch.begun import Begun
from tests.switch.in_memory import Desk, Ledger, Link

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", ["Newchannel", "DialBegin", "DialEnd", "Hangup", "OriginateResponse", "DTMFEnd"])
@pytest.mark.parametrize("uniqueid", ["17.1", "cti-other", "ctia-other", "", "CTI-x", "node-cti-x"])
async def test_what_is_not_ours_is_left_alone(name: str, uniqueid: str) -> None:
    desk = Desk()
    link = Link(on_event=lambda fields: None, on_state=lambda change: None)
    begun = Begun(NodeId("a"), link, desk.post, desk.post, {}, Ledger())  # type: ignore[arg-type]
    fields = {"Uniqueid": uniqueid, "DestUniqueid": uniqueid, "Channel": "PJSIP/x-1", "DestChannel": "PJSIP/x-1"}
    assert begun.hear(name, {**fields, "DialStatus": "ANSWER", "Response": "Failure", "Cause": "17"}) is False
    assert desk.told() == [] and link.fired() == []


async def test_the_ring_of_a_customer_whom_we_called_is_the_agents() -> None:
    """In a Dial from his channel he is the caller: the event is about the leg that rings."""
    desk = Desk()
    link = Link(on_event=lambda fields: None, on_state=lambda change: None)
    begun = Begun(NodeId("a"), link, desk.post, desk.post, {}, Ledger())  # type: ignore[arg-type]
    begun.calls.reconcile([events.SnapshotLeg("a/cti-x1", "PJSIP/trunk-1")])
    begun.hear("DialEnd", {"Uniqueid": "cti-x1", "DestUniqueid": "20.1", "DialStatus": "ANSWER"})
    assert desk.told() == []


async def test_a_first_look_that_is_made_again_forgets_nobody_who_was_begun_after_it() -> None:
    """It broke after the core was told: what that has ordered since may be missing in the second list."""
    desk = Desk()
    link = Link(on_event=lambda fields: None, on_state=lambda change: None)
    begun = Begun(NodeId("a"), link, desk.post, desk.post, {}, Ledger())  # type: ignore[arg-type]
    begun.connected()
    begun.reconcile([])
    begun.listeners.spy(commands.Spy(NodeId("a"), SpyId("1"), "a/17.1", SpyMode.LISTEN, "PJSIP/1009", 30.0))
    begun.reconcile([])
    assert len(link.sent()) == 1 and desk.told() == []
    begun.connected()
    begun.reconcile([])
    assert desk.told() == [events.SpyEnded(SpyId("1"), RingResult.UNREACHABLE)]
