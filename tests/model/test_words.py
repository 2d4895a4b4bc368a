"""Can every event, command and change be written down and read back, and is it a value that nobody changes?"""

from __future__ import annotations

import typing
from typing import Any

import msgspec
import pytest

from cti.model import changes, commands, events
from cti.model.ticket import Ticket
from cti.model.words import CallId, ContactId, NodeId, OfferId, QueueName, RingResult

pytestmark = pytest.mark.unit

CALL = CallId("node1/1.1")
TICKET = Ticket(ContactId(CALL), QueueName("sales"), 1.5, 2.5)
EVENTS: list[events.AnyEvent] = [
    events.CallArrived(CALL, NodeId("node1"), "PJSIP/t-1", "6001", "+49", None, 2, TICKET, "ANSWER", 3.25),
    events.RingEnded(CALL, RingResult.BUSY, 0.0, False, OfferId("x#1")),
    events.NodeUp(NodeId("node1"), (events.SnapshotLeg("node1/1.1", "PJSIP/t-1", "PJSIP/t", "b", True, TICKET),), 9.5),
    events.TimePassed(),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_events_survive_json(event: events.AnyEvent) -> None:
    assert msgspec.json.decode(msgspec.json.encode(event), type=events.AnyEvent) == event


@pytest.mark.parametrize("union", [events.AnyEvent, commands.AnyCommand], ids=["events", "commands"])
def test_the_union_is_complete(union: Any) -> None:
    words = set(typing.get_args(union))
    [base] = {word.__mro__[1] for word in words}
    assert words == set(base.__subclasses__())


@pytest.mark.parametrize(
    "word", [*typing.get_args(events.AnyEvent), *typing.get_args(commands.AnyCommand), changes.Changed]
)
def test_words_are_frozen(word: Any) -> None:
    assert word.__struct_config__.frozen
