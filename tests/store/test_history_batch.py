"""Is a batch of the history stored once, and all of it but what no database takes? Whatever becomes of a commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from breaking import breaking
from kit import START, Scene, center, member
from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.exc import OperationalError

from cti.store.database import Store
from cti.store.fact_numbers import FactNumbers
from cti.store.history_batch import Batch, Stored
from cti.store.history_facts import Book, Opening, Rows
from cti.store.interval_tables import number_interval, queue_interval
from cti.store.row_fault import is_rows_fault
from cti.store.tables import contact_fact, contact_history, history_engine

pytestmark = pytest.mark.unit

CENTER = center(agents={"anna": member("sales")})
CALLS = 20


def batch_of(store: Store, rows: Rows) -> Batch:
    return Batch(rows, Stored(FactNumbers(store, START).start))


def rows_of(calls: int = CALLS) -> Rows:
    """Callers of whom one is served and the others give up."""
    scene = Scene(CENTER)
    scene.login("anna")
    for number in range(calls):
        scene.arrive(f"c{number}")
    scene.answer("anna")
    scene.wait(5)
    for number in range(calls):
        scene.caller_hangs_up(f"c{number}")
    book = Book()
    told = [Opening(CENTER, "v1", START), *scene.changes()]
    return book.rows((number * 10, each) for number, each in enumerate(told, 1))


def count(store: Store, table: Table) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def offered(store: Store) -> tuple[float, float]:
    """As queues and as numbers have it."""
    with store.engine.connect() as connection:
        queues = connection.execute(select(func.sum(queue_interval.c.offered))).scalar()
        numbers = connection.execute(select(func.sum(number_interval.c.calls))).scalar()
    return float(queues or 0), float(numbers or 0)


@pytest.mark.parametrize("when", [Connection.commit, Connection.rollback], ids=["after", "before"])
def test_a_commit_whose_answer_was_lost_is_stored_once(store: Store, when: Callable[[Connection], None]) -> None:
    batch, broken = batch_of(store, rows_of()), breaking(store, when)
    with pytest.raises(OperationalError):
        batch.write(broken)
    batch.write(broken)
    assert count(store, contact_history) == CALLS and offered(store) == (CALLS, CALLS)


def test_a_commit_that_is_answered_too_late_is_waited_for(store: Store) -> None:
    """A standby that is away, a disk that stalls: the next try came before the first one's rows could be seen."""
    batch, under_way = batch_of(store, rows_of()), list[Connection]()

    @contextmanager
    def begin() -> Iterator[Connection]:
        under_way.append(store.engine.connect())
        under_way[0].begin()
        yield under_way[0]
        raise OperationalError("COMMIT", None, TimeoutError())

    with pytest.raises(OperationalError):
        batch.write(SimpleNamespace(engine=SimpleNamespace(begin=begin)))  # type: ignore[arg-type]
    faults = list[Exception | None]()
    again = threading.Thread(target=lambda: faults.append(failed(batch, store)))
    again.start()
    again.join(0.2)  # on its way, or not yet: both have to come to the same
    under_way[0].commit()
    under_way[0].close()
    again.join(30)
    assert faults == [None] and count(store, contact_history) == CALLS and offered(store) == (CALLS, CALLS)


def test_sums_alone_are_added_once_too(store: Store) -> None:
    sums = Rows(sums=rows_of().sums)
    batch, broken = batch_of(store, sums), breaking(store, Connection.commit)
    with pytest.raises(OperationalError):
        batch.write(broken)
    batch.write(broken)
    assert offered(store) == (CALLS, CALLS)


def test_an_engine_whose_row_was_swept_away_goes_on(store: Store) -> None:
    batch = batch_of(store, rows_of())
    with store.engine.begin() as connection:
        connection.execute(delete(history_engine))
    batch.write(store)
    assert count(store, contact_history) == CALLS and count(store, history_engine) == 1


def failed(batch: Batch, store: Store) -> Exception | None:
    try:
        batch.write(store)
    except Exception as error:
        return error
    return None


@pytest.mark.parametrize("poisoned", [0, 7, CALLS - 1])
def test_what_no_database_takes_is_found_by_halves_and_the_rest_is_whole(store: Store, poisoned: int) -> None:
    rows = rows_of()
    facts = len(rows.contact_fact)
    contact = list(rows.contact_history)[poisoned]
    rows.contact_history[contact]["caller"] = "\ud800"
    batch, tries, lost = batch_of(store, rows), 0, 0
    while (fault := failed(batch, store)) is not None:
        assert is_rows_fault(fault)
        tries, lost = tries + 1, lost + batch.halve()
    assert lost == 1 and tries <= 12
    assert (count(store, contact_fact), count(store, contact_history)) == (facts, CALLS - 1)
    assert offered(store) == (CALLS, CALLS)


def test_nothing_is_written_for_nothing(store: Store) -> None:
    Batch(Rows(), Stored(1)).write(SimpleNamespace(engine=None))  # type: ignore[arg-type]
