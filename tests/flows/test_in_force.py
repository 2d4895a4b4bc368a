"""Does the newest version that passed the check hold, and go on over restarts, roll backs and a store in trouble?"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from cti.flows.in_force import NOT_STORED
from cti.model.errors import PolicyError
from cti.model.words import RefusedReason
from cti.store.database import Store, open_store
from tests.flow_bench import FlowBench, flow_text

pytestmark = pytest.mark.contract


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


@pytest.fixture
def bench(tmp_path: Path, store: Store) -> FlowBench:
    return FlowBench(tmp_path, store)


# --- a new version ------------------------------------------------------------------------------------------------


async def test_what_is_new_gets_a_number_and_holds_for_new_calls(bench: FlowBench) -> None:
    flows = bench.opened()
    assert (bench.desk.book.version, bench.heard()) == (1, "Hello")
    first = bench.desk.book
    bench.say("Good day")
    checked = await flows.reload(by="eva", check=True)
    assert (checked.applied, checked.lines, bench.desk.book) == (False, ["flow main: node a changed"], first)
    answer = await flows.reload(by="eva")
    assert (answer.applied, answer.flows, answer.lines) == (True, 2, checked.lines)
    assert (bench.desk.book.version, bench.heard()) == (2, "Good day")
    assert bench.desk.book.flows != first.flows  # who has the first book keeps it
    assert not (await flows.reload(by="eva")).applied


async def test_a_broken_version_never_goes_live(bench: FlowBench) -> None:
    flows = bench.opened()
    bench.write(flow_text("a: {queue: slaes}"))
    for check, errors in ((True, 0), (False, 1)):
        answer = await flows.reload(by="eva", check=check)
        assert answer.refused is not None and answer.refused.reason is RefusedReason.BAD_CONFIGURATION
        assert 'main.yaml:5:14: nodes.a.queue: there is no queue "slaes" (did you mean "sales"?)' in answer.errors[0]
        assert (bench.heard(), flows.errors) == ("Hello", errors)
    bench.write(flow_text("a: {hangup: Bye}", name="mian"))
    [error] = (await flows.reload(by="eva")).errors
    assert error == 'entries.6001.flow: there is no flow "main" (did you mean "mian"?)'
    assert [row["version"] for row in (await flows.versions())["versions"]] == [1]


@pytest.mark.parametrize("text", ["name: [", flow_text("a: {queue: nowhere}"), flow_text("a: {hangup: x}", name="b")])
def test_a_broken_flow_stops_the_start(bench: FlowBench, text: str) -> None:
    bench.write(text)
    with pytest.raises(PolicyError, match=r"main.yaml:\d+:\d+: |entries.6001.flow: there is no flow"):
        bench.opened()


async def test_the_same_flows_keep_their_number_over_restarts(bench: FlowBench) -> None:
    bench.opened()
    text = (bench.folder / "flows" / "main.yaml").read_text()
    bench.write(f"# said once more\n{text}")
    flows = bench.opened()
    assert (bench.desk.book.version, (await flows.versions())["by"]) == (1, "start")
    bench.say("Changed while the engine was away")
    bench.opened()
    assert bench.desk.book.version == 2


# --- roll back ------------------------------------------------------------------------------------------------------


async def versions_of_three(bench: FlowBench) -> None:
    flows = bench.opened()
    for text in ("Two", "Three"):
        bench.say(text)
        await flows.reload(by="eva")


async def test_roll_back_holds_until_the_folder_says_something_new(bench: FlowBench) -> None:
    await versions_of_three(bench)
    flows = bench.opened()
    bench.now = 200.0
    answer = await flows.roll_back(by="ben")
    assert (answer.applied, answer.flows, answer.lines) == (True, 2, ["flow main: node a changed"])
    found = await flows.versions()
    assert (found["version"], found["by"], found["since"], found["rolled_back"]) == (2, "ben", 200.0, True)
    for engine in (flows, bench.opened()):
        answer = await engine.reload(by="eva")
        assert (answer.applied, answer.flows, bench.heard()) == (False, 2, "Two")
        assert "version 2 holds until a flow is changed" in answer.warnings[0]
    bench.say("Four")
    assert ((await engine.reload(by="eva")).flows, bench.heard()) == (4, "Four")
    assert (await engine.versions())["rolled_back"] is False


async def test_step_by_step_back_and_forth_again(bench: FlowBench) -> None:
    await versions_of_three(bench)
    flows = bench.opened()
    assert [(await flows.roll_back(by="ben")).flows for _ in range(2)] == [2, 1]
    answer = await flows.roll_back(by="ben")
    assert answer.refused is not None and answer.refused.reason is RefusedReason.UNKNOWN_VERSION
    assert (bench.opened(), bench.heard())[1] == "Hello"
    flows = bench.opened()
    assert ((await flows.roll_back(by="ben", to=3)).flows, bench.heard()) == (3, "Three")
    assert (await flows.versions())["rolled_back"] is False  # that is what the folder says
    for to, reason in ((3, RefusedReason.ALREADY), (9, RefusedReason.UNKNOWN_VERSION)):
        answer = await flows.roll_back(by="ben", to=to)
        assert answer.refused is not None and answer.refused.reason is reason


async def test_a_folder_that_was_put_right_by_hand_ends_the_roll_back(bench: FlowBench) -> None:
    await versions_of_three(bench)
    flows = bench.opened()
    await flows.roll_back(by="ben")
    bench.say("Two")
    answer = await flows.reload(by="eva")
    assert (answer.applied, answer.flows, answer.warnings) == (False, 2, [])
    bench.say("Three")
    assert ((await flows.reload(by="eva")).flows, bench.heard()) == (3, "Three")
    bench.say("Hello")
    assert (await flows.reload(by="eva")).flows == 4  # numbers only count up


async def test_what_was_changed_but_not_yet_loaded_is_new(bench: FlowBench) -> None:
    await versions_of_three(bench)
    flows = bench.opened()
    bench.say("Draft")
    await flows.roll_back(by="ben")
    assert ((await flows.reload(by="eva")).flows, bench.heard()) == (4, "Draft")


async def test_a_version_that_no_longer_fits_is_not_rolled_back_to(bench: FlowBench) -> None:
    bench.write(flow_text("a: {play: Hi, then: b}", "b: {queue: vip}"))
    bench.opened()
    bench.say("Two")
    bench.centre(queues=["sales"])
    flows = bench.opened()
    answer = await flows.roll_back(by="ben")
    assert answer.errors and "main.yaml (version 1):6:14: nodes.b.queue: there is no queue" in answer.errors[0]
    assert bench.desk.book.version == 2


async def test_what_was_rolled_back_to_gives_way_at_a_start_if_it_no_longer_fits(bench: FlowBench) -> None:
    bench.write(flow_text("a: {play: Hi, then: b}", "b: {queue: vip}"))
    flows = bench.opened()
    bench.say("Two")
    await flows.reload(by="eva")
    await flows.roll_back(by="ben")
    bench.centre(queues=["sales"])
    with structlog.testing.capture_logs() as lines:
        bench.opened()
    assert (bench.desk.book.version, "no longer fit" in lines[0]["event"]) == (2, True)


async def test_without_flows_there_is_nothing_to_reload(bench: FlowBench) -> None:
    bench.centre(entry="", flows="")
    flows = bench.opened()
    for answer in (await flows.reload(by="eva"), await flows.roll_back(by="eva")):
        assert answer.refused is not None and answer.refused.reason is RefusedReason.NO_FLOWS
    assert (await flows.versions())["version"] == 0


# --- callers of earlier versions ------------------------------------------------------------------------------------


async def test_callers_of_a_killed_engine_find_their_version(bench: FlowBench) -> None:
    await versions_of_three(bench)
    bench.opened()
    books = await asyncio.gather(*(bench.desk.book_of(2) for _ in range(20)))
    assert len(set(map(id, books))) == 1 and books[0].version == 2
    assert (await bench.desk.book_of(3)) is bench.desk.book
    for unknown in (0, -1, 9, 10**30):
        assert (await bench.desk.book_of(unknown)) is bench.desk.book


async def test_a_version_that_can_no_longer_be_read_gives_way_to_the_newest(bench: FlowBench, store: Store) -> None:
    await versions_of_three(bench)
    bench.opened()
    with store.engine.begin() as connection:
        connection.exec_driver_sql("""UPDATE flow_version SET body = '{"main.yaml": "name: ["}' WHERE number = 2""")
    assert (await bench.desk.book_of(2)).version == 3
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE flow_version RENAME TO away")
    assert (await bench.desk.book_of(1)).version == 3


async def test_only_books_that_somebody_uses_are_kept(bench: FlowBench) -> None:
    flows = bench.opened()
    used = bench.desk.book
    for number in range(5):
        bench.say(f"Number {number}")
        await flows.reload(by="eva")
    gc.collect()
    assert set(flows._books) == {1, 6} and used.version == 1


async def test_calls_are_counted_by_version(bench: FlowBench) -> None:
    await versions_of_three(bench)
    flows = bench.opened()
    bench.desk.inside[2] += 2
    found = await flows.versions()
    assert [(row["version"], row["calls"], row["holds"]) for row in found["versions"]] == [
        (3, 0, True),
        (2, 2, False),
        (1, 0, False),
    ]
    assert found["calls"] == 2


# --- trouble --------------------------------------------------------------------------------------------------------


async def test_a_store_in_trouble_is_told_and_the_version_holds(bench: FlowBench, store: Store) -> None:
    flows = bench.opened()
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE flow_in_force RENAME TO away")
    bench.say("Two")
    answer = await flows.reload(by="eva")
    assert (answer.applied, list(answer.warnings), flows.errors, bench.heard()) == (True, [NOT_STORED], 1, "Two")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO flow_in_force")
    assert not (await flows.reload(by="eva")).applied  # and stores what was owed
    bench.opened()
    assert (bench.desk.book.version, len((await flows.versions())["versions"])) == (2, 2)


async def test_an_asker_who_goes_away_leaves_nothing_half_done(bench: FlowBench) -> None:
    flows = bench.opened()
    bench.say("Two")
    asking = asyncio.ensure_future(flows.reload(by="eva"))
    await asyncio.sleep(0)
    asking.cancel()
    assert not (await flows.reload(by="eva")).applied  # comes after it
    assert bench.heard() == "Two"
