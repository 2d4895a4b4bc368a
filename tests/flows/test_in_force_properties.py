"""Whatever people write, reload, roll back and restart: does the version hold that the rules say?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from cti.flows.in_force import FlowsInForce
from cti.store.database import Store, open_store
from cti.store.tables import flow_in_force, flow_version
from tests.flow_bench import FlowBench

pytestmark = pytest.mark.contract

BROKEN = "broken"
STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["one", "two", "three", BROKEN])),
    st.tuples(st.sampled_from(["reload", "check", "restart"]), st.just("")),
    st.tuples(st.just("rollback"), st.sampled_from(["", "1", "2", "3", "4"])),
)


class Book:
    """The rules, as a person would keep them on paper."""

    def __init__(self) -> None:
        self.folder = "one"
        self.said: dict[int, str] = {}
        self.holds = 0
        self.given_up = ""

    def reload(self) -> None:
        if self.folder in (BROKEN, self.given_up):
            return
        self.given_up = ""
        newest = max(self.said, default=0)
        if self.folder == self.said.get(self.holds):
            return
        self.holds = newest if self.said.get(newest) == self.folder else newest + 1
        self.said[self.holds] = self.folder

    def roll_back(self, to: int | None) -> None:
        to = to or max((number for number in self.said if number < self.holds), default=0)
        if to not in self.said or to == self.holds:
            return
        self.given_up = self.given_up or self.said[self.holds]
        self.holds = to
        if self.said[to] == self.given_up:
            self.given_up = ""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[FlowBench]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield FlowBench(tmp_path, store)
    store.close()


def forget(store: Store) -> None:
    with store.engine.begin() as connection:
        for table in (flow_version, flow_in_force):
            connection.execute(delete(table))


async def step(bench: FlowBench, flows: FlowsInForce, book: Book, what: str, word: str) -> FlowsInForce:
    match what:
        case "write":
            book.folder = word
            bench.write("name: [") if word == BROKEN else bench.say(word)
        case "reload" | "check":
            answer = await flows.reload(by="eva", check=what == "check")
            assert bool(answer.errors) == (book.folder == BROKEN)
            book.reload() if what == "reload" else None
        case "rollback":
            await flows.roll_back(by="ben", to=int(word) if word else None)
            book.roll_back(int(word) if word else None)
        case "restart" if book.folder != BROKEN:  # which stops the start
            flows = bench.opened()
            book.reload()
    return flows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_the_version_that_the_rules_say_holds(bench: FlowBench, steps: list[tuple[str, str]]) -> None:
    async def live() -> None:
        forget(bench.store)
        bench.say("one")
        flows, book = bench.opened(), Book()
        book.reload()
        for what, word in steps:
            flows = await step(bench, flows, book, what, word)
            found = await flows.versions()
            assert (found["version"], bench.heard()) == (book.holds, book.said[book.holds])
            assert {row["version"] for row in found["versions"]} == book.said.keys()
            assert found["rolled_back"] == bool(book.given_up)
        for number, said in book.said.items():
            bench.desk.book = await bench.desk.book_of(number)
            assert (bench.desk.book.version, bench.heard()) == (number, said)

    asyncio.run(live())
