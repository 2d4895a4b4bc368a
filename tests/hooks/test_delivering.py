"""Is each message handed over until it is taken, at nobody else's expense? Against receivers on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from cti.hooks import delivering
from cti.hooks.delivering import Deliveries
from cti.model.hooks import Hook
from cti.store import hook_outbox
from cti.store.database import Store, open_store
from tests.hooks.receivers import listening
from tests.waiting import until

pytestmark = pytest.mark.contract


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield found
    found.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "pause_s", lambda message, tries, asked_s: 0.02)


def add(store: Store, *numbers: int, hook: str = "crm") -> None:
    times = {"at": 100.0, "next_at": 0.0, "changed_at": 100.0}
    more = {"type": "t", "body": "{}", "state": "waiting", "tries": 0, "answer": ""}
    hook_outbox.add(store, [{"hook": hook, "id": f"m{number}"} | more | times for number in numbers], {hook: 1000})


@asynccontextmanager
async def running(store: Store, rest_s: float = 0.05, **hooks: Hook) -> AsyncIterator[Deliveries]:
    loop = asyncio.get_running_loop()
    deliveries = Deliveries(store, hooks, lambda: 200.0 + loop.time(), rest_s=rest_s)
    task = asyncio.create_task(deliveries.run())
    try:
        yield deliveries
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_what_is_put_in_is_handed_over_once(store: Store) -> None:
    async with listening() as there, running(store, crm=there.hook()) as deliveries:
        add(store, 1, 2, 3)
        deliveries.wake()
        await until(lambda: deliveries.counts["crm", "sent"] == 3)
        deliveries.wake()
        (row,) = await deliveries.load()
    assert sorted(got.headers["webhook-id"] for got in there.got) == ["m1", "m2", "m3"]
    assert (row["waiting"], row["sent"], row["answer"], row["resting"]) == (0, 3, "204", False)
    assert "secret" not in row


async def test_one_that_fails_is_tried_again_under_its_own_name(store: Store) -> None:
    async with listening() as there, running(store, crm=there.hook()) as deliveries:
        there.answers = [500, 503]
        add(store, 1)
        deliveries.wake()
        await until(lambda: deliveries.counts["crm", "sent"] == 1)
    assert [got.headers["webhook-id"] for got in there.got] == ["m1"] * 3
    assert len({got.headers["webhook-signature"] for got in there.got}) >= 1


async def test_410_is_for_ever_until_a_person_wants_it(store: Store) -> None:
    async with listening() as there, running(store, crm=there.hook()) as deliveries:
        there.answers = [410]
        add(store, 1)
        deliveries.wake()
        await until(lambda: deliveries.counts["crm", "failed"] == 1)
        assert (await deliveries.load())[0]["failed"] == 1
        assert await deliveries.retry("crm") == 1 and await deliveries.retry("nobody") is None
        await until(lambda: deliveries.counts["crm", "sent"] == 1)


async def test_a_message_nobody_took_in_time_has_failed(store: Store) -> None:
    async with listening() as there:
        there.usual = 500
        async with running(store, crm=there.hook(give_up_after_h=0.01)) as deliveries:
            add(store, 1)  # of long ago
            deliveries.wake()
            await until(lambda: deliveries.counts["crm", "failed"] == 1)


async def test_a_dead_receiver_rests_and_holds_up_nobody(store: Store) -> None:
    async with listening() as dead, listening() as live:
        dead.usual = 500
        async with running(store, 0.3, crm=dead.hook(max_at_once=1), bi=live.hook()) as deliveries:
            add(store, *range(60))
            add(store, *range(60), hook="bi")
            deliveries.wake()
            await until(lambda: deliveries.counts["bi", "sent"] == 60)
            asked = len(dead.got)
            assert asked <= 7 and (await deliveries.load())[0]["resting"]  # five in a row, then one at a time
            dead.usual = 204
            await until(lambda: deliveries.counts["crm", "sent"] == 60)


async def test_a_test_is_answered_at_once(store: Store) -> None:
    async with listening() as there, running(store, crm=there.hook()) as deliveries:
        await asyncio.sleep(0)
        assert await deliveries.test("nobody") is None
        assert await deliveries.test("crm") == {"hook": "crm", "taken": True, "answer": "204"}


async def test_a_bug_in_one_lane_costs_it_a_pause_and_the_others_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "STORE_RETRY_S", 0.02)
    due, broken = hook_outbox.due, [True, True]

    def breaks(store: Store, hook: str, *args: float) -> object:
        if hook == "crm" and broken:
            broken.pop()
            raise ValueError("a bug")
        return due(store, hook, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(hook_outbox, "due", breaks)
    add(store, 1)
    add(store, 2, hook="erp")
    async with listening() as there, running(store, crm=there.hook(), erp=there.hook()) as deliveries:
        await until(lambda: deliveries.counts["crm", "sent"] == deliveries.counts["erp", "sent"] == 1)
    assert deliveries.errors == 2


async def test_what_was_for_a_receiver_that_is_gone_is_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "KEEP_FAILED_S", 50.0)
    add(store, 1, hook="gone")
    async with running(store):
        await until(lambda: hook_outbox.standings(store, ["gone"])["gone"].waiting == 0)


async def test_what_is_over_is_forgotten_to_the_last_portion(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_outbox, "PORTION", 2)
    monkeypatch.setattr(delivering, "CLEAN_PAUSE_S", 0.0)
    monkeypatch.setattr(delivering, "KEEP_SENT_S", 0.0)
    add(store, *range(1, 8))
    for number in range(1, 8):
        hook_outbox.tried(store, "crm", f"m{number}", hook_outbox.SENT, 100.0, "204", 0.0)
    async with listening() as there, running(store, crm=there.hook()):
        await until(lambda: hook_outbox.standings(store, ["crm"])["crm"].sent == 0)
