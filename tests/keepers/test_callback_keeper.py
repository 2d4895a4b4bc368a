"""Does every request for a callback reach the core as a promise, with a number that can be dialled, once?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from cti.keepers import callback_keeper
from cti.keepers.callback_keeper import CallbackKeeper
from cti.model.events import AnyEvent, CallbackPromised
from cti.model.policy import Center
from cti.model.promise import Number, Promise
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import open_promises
from cti.store.database import Store, open_store
from cti.store.owner import NotOwner
from cti.store.promising import promise_at_once, take_requests
from tests.breaking import breaking
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
SALES = {"queues": {"sales": {}, "support": {}}, "outbound": {"region": "DE"}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def keeper(store: Store, **outbound: Any) -> CallbackKeeper:
    policy = Center.model_validate(SALES | {"outbound": {"region": "DE"} | outbound})
    return CallbackKeeper(store, lambda: NOW, lambda: policy)


def ask(store: Store, name: str, number: str = "030 123456".replace(" ", ""), queue: str = "sales") -> None:
    take_over(store, CallbackRequest(name, NOW, number, number, queue, uniqueid="n/1"), NOW)


async def taken(keeper: CallbackKeeper, count: int, *, until: Any = None) -> list[CallbackPromised]:
    """Let it look until it has posted so many."""
    posted: list[AnyEvent] = []
    enough = asyncio.Event()

    def post(event: AnyEvent) -> None:
        posted.append(event)
        if len(posted) >= count:
            enough.set()

    running = asyncio.create_task(keeper.run(post))
    await asyncio.wait_for(until() if until is not None else enough.wait(), PATIENCE_S)
    running.cancel()
    return [event for event in posted if isinstance(event, CallbackPromised)]


async def test_a_request_is_handed_over_with_a_number_for_the_trunk(store: Store) -> None:
    ask(store, "r1")
    found = keeper(store)
    [event] = await taken(found, 1)
    assert not event.resumed and event.promise.number.number == "+4930123456"
    assert event.promise.number.zones == ("Europe/Berlin",) and event.promise.given == "030123456"
    again: list[AnyEvent] = []
    assert found.resume(again.append) == 1
    [resumed] = again
    assert isinstance(resumed, CallbackPromised) and resumed.resumed and resumed.promise == event.promise


async def test_a_queue_that_is_gone_is_replaced_where_one_is_named(store: Store) -> None:
    ask(store, "r1", queue="gone")
    [event] = await taken(keeper(store, callbacks={"queue": "support"}), 1)
    assert event.promise.queue == "support"


@pytest.mark.parametrize(("number", "queue", "outbound"), [("12", "sales", {}), ("030123456", "gone", {})])
async def test_what_cannot_be_kept_is_counted_and_the_next_one_kept(
    store: Store, number: str, queue: str, outbound: dict[str, Any]
) -> None:
    ask(store, "r1", number, queue)
    ask(store, "r2")
    found = keeper(store, **outbound)
    assert len(await taken(found, 1)) == 1
    assert found.unusable == 1


@pytest.mark.parametrize(("error", "level"), [(NotOwner(), "info"), (OperationalError("", None, Exception()), "error")])
async def test_a_store_that_is_away_is_asked_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception, level: str
) -> None:
    ask(store, "r1")
    take, away = take_requests, [True]

    def failing(*words: Any) -> Any:
        if away:
            away.pop()
            raise error
        return take(*words)

    monkeypatch.setattr(callback_keeper, "take_requests", failing)
    monkeypatch.setattr(callback_keeper, "RETRY_S", 0.0)
    found = keeper(store)
    with capture_logs() as logged:
        assert len(await taken(found, 1)) == 1
    assert found.errors == 1
    assert [line["log_level"] for line in logged] == [level], "an orderly step-down is no error"


@pytest.mark.parametrize("error", [OperationalError("", None, Exception()), ValueError()], ids=["store", "row"])
async def test_a_promise_that_is_taken_comes_also_without_what_was_tried_before(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_words: Any, **_more: Any) -> Any:
        raise error

    ask(store, "r1")
    monkeypatch.setattr(callback_keeper, "history", fails)
    found = keeper(store)
    [event] = await taken(found, 1)
    assert event.history == () and found.errors == 1


async def test_who_has_asked_just_now_is_not_kept_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_keeper, "LOOK_EVERY_S", 3600.0)
    found = keeper(store)
    first, both = asyncio.Event(), asyncio.Event()
    posted: list[AnyEvent] = []

    def post(event: AnyEvent) -> None:
        posted.append(event)
        (both if first.is_set() else first).set()

    ask(store, "r1")
    running = asyncio.create_task(found.run(post))
    await asyncio.wait_for(first.wait(), PATIENCE_S)
    ask(store, "r2")
    found.look()
    await asyncio.wait_for(both.wait(), PATIENCE_S)
    running.cancel()
    assert len(posted) == 2


def test_what_cannot_be_called_is_known_before_anything_is_promised(store: Store) -> None:
    ours = keeper(store)
    assert [ours.may_call(number) for number in ("030123456", "+4930123456", "1001", "anonymous", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("when", [Connection.commit, Connection.rollback], ids=["after", "before"])
async def test_the_core_hears_once_of_a_promise_whose_commit_was_not_answered(
    store: Store, monkeypatch: pytest.MonkeyPatch, when: Callable[[Connection], None]
) -> None:
    monkeypatch.setattr(callback_keeper, "RETRY_S", 0.0)
    monkeypatch.setattr(callback_keeper, "LOOK_EVERY_S", 0.0)
    ask(store, "r1")
    found = keeper(breaking(store, when))
    looks, three = [0], asyncio.Event()
    done = found.unanswered.done

    def looked(store: Store) -> dict[str, Promise]:
        looks[0] += 1
        if looks[0] == 4:
            loop.call_soon_threadsafe(three.set)
        return done(store)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(found.unanswered, "done", looked)
    events = await taken(found, 99, until=three.wait)
    assert [event.promise for event in events] == open_promises(store) and len(events) == 1 and found.errors == 1


async def test_also_of_one_that_somebody_else_has_made(store: Store) -> None:
    found = keeper(store)
    row = {"id": "promised-1", "at": NOW, "number": "+4930555", "queue": "sales", "kind": "scheduled"}
    with pytest.raises(OperationalError):
        promise_at_once(
            breaking(store, Connection.commit), row, (Number("+4930555"), "sales"), found.unanswered.watched
        )
    [event] = await taken(found, 1)
    assert [event.promise] == open_promises(store) and not event.resumed
