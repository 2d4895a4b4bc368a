"""Are facts numbered in the order of time, and never twice, however many engines write into one database?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import START, Scene, center, member
from sqlalchemy import func, select

from cti.model.changes import Changed, Kind
from cti.model.words import CallId, ContactId
from cti.store import fact_numbers
from cti.store.database import Store, open_store
from cti.store.fact_numbers import FactNumbers
from cti.store.history import History
from cti.store.history_facts import Rows
from cti.store.history_writer import HistoryWriter
from cti.store.tables import contact_fact, history_engine

pytestmark = pytest.mark.unit

POLICY = center(agents={"anna": member("sales")})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('numbers')}/cti.db")
    yield store
    store.close()


def number(numbers: FactNumbers, at: float) -> int:
    rows = Rows(contact_fact=[(numbers.take(at), "n/1", at, "contact", "v1", "{}")])
    return numbers.give(rows).contact_fact[0][0]


@given(times=st.lists(st.tuples(st.booleans(), st.floats(0, 0.01)), max_size=60))
def test_two_engines_never_give_the_same_number_and_each_counts_up(
    store: Store, times: list[tuple[bool, float]]
) -> None:
    engines = FactNumbers(store, START), FactNumbers(store, START)
    given_by: dict[FactNumbers, list[int]] = {each: [] for each in engines}
    for second, at in times:
        engine = engines[second]
        given_by[engine].append(number(engine, START + at))
    for told in given_by.values():
        assert told == sorted(set(told))
    assert not set(given_by[engines[0]]) & set(given_by[engines[1]])


def test_a_later_fact_of_another_engine_has_a_higher_number(store: Store) -> None:
    one, other = FactNumbers(store, START), FactNumbers(store, START)
    assert number(one, START + 1) < number(other, START + 2) < number(one, START + 3)


def test_a_policy_takes_as_many_as_it_may_need(store: Store) -> None:
    numbers = FactNumbers(store, START)
    first = numbers.take(START + 1, 10_000)
    assert numbers.take(START + 1) == first + 10_000


def test_a_clock_that_was_set_back_is_not_followed(store: Store) -> None:
    numbers = FactNumbers(store, START + 100)
    assert number(numbers, START + 100) < number(numbers, START)


def test_numbers_are_within_what_a_database_takes(store: Store) -> None:
    in_a_hundred_years = START + 100 * 366 * 86_400
    assert number(FactNumbers(store, in_a_hundred_years), in_a_hundred_years) < 2**63


def test_the_list_of_engines_has_a_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_numbers, "ENGINES", 5)
    for _ in range(12):
        FactNumbers(store, START)
    with store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(history_engine)).scalar() == 5


def test_two_engines_write_one_history(tmp_path: Path) -> None:
    """Both at the same instants, into the same tables: nothing is lost, and each story is whole and in order."""
    store = open_store(f"sqlite:///{tmp_path}/two.db")
    writers = [HistoryWriter(store, POLICY, "v1", now=START, keep_s=1e9, gather_s=0.0) for _ in range(2)]
    for which, writer in enumerate(writers):
        for step in range(50):
            writer.apply(arrived(f"node{which}/1.{step}", START + step))
    assert [(writer.close(), writer.errors, writer.lost) for writer in writers] == [(0, 0, 0)] * 2
    with store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(contact_fact)).scalar() == 100
    assert len(History(store, POLICY, "v1").contacts(limit=200)) == 100
    store.close()


def arrived(name: str, at: float) -> Changed:
    return Changed(Kind.CONTACT, name, "", "arrived", at, "CallArrived", contact=ContactId(name), call=CallId(name))


def test_a_contact_that_another_engine_takes_over_has_one_story(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/over.db")
    first, second = (HistoryWriter(store, POLICY, "v1", now=START, keep_s=1e9, gather_s=0.0) for _ in range(2))
    scene = Scene(POLICY)
    scene.arrive("c1")
    for told in scene.changes():
        first.apply(told)
    first.flush()
    heir = Scene(POLICY)
    heir.now = scene.now + 5
    heir.login("anna")
    heir.arrive("c1", ticket=scene.ticket("c1"))
    for told in heir.changes():
        second.apply(told)
    history = History(store, POLICY, "v1", second.flush)
    (row,) = history.contacts()
    times = [fact.at for fact in history.facts(row["contact"])]
    assert times == sorted(times) and times[0] == scene.now and times[-1] == heir.now
    assert [look.standings[0].agent for look in history.looks(row["contact"]) if look.rule] == ["anna"]
    for writer in (first, second):
        writer.close()
    store.close()
