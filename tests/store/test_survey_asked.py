"""Is a customer left in peace after he was asked, and the same call told the same again?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from cti.store.database import Store, open_store
from cti.store.erasure import erase
from cti.store.survey_asked import LONGEST_QUIET_S, may_ask
from cti.store.tables import survey_asked
from tests.store.retention import sweep

pytestmark = pytest.mark.unit

NOW, DAY_S = 1_700_000_000.0, 86_400.0
EVA = "+4930555"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def test_nobody_is_asked_again_within_the_quiet_period(store: Store) -> None:
    assert may_ask(store, EVA, "n/1", 30 * DAY_S, NOW)
    assert may_ask(store, EVA, "n/1", 30 * DAY_S, NOW + 5), "the same call, after an engine's death"
    assert not may_ask(store, EVA, "n/2", 30 * DAY_S, NOW + 29 * DAY_S)
    assert may_ask(store, "+4930556", "n/3", 30 * DAY_S, NOW), "somebody else"
    assert may_ask(store, EVA, "n/4", 30 * DAY_S, NOW + 30 * DAY_S)
    assert not may_ask(store, EVA, "n/5", 30 * DAY_S, NOW + 31 * DAY_S), "it counts from the newest time"


def test_of_two_calls_at_once_one_is_asked(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda number: may_ask(store, EVA, f"n/{number}", DAY_S, NOW), range(8)))
    assert asked.count(True) == 1


def test_no_number_stands_there_and_who_wants_it_is_forgotten(store: Store) -> None:
    may_ask(store, EVA, "n/1", DAY_S, NOW)
    with store.engine.connect() as connection:
        assert EVA not in str(connection.execute(select(survey_asked)).all())
    erase(store, [EVA], "test", None, NOW)
    assert may_ask(store, EVA, "n/2", DAY_S, NOW + 1)


def test_what_can_matter_no_more_is_swept(store: Store) -> None:
    may_ask(store, EVA, "n/1", DAY_S, NOW)
    sweep(store, NOW + LONGEST_QUIET_S, "v")
    assert not may_ask(store, EVA, "n/2", 366 * DAY_S, NOW + 1)
    sweep(store, NOW + LONGEST_QUIET_S + 2, "v")
    assert may_ask(store, EVA, "n/3", 366 * DAY_S, NOW + 2)
