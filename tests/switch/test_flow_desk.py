"""A desk that nobody has set up: every question of a flow gets an answer it can go on with."""

from __future__ import annotations

import pytest

from cti.ivr import replies, verbs
from cti.switch.flow_desk import FlowDesk

pytestmark = pytest.mark.unit


async def test_an_empty_desk_refuses_and_never_fails() -> None:
    desk = FlowDesk()
    assert desk.book.flows == {} and not desk.transfers and desk.hours("office", 0.0) is None
    assert await desk.ask(verbs.Lookup("shop", "GET", "/", "once")) == replies.Down("not_configured")
    assert await desk.speak("Hello", "en") is None
    refused = await desk.take_callback(verbs.TakeCallback("sales", "+49", "once"), "a/1")
    assert refused == replies.CallbackRefused("not_allowed")


def test_two_desks_share_nothing() -> None:
    assert FlowDesk().book is not FlowDesk().book
