"""Do live changes come back as they were, and none that was reset?"""

from __future__ import annotations

import pytest

from cti.store.database import Store
from cti.store.live_changes import LiveChange, load_live_changes, save_live_changes

pytestmark = pytest.mark.unit

FIRST = LiveChange("queues.sales.rings", [{"after_s": 20.0, "groups": ["back"]}], "eva", 1.0)
SECOND = LiveChange("agents.anna.queues.sales", None, "cli.me", 2.0)


def test_they_come_back_the_oldest_first(store: Store) -> None:
    save_live_changes(store, [SECOND, FIRST])
    assert load_live_changes(store) == [FIRST, SECOND]


def test_what_is_saved_is_all_there_is(store: Store) -> None:
    save_live_changes(store, [FIRST, SECOND])
    save_live_changes(store, [SECOND])
    assert load_live_changes(store) == [SECOND]
    save_live_changes(store, [])
    assert load_live_changes(store) == []


def test_a_value_that_is_none_is_left_out(store: Store) -> None:
    save_live_changes(store, [FIRST, SECOND])
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE live_change SET value = '{' WHERE \"by\" = 'eva'")
    assert load_live_changes(store) == [SECOND]
