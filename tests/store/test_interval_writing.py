"""Are sums added up on either database, exactly once with their facts, and by two engines at the same time?"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from cti.model.changes import Changed, Kind
from cti.model.policy import Center, Queue
from cti.model.words import ContactId
from cti.store import bulk
from cti.store.database import Store
from cti.store.history_batch import insert_batch
from cti.store.history_facts import Book, Opening, Rows
from cti.store.history_sums import Entering, Sums, start_of
from cti.store.interval_tables import queue_interval
from cti.store.interval_writing import add_sums, again
from cti.store.tables import contact_history

pytestmark = pytest.mark.unit

NOON = 1_700_049_600.0
KEY = (int(NOON), "sales")
POLICY = Center(queues={"sales": Queue(target_s=20)})
VISIT = {"contact": "n/1", "queue": "sales", "caller": "+49301234567", "since": NOON}


def rows_of(book: Book, first: int, *told: Changed | Opening) -> Rows:
    return book.rows([(first + number, each) for number, each in enumerate(told)])


def kept(store: Store) -> dict[str, Any]:
    with store.engine.connect() as connection:
        return dict(connection.execute(select(queue_interval)).mappings().one())


def visit(new: str, cause: str = "Test", **more: Any) -> Changed:
    old = "" if new == "waiting" else "waiting"
    return Changed(Kind.VISIT, "n/1/1", old, new, NOON + 9, cause, wait_s=9.0, **{**VISIT, **more})


def test_sums_add_up_and_the_greatest_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_VALUES", 100)  # several statements
    more = {(KEY[0] + 900 * n, "sales"): {"offered": 1.0} for n in range(1, 7)}
    for found in ({"offered": 2, "wait_max_s": 30.0}, {"offered": 1, "wait_max_s": 7.0}):
        with store.engine.begin() as connection:
            add_sums(connection, queue_interval, {KEY: found, **more})
    with store.engine.connect() as connection:
        first, *others = connection.execute(select(queue_interval).order_by(queue_interval.c.start)).mappings()
    assert (first["offered"], first["wait_max_s"], first["answered"]) == (3.0, 30.0, 0.0)
    assert [row["offered"] for row in others] == [2.0] * 6


def test_one_that_comes_back_counts_once(store: Store) -> None:
    with store.engine.begin() as connection:
        insert_batch(connection, rows_of(Book(), 1, Opening(POLICY, "v1", NOON), visit("waiting")))
    next_engine = Book()
    with store.engine.begin() as connection:
        insert_batch(connection, rows_of(next_engine, 100, Opening(POLICY, "v1", NOON), visit("waiting", "resumed")))
        insert_batch(connection, rows_of(next_engine, 200, visit("answered")))
    assert (kept(store)["offered"], kept(store)["answered"]) == (1.0, 1.0)


@pytest.mark.parametrize("before", [(), (visit("waiting"), visit("timed_out")), (visit("waiting", outbound=True),)])
def test_one_that_comes_back_and_was_not_counted_counts_now(store: Store, before: tuple[Changed, ...]) -> None:
    book = Book()
    with store.engine.begin() as connection:
        insert_batch(connection, rows_of(book, 1, Opening(POLICY, "v1", NOON), *before))
        insert_batch(connection, rows_of(Book(), 100, visit("waiting", "resumed")))
    expected = 1.0 + sum(not each.outbound and each.new == "waiting" for each in before)
    assert kept(store)["offered"] == expected


def test_what_is_tried_again_adds_nothing(store: Store) -> None:
    rows = rows_of(Book(), 1, Opening(POLICY, "v1", NOON), visit("waiting", "resumed"))
    with store.engine.connect() as connection:
        insert_batch(connection, rows)
        connection.rollback()  # the disk was full
    with store.engine.begin() as connection:
        insert_batch(connection, rows)
    assert kept(store)["offered"] == 1.0


@pytest.mark.parametrize(
    ("former", "repeated"),
    [
        ({}, 1.0),
        ({"since": NOON - 8 * 86_400.0}, 0.0),
        ({"caller": "+49307654321"}, 0.0),
        ({"queue": "support"}, 0.0),
        ({"outcome": "abandoned"}, 0.0),
        ({"contact": "n/2"}, 0.0),  # this contact itself
    ],
)
def test_whoever_was_served_and_calls_again_for_the_same_was_not_helped(
    store: Store, former: dict[str, Any], repeated: float
) -> None:
    row = {
        "contact": "n/1",
        "call": "n/1",
        "caller": "+49301234567",
        "queue": "sales",
        "since": NOON - 3_600.0,
        "seen_at": NOON,
        "state": "ended",
        "outcome": "answered",
        "agent": "anna",
    }
    sums = Sums(came=[Entering(ContactId("n/2"), "n/2/1", "sales", NOON, "+49301234567")])
    with store.engine.begin() as connection:
        older = {"contact": "n/0", "since": NOON - 7_200.0, "outcome": "answered"}  # only the newest one counts
        connection.execute(insert(contact_history), [row | older | {"queue": "support"}, row | former])
        again(connection, sums)
    found = sums.sums.get(queue_interval.name, {})
    assert sum(counts["repeated"] for counts in found.values()) == repeated
    assert set(found) <= {(start_of(NOON - 3_600.0), "sales")}
