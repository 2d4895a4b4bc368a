"""Are days always the sums of their quarter hours: in every zone, of two engines, and of what was there before?"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from cti.store.database import Store, open_store
from cti.store.day_tables import DAYS, counted_day
from cti.store.day_writing import Day, counted, day_of, forget_quarters, make_older
from cti.store.history_sums import Sums
from cti.store.interval_tables import INTERVAL_S, queue_interval
from cti.store.interval_writing import add_sums, write

pytestmark = pytest.mark.unit

MIDNIGHT = 1_700_006_400  # 2023-11-15 00:00 UTC
DAY_S = 86_400
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia")

queue_day = DAYS["queue_interval"]


def tell(store: Store, zone: str, *told: tuple[int, float]) -> None:
    """Somebody entered in each quarter hour, and the longest wait was so long."""
    sums = Sums(zone=zone)
    for start, wait_s in told:
        sums.add(queue_interval, (start, "sales"), {"offered": 1, "wait_max_s": wait_s})
    with store.engine.begin() as connection:
        write(connection, sums)


def of_days(store: Store) -> dict[Day, tuple[float, float]]:
    columns = (counted_day, queue_day.c.offered, queue_day.c.wait_max_s)
    with store.engine.connect() as connection:
        rows = connection.execute(select(*columns).outerjoin(queue_day, queue_day.c.start == counted_day.c.start)).all()
    return {Day(row[0], row[1]): (row[2] or 0.0, row[3] or 0.0) for row in rows}


def of_quarters(store: Store, days: Sequence[Day]) -> dict[Day, tuple[float, float]]:
    table = queue_interval.c
    with store.engine.connect() as connection:
        sums = select(func.sum(table.offered), func.max(table.wait_max_s))
        found = {
            day: connection.execute(sums.where(table.start >= day.start, table.start < day.end)).one() for day in days
        }
    return {day: (row[0] or 0.0, row[1] or 0.0) for day, row in found.items()}


def test_a_day_is_one_of_the_zone_also_when_clocks_change() -> None:
    assert day_of(MIDNIGHT, "UTC") == (MIDNIGHT, MIDNIGHT + DAY_S)
    assert day_of(MIDNIGHT, "Europe/Berlin") == (MIDNIGHT - 3600, MIDNIGHT - 3600 + DAY_S)
    assert day_of(MIDNIGHT, "Asia/Kathmandu")[0] == MIDNIGHT - 20_700
    summer_ends = day_of(1_698_541_200, "Europe/Berlin")  # 2023-10-29
    assert summer_ends.end - summer_ends.start == 25 * 3600


@given(
    batches=st.lists(
        st.tuples(
            st.sampled_from(ZONES),
            st.lists(st.tuples(st.integers(-200, 200), st.floats(0, 900)), min_size=1, max_size=5),
        ),
        max_size=6,
    )
)
def test_days_are_the_sums_of_their_quarter_hours_though_the_zone_changes(
    batches: list[tuple[str, list[tuple[int, float]]]],
) -> None:
    store = open_store_once()
    with store.engine.begin() as connection:
        for table in (counted_day, queue_day, queue_interval):
            connection.execute(delete(table))
    for zone, told in batches:
        tell(store, zone, *((MIDNIGHT + INTERVAL_S * quarter, wait_s) for quarter, wait_s in told))
    days = of_days(store)
    assert days == of_quarters(store, sorted(days))
    in_order = sorted(days)
    assert all(one.end <= other.start for one, other in itertools.pairwise(in_order))
    assert sum(offered for offered, _ in days.values()) == sum(len(told) for _, told in batches)


_opened: list[Store] = []


def open_store_once() -> Store:
    """One in memory for all examples."""
    if not _opened:
        _opened.append(open_store("sqlite:///:memory:"))
        _opened[0] = Store(_opened[0].durable, _opened[0].durable)  # each engine has a memory of its own
    return _opened[0]


def test_two_engines_that_begin_a_day_lose_nothing(store: Store) -> None:
    sums = Sums()
    sums.add(queue_interval, (MIDNIGHT, "sales"), {"offered": 1})
    other = threading.Thread(target=tell, args=(store, "UTC", (MIDNIGHT + INTERVAL_S, 5.0)))
    with store.engine.begin() as connection:
        write(connection, sums)
        other.start()  # waits: for the file, or for the lock
        other.join(0.2)
    other.join(30)
    assert of_days(store) == {Day(MIDNIGHT, MIDNIGHT + DAY_S): (2.0, 5.0)}


def test_days_of_an_earlier_version_are_made_the_newest_first(store: Store) -> None:
    with store.engine.begin() as connection:
        for start in (MIDNIGHT - 3 * DAY_S, MIDNIGHT - DAY_S, MIDNIGHT - DAY_S + 900):
            add_sums(connection, queue_interval, {(start, "sales"): {"offered": 1.0}})
    tell(store, "UTC", (MIDNIGHT, 1.0))
    begins = []
    for _ in range(3):
        with store.engine.begin() as connection:
            made = make_older(connection, MIDNIGHT + 5000, "UTC")
            begins.append(counted(connection, 0, MIDNIGHT + 2 * DAY_S)[0].start if made else None)
    assert begins == [MIDNIGHT - DAY_S, MIDNIGHT - 3 * DAY_S, None]
    assert sorted(of_days(store).values()) == [(1.0, 0.0), (1.0, 1.0), (2.0, 0.0)]


def test_old_quarter_hours_go_day_by_day_and_their_days_stay(store: Store) -> None:
    for day in range(4):
        tell(store, "UTC", (MIDNIGHT + day * DAY_S, 3.0), (MIDNIGHT + day * DAY_S + 900, 4.0))
    before = of_days(store)
    deleted = []
    for _ in range(3):
        with store.engine.begin() as connection:
            deleted.append(forget_quarters(connection, MIDNIGHT + 2 * DAY_S + 900))
    assert deleted == [2, 2, 0]
    assert of_days(store) == before
    with store.engine.connect() as connection:
        assert connection.scalar(select(func.min(queue_interval.c.start))) == MIDNIGHT + 2 * DAY_S


def test_quarter_hours_that_are_in_no_day_are_never_deleted(store: Store) -> None:
    with store.engine.begin() as connection:
        add_sums(connection, queue_interval, {(MIDNIGHT - DAY_S, "sales"): {"offered": 1.0}})
    tell(store, "UTC", (MIDNIGHT, 1.0))
    with store.engine.begin() as connection:
        assert forget_quarters(connection, MIDNIGHT + 2 * DAY_S) == 0
