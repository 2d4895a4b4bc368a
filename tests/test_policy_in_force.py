"""Do the file, the live changes, the store and the core stay of one mind, whichever of them fails?"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cti import file_reading, policy_in_force
from cti.config import settings as config
from cti.model.audit import AuditEntry
from cti.model.changes import Refused
from cti.model.words import RefusedReason
from cti.policy_in_force import NOT_STORED
from cti.ports import PolicyAnswer
from cti.store.database import Store, open_store
from cti.store.live_changes import LiveChange, save_live_changes
from cti.store.tables import audit
from cti.store.threads import StoreThreads
from tests.policy_bench import Bench
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    bench = Bench(tmp_path, store)
    yield bench
    bench.policy.close()
    store.close()


class Request:
    """A ports.Asked."""

    def __init__(self) -> None:
        self.is_begun = asyncio.Event()

    def begun(self) -> None:
        self.is_begun.set()

    def entry(self, at: float, answer: PolicyAnswer | None) -> AuditEntry:
        result = "failed" if answer is None else "done" if answer.refused is None else "refused"
        return AuditEntry(at, None, "eva", "queue.set", "sales", {}, result)


def in_the_trail(store: Store) -> list[str]:
    with store.engine.connect() as connection:
        return list(connection.execute(select(audit.c.result).order_by(audit.c.id)).scalars())


@contextlib.contextmanager
def locked(store: Store) -> Iterator[None]:
    """Another program keeps the database for itself."""
    with store.durable.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        other.rollback()


async def test_a_reload_tells_who_connects_to_the_nodes_of_the_file(bench: Bench) -> None:
    await bench.policy.change({"nodes.node1.drained": "new kernel"}, by="eva")
    assert bench.adopted[-1][0].nodes["node1"].drained == "new kernel" and bench.connected == []
    assert bench.opened().center.nodes["node1"].drained == "new kernel", "after a restart too"
    bench.more_nodes = {"node2": {"host": "127.32.0.10", "secret": "hush"}}
    bench.write(target_s=20)
    checked = await bench.policy.reload(by="eva", check=True)
    assert (checked.lines, checked.needs_restart, bench.connected) == (["+ node node2"], [], [])
    answer = await bench.policy.reload(by="eva")
    assert answer.applied and bench.connected == [{"node1": "127.32.0.9", "node2": "127.32.0.10"}]
    assert bench.adopted[-1][0].nodes["node1"].drained == "new kernel", "a live change lies over the new file, too"
    bench.more_nodes = {"node2": {"host": "127.32.0.11", "secret": "hush"}}
    bench.write(target_s=20)
    answer = await bench.policy.reload(by="eva")
    assert (answer.applied, answer.lines) == (True, ["node node2: another host"])
    assert bench.connected[-1]["node2"] == "127.32.0.11"
    bench.more_nodes = {}
    bench.write(target_s=20)
    bench.refusal = Refused(RefusedReason.IN_USE, "node node2: 1 calls; drain it first")
    assert (await bench.policy.reload(by="eva")).refused is bench.refusal
    assert "node2" in bench.connected[-1], "what is refused is not taken away"


async def test_an_engine_with_an_older_file_throws_away_nobodys_change(bench: Bench) -> None:
    bench.more_nodes = {"node2": {"host": "127.32.0.10", "secret": "hush"}}
    bench.write(target_s=20)
    await bench.policy.reload(by="eva")
    await bench.policy.change({"nodes.node2.drained": "new kernel"}, by="eva")
    bench.policy.close()
    bench.more_nodes = {}
    bench.write(target_s=20)
    bench.policy = bench.opened()  # a standby with yesterday's file takes over
    assert (await bench.policy.change({"queues.sales.target_s": 30}, by="eva")).refused is None
    assert sorted(bench.stored()) == ["nodes.node2.drained", "queues.sales.target_s"]
    bench.more_nodes = {"node2": {"host": "127.32.0.10", "secret": "hush"}}
    bench.write(target_s=20)
    answer = await bench.policy.reload(by="eva")
    assert answer.dropped == [] and bench.policy.center.nodes["node2"].drained == "new kernel"
    assert sorted(row["path"] for row in bench.policy.live_changes()) == [
        "nodes.node2.drained",
        "queues.sales.target_s",
    ]
    assert not any(row["resting"] for row in bench.policy.live_changes())


@pytest.mark.parametrize("how", ["reset", "drop_live"])
async def test_what_rests_can_be_taken_away_for_good(bench: Bench, how: str) -> None:
    bench.policy.close()
    save_live_changes(bench.store, [LiveChange("queues.gone.target_s", 5, "eva", 1.0)])
    bench.policy = bench.opened()
    assert bench.stored() == ["queues.gone.target_s"]
    [row] = bench.policy.live_changes()
    assert (row["path"], row["value"], row["file"], row["resting"]) == ("queues.gone.target_s", 5, None, True)
    if how == "reset":
        answer = await bench.policy.reset(["queues.gone.target_s"], by="eva")
        assert answer.lines == ["queues.gone.target_s: rested, and is taken back"]
    else:
        await bench.policy.reload(by="eva", drop_live=True)
    assert bench.stored() == bench.policy.live_changes() == []


async def test_a_change_holds_is_stored_and_is_forgotten_again(bench: Bench) -> None:
    answer = await bench.policy.change({"queues.sales.target_s": 30}, by="eva")
    assert (answer.applied, answer.lines) == (True, ["queue sales: target_s 20 -> 30"])
    [(center, version, by)] = bench.adopted
    assert (center, version, by) == (bench.policy.center, bench.policy.version, "eva")
    assert bench.stored() == ["queues.sales.target_s"]
    assert bench.opened().center.queues["sales"].target_s == 30
    await bench.policy.reset(["queues.sales.target_s"], by="eva")
    assert (bench.stored(), bench.policy.center.queues["sales"].target_s) == ([], 20)


async def test_what_equals_the_file_is_no_live_change(bench: Bench) -> None:
    await bench.policy.change({"queues.sales.target_s": 30}, by="eva")
    answer = await bench.policy.change({"queues.sales.target_s": "20.0"}, by="eva")
    assert answer.applied and bench.policy.live_changes() == [] and bench.stored() == []
    assert not (await bench.policy.change({"queues.sales.target_s": 20}, by="eva")).applied


async def test_a_refusal_of_the_core_changes_nothing(bench: Bench) -> None:
    version = bench.policy.version
    bench.refusal = Refused(RefusedReason.IN_USE, "queue sales: 1 callers")
    for answer in (
        await bench.policy.change({"queues.sales.target_s": 30}, by="eva"),
        await bench.policy.reload(by="eva", drop_live=True) if bench.write(tier=1) is None else None,
    ):
        assert answer is not None and answer.refused == bench.refusal and not answer.applied
    assert (bench.policy.version, bench.policy.live_changes(), bench.stored()) == (version, [], [])


async def test_a_value_that_cannot_be_changes_nothing(bench: Bench) -> None:
    answer = await bench.policy.change({"queues.sales.target_s": 30, "queues.sales.tier": 99}, by="eva")
    assert answer.refused is not None and answer.refused.reason is RefusedReason.BAD_CONFIGURATION
    assert answer.errors == ["queues.sales.tier: must be at most 9"] and bench.adopted == []


async def test_a_store_in_trouble_is_told_and_it_is_stored_later(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_in_force, "STORED_WITHIN_S", 0.05)
    with bench.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE live_change RENAME TO away")
    answer = await bench.policy.change({"queues.sales.target_s": 30}, by="eva", asked=Request())
    assert answer.applied and list(answer.warnings) == [NOT_STORED] and bench.policy.errors >= 1
    assert [change["stored"] for change in bench.policy.live_changes()] == [False] and not bench.policy.is_stored
    assert in_the_trail(bench.store) == []
    with bench.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO live_change")
    bench.policy.close()  # the last try
    assert bench.stored() == ["queues.sales.target_s"] and bench.policy.is_stored
    assert [change["stored"] for change in bench.policy.live_changes()] == [True]
    assert in_the_trail(bench.store) == ["done"]


async def test_a_slow_store_holds_up_nobody(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_in_force, "STORED_WITHIN_S", 0.0)
    with locked(bench.store):
        changes = [bench.policy.change({"queues.sales.target_s": 30 + n}, by="eva", asked=Request()) for n in range(9)]
        answers = await asyncio.gather(*changes)  # each of them, before the other program lets go
        assert [list(answer.warnings) for answer in answers] == [[NOT_STORED]] * 9
    bench.policy.close()
    assert bench.opened().center.queues["sales"].target_s == 38
    assert in_the_trail(bench.store) == ["done"] * 9


async def test_threads_that_all_wait_for_the_store_hold_up_no_change_and_no_reload(bench: Bench) -> None:
    pool, hangs = StoreThreads(1), threading.Event()
    asyncio.get_running_loop().set_default_executor(pool)
    pool.submit(hangs.wait)
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert (await bench.policy.change({"queues.sales.target_s": 30}, by="eva")).applied
            bench.write(target_s=25)
            assert (await bench.policy.reload(by="eva", drop_live=True)).applied
    finally:
        hangs.set()


async def test_what_was_applied_is_in_the_trail_with_the_change_and_what_was_not_by_itself(bench: Bench) -> None:
    await bench.policy.change({"queues.sales.target_s": 30}, by="eva", asked=Request())
    assert (in_the_trail(bench.store), bench.told) == (["done"], [])
    await bench.policy.change({"queues.sales.tier": 99}, by="eva", asked=Request())
    await bench.policy.change({"queues.sales.target_s": 30}, by="eva", asked=Request())
    assert (in_the_trail(bench.store), [entry.result for entry in bench.told]) == (["done"], ["refused", "done"])


async def test_an_asker_who_goes_away_leaves_nothing_half_done(bench: Bench) -> None:
    first, second = Request(), Request()
    asking = asyncio.ensure_future(bench.policy.change({"queues.sales.target_s": 30}, by="eva", asked=first))
    waits = asyncio.ensure_future(bench.policy.change({"queues.sales.head_start_s": 5}, by="eva", asked=second))
    await first.is_begun.wait()
    asking.cancel()
    waits.cancel()
    await bench.policy.change({"queues.sales.tier": 1}, by="eva")  # comes after them
    assert sorted(bench.stored()) == ["queues.sales.target_s", "queues.sales.tier"]
    assert (
        in_the_trail(bench.store) == ["done"] and not second.is_begun.is_set()
    )  # who asks for him says what came of it


async def test_a_failure_of_ours_is_told_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bench.policy, "_adopt", broken)
    with pytest.raises(ZeroDivisionError):
        await bench.policy.change({"queues.sales.target_s": 30}, by="eva", asked=Request())
    assert [entry.result for entry in bench.told] == ["failed"]


async def test_a_file_that_does_not_answer_holds_up_reloads_only(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_reading, "READ_LIMIT_S", 0.02)
    answers, begun = threading.Event(), []

    def hangs(path: Path) -> config.Reading:
        begun.append(path)
        answers.wait(10)
        return config.Reading(str(path))

    monkeypatch.setattr(config, "read", hangs)
    asking = [asyncio.ensure_future(bench.policy.reload(by="eva")) for _ in range(3)]
    assert (await bench.policy.change({"queues.sales.target_s": 30}, by="eva")).applied
    for answer in await asyncio.gather(*asking):
        assert answer.errors == [f"{bench.file}:1:1: cannot be read: no answer within 0 s"]
    assert len(begun) == 1  # no thread for every try
    answers.set()


async def test_a_check_changes_nothing_and_counts_no_error(bench: Bench) -> None:
    await bench.policy.change({"queues.sales.target_s": 30}, by="eva")
    bench.write(target_s=25, tier=1)
    answer = await bench.policy.reload(by="eva", check=True, drop_live=True)
    assert answer.lines == ["queue sales: target_s 30 -> 25", "queue sales: tier 5 -> 1"]
    assert (len(bench.adopted), bench.stored()) == (1, ["queues.sales.target_s"])
    bench.file.write_text("queues: {")
    assert (await bench.policy.reload(by="eva", check=True)).errors
    assert bench.policy.errors == 0


async def test_the_file_may_have_gone(bench: Bench) -> None:
    bench.file.unlink()
    answer = await bench.policy.reload(by="eva")
    what = "cannot be read: No such file or directory; name the file with --config or CTI_CONFIG"
    assert answer.errors == [f"{bench.file}:1:1: {what}"]
