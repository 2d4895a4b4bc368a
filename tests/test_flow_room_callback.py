"""Is a callback that a flow offers really promised, and only once?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cti import config
from cti.flow_room import FlowRoom
from cti.ivr import replies, verbs
from cti.store.database import Store, open_store
from cti.store.tables import callback_request

pytestmark = pytest.mark.unit

CALL = "node1/node1-1795303738.25"
ONCE = f"{CALL}/main/callback/7"  # as ivr/asking.py says it


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def kept(store: Store) -> list[tuple[str, str, str]]:
    table = callback_request
    with store.durable.begin() as connection:
        rows = connection.execute(select(table.c.number, table.c.queue, table.c.uniqueid).order_by(table.c.number))
        return [tuple(row) for row in rows]


async def test_a_promise_is_kept_once_however_often_it_is_asked_for(store: Store) -> None:
    """An engine that dies behind the promise asks again; another number is another promise."""
    settings = config.loads(b"nodes: {node1: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\nqueues: {sales: {}}\n")
    room = FlowRoom(settings, Clock())
    async with room.open(store):
        for number in ("+4930111", "+4930111", "4930222"):
            verb = verbs.TakeCallback("sales", number, ONCE, "en")
            assert await room.desk.take_callback(verb, CALL) == replies.CallbackTaken()
        assert kept(store) == [("+4930111", "sales", CALL), ("4930222", "sales", CALL)]
        odd = verbs.TakeCallback("sales", "anonymous", ONCE, "en")
        assert await room.desk.take_callback(odd, CALL) == replies.CallbackRefused("invalid_number")
    assert len(kept(store)) == 2
