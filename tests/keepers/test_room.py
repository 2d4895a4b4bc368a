"""Do the parts around calls that we begin belong together: lists forbid, ways out are known, everything is closed?"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from cti.closing import Closing
from cti.keepers.room import OutboundRoom, trunks_of
from cti.model.commands import PlaceCall
from cti.model.events import AnyEvent, AttemptForbidden
from cti.model.policy import Center
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, ContactId, NodeId, QueueName
from cti.store.database import open_store
from cti.store.do_not_call import Entry, add_entry

pytestmark = pytest.mark.unit


async def test_whom_a_list_forbids_to_call_is_not_tried_again(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    posted: list[AnyEvent] = []
    async with contextlib.AsyncExitStack() as stack:
        closing = Closing()
        stack.push_async_callback(closing.close)
        room = OutboundRoom(store, lambda: 5.0, Center, stack, closing)
        await room.begin(posted.append)
        add_entry(store, Entry("+4930123456", "", "asked", "eva", 1.0))
        ticket = Ticket(ContactId("callbacks/7-1"), QueueName("sales"), 1.0, 1.0)
        call = PlaceCall(AttemptId("callbacks-7-1"), NodeId("n1"), "+4930123456", 20.0, ticket)
        assert not await room.ledger.intend(call)
        assert posted == [AttemptForbidden(AttemptId("callbacks-7-1"))]
        assert room.errors == 0
    store.close()


def test_ways_out_are_those_of_the_policy() -> None:
    outbound = {"trunks": {"out": {"dial": "PJSIP/{number}@carrier", "numbers": ["+49"], "except_numbers": ["+49900"]}}}
    trunk = trunks_of(Center.model_validate({"queues": {"sales": {}}, "outbound": outbound}))["out"]
    assert (trunk.dial, trunk.numbers, trunk.except_numbers) == ("PJSIP/{number}@carrier", ("+49",), ("+49900",))
