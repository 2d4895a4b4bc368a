"""Is a callback that a flow offers really promised, and only once? A message, a survey? And if the store is deaf?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cti.flows.memory import FlowMemory
from cti.ivr import replies, verbs
from cti.model.promise import Asker, Number
from cti.store.callback_request import drop, take_over
from cti.store.database import Store, open_store
from cti.store.promising import Placed, take_requests
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
    memory = FlowMemory(store, Clock())
    for number in ("+4930111", "+4930111", "4930222"):
        verb = verbs.TakeCallback("sales", number, ONCE, "en")
        assert await memory.take_callback(verb, CALL) == replies.CallbackTaken()
    assert kept(store) == [("+4930111", "sales", CALL), ("4930222", "sales", CALL)]
    odd = verbs.TakeCallback("sales", "anonymous", ONCE, "en")
    assert await memory.take_callback(odd, CALL) == replies.CallbackRefused("invalid_number")
    assert len(kept(store)) == 2 and memory.errors == 0


async def test_a_promise_whose_caller_an_agent_has_meanwhile_is_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, verb = FlowMemory(store, Clock()), verbs.TakeCallback("sales", "+4930111", ONCE, "en")
    loop, gone = asyncio.get_running_loop(), asyncio.Event()

    def dropped(where: Store, name: str) -> None:
        drop(where, name)
        loop.call_soon_threadsafe(gone.set)

    monkeypatch.setattr("cti.flows.memory.drop", dropped)
    taking = asyncio.ensure_future(memory.take_callback(verb, CALL))
    await asyncio.sleep(0)
    memory.drop_callback(verb)
    assert await taking == replies.CallbackRefused("served")
    await gone.wait()
    assert kept(store) == []
    assert await memory.take_callback(verb, CALL) == replies.CallbackTaken(), "another time it is one"
    gone.clear()
    memory.drop_callback(verb)
    await gone.wait()
    assert kept(store) == [] and memory.errors == 0


MESSAGE = verbs.Record((), "node1-1-main-message-3", 60, 3, "#", "sales", "+4930111", connect=False)


async def test_a_message_is_in_its_queues_keeping_once(store: Store) -> None:
    memory = FlowMemory(store, Clock())
    assert await memory.take_message(MESSAGE, "/x/node1-1", 4.5, CALL)
    assert await memory.take_message(MESSAGE, "/x/node1-1", 4.5, CALL)
    assert kept(store) == [("+4930111", "sales", CALL)]


async def test_the_customer_is_asked_once_within_the_quiet_period(store: Store) -> None:
    memory = FlowMemory(store, Clock())
    first, second = (verbs.MaySurvey("after", "c7", call, 86_400.0) for call in ("n/1", "n/2"))
    assert await memory.may_survey(first) == replies.SurveyAllowed()
    assert await memory.may_survey(second) == replies.SurveyAllowed(yes=False)


async def test_a_deaf_store_keeps_nobody_waiting_and_promises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.flows.memory.PROMISE_S", 0.01)
    monkeypatch.setattr("cti.flows.memory.OPINION_S", 0.01)
    ends = threading.Event()

    class Deaf:
        @property
        def engine(self) -> Any:
            ends.wait(10)
            raise OperationalError("", None, Exception())

        durable = engine

    memory = FlowMemory(Deaf(), Clock())  # type: ignore[arg-type]
    try:
        promise = verbs.TakeCallback("sales", "+4930111", ONCE, "en")
        assert await memory.take_callback(promise, CALL) == replies.CallbackRefused("too_many")
        assert not await memory.take_message(MESSAGE, "/x", 4.5, CALL)
        asked = verbs.MaySurvey("after", "c7", CALL, 1.0)
        assert await memory.may_survey(asked) == replies.SurveyAllowed(yes=False, known=False)
        assert memory.errors == 3
        monkeypatch.setattr("cti.flows.memory.MAX_AT_ONCE", 3)
        assert not await memory.take_message(MESSAGE, "/x", 4.5, CALL), "no more threads for a store that is deaf"
    finally:
        ends.set()


async def test_a_store_that_is_ill_promises_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def ill(*_: Any) -> bool:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr("cti.flows.memory.keep", ill)
    assert not await FlowMemory(store, Clock()).take_message(MESSAGE, "/x", 4.5, CALL)


def place(number: str, queue: str) -> Placed | None:
    return Number(number, ("Europe/Berlin",)), queue


async def test_what_he_would_lose_by_hanging_up_is_on_the_disk_with_his_wish(store: Store) -> None:
    """He has typed another number: by his own he is known, should he call in himself."""
    asker = Asker("030999", 1_699_999_000.0, {"en": 2}, 30.0, {"id": "7"})
    memory = FlowMemory(store, Clock(), asker=lambda call: asker if call == CALL else None)
    assert await memory.take_callback(verbs.TakeCallback("sales", "+4930111222", ONCE), CALL) == replies.CallbackTaken()
    [promise], _ = take_requests(store, place)
    assert (promise.number.number, promise.given, promise.since) == ("+4930111222", "030999", 1_699_999_000.0)
    assert (promise.requires, promise.head_start_s, promise.customer) == ({"en": 2}, 30.0, {"id": "7"})


async def test_who_was_told_no_is_not_called_although_the_store_was_only_late(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cti.flows.memory.PROMISE_S", 0.05)
    goes_on, over = threading.Event(), threading.Event()

    def late(*words: Any) -> bool:
        goes_on.wait(10)
        try:
            return take_over(*words)
        finally:
            over.set()

    monkeypatch.setattr("cti.flows.memory.take_over", late)
    memory = FlowMemory(store, Clock())
    wish = verbs.TakeCallback("sales", "+4930111222", ONCE)
    assert await memory.take_callback(wish, CALL) == replies.CallbackRefused("too_many")
    goes_on.set()
    assert await asyncio.to_thread(over.wait, 10)
    assert take_requests(store, place) == ([], 0)
    monkeypatch.setattr("cti.flows.memory.PROMISE_S", 10.0)
    assert await memory.take_callback(wish, CALL) == replies.CallbackTaken(), "he asks again"
    assert len(take_requests(store, place)[0]) == 1
