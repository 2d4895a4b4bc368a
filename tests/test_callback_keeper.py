"""Does what was asked for reach the core: at once, after a death, with a number that can be dialled?"""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from sqlalchemy.exc import OperationalError

from cti import callback_keeper
from cti.callback_keeper import CallbackKeeper
from cti.model.events import AnyEvent, CallbackPromised
from cti.model.policy import Center
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.database import Store, open_store

pytestmark = pytest.mark.unit


@pytest.fixture
def store(tmp_path: object) -> Store:
    return open_store(f"sqlite:///{tmp_path}/cti.db")


def policy(**callbacks: object) -> Center:
    outbound = {"region": "DE", "zone": "Europe/Berlin", "callbacks": callbacks}
    return Center.model_validate({"queues": {"sales": {}}, "outbound": outbound})


def ask(store: Store, number: str = "030 123456".replace(" ", ""), queue: str = "sales", name: str = "r1") -> None:
    take_over(store, CallbackRequest(name, 10.0, number, number, queue), 10.0)


async def looks(keeper: CallbackKeeper, *, until: int = 1) -> list[AnyEvent]:
    posted: list[AnyEvent] = []
    enough = asyncio.Event()

    def post(event: AnyEvent) -> None:
        posted.append(event)
        if len(posted) >= until:
            enough.set()

    running = asyncio.create_task(keeper.run(post))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(enough.wait(), 0.5 if until > 100 else 5.0)
    running.cancel()
    return posted


async def test_a_number_without_its_country_gets_it_and_a_zone(store: Store) -> None:
    ask(store)
    (event,) = await looks(CallbackKeeper(store, lambda: 10.0, policy))
    assert isinstance(event, CallbackPromised) and not event.resumed
    assert (event.promise.number.number, event.promise.number.zones) == ("+4930123456", ("Europe/Berlin",))


async def test_a_promise_for_no_queue_goes_to_the_one_that_is_named_for_it(store: Store) -> None:
    ask(store, queue="gone")
    (event,) = await looks(CallbackKeeper(store, lambda: 10.0, lambda: policy(queue="sales")))
    assert isinstance(event, CallbackPromised) and event.promise.queue == "sales"


async def test_what_cannot_be_kept_is_counted(store: Store) -> None:
    ask(store, number="1001")
    ask(store, queue="gone", name="r2")
    keeper = CallbackKeeper(store, lambda: 10.0, policy)
    assert await looks(keeper, until=101) == []
    assert keeper.unusable == 2


async def test_after_a_death_everything_is_there_again(store: Store) -> None:
    ask(store)
    (event,) = await looks(CallbackKeeper(store, lambda: 10.0, policy))
    posted: list[AnyEvent] = []
    assert CallbackKeeper(store, lambda: 10.0, policy).resume(posted.append) == 1
    assert isinstance(event, CallbackPromised)
    assert posted == [CallbackPromised(event.promise, resumed=True)]


async def test_a_store_that_fails_is_asked_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(store)
    take, fails = callback_keeper.take_requests, [True]

    def failing(*args: object) -> object:
        if fails:
            fails.pop()
            raise OperationalError("select", {}, Exception("disk"))
        return take(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(callback_keeper, "take_requests", failing)
    monkeypatch.setattr(callback_keeper, "RETRY_S", 0.0)
    keeper = CallbackKeeper(store, lambda: 10.0, policy)
    assert len(await looks(keeper)) == 1
    assert keeper.errors == 1
