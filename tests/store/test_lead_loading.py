"""Is a list there as a whole or not at all, whatever happens to its import?"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from cti.store import lead_loading
from cti.store.database import Store
from cti.store.lead_loading import (
    SILENCE_S,
    AnotherImport,
    ImportLost,
    LeadNumber,
    NewLead,
    add_portion,
    begin_list,
    finish_list,
    give_up_list,
    remove_broken,
)
from cti.store.leads import known_numbers, leads_with, load_lists
from cti.store.tables import lead
from tests.store.due import next_due

pytestmark = pytest.mark.contract

NOW = 1_700_000_000.0
NUMBER = "+442079460001"
LEAD = NewLead(1, (LeadNumber(NUMBER, ("Europe/London",)),))
GROUPS = {("Europe/London", 5)}


def begin(store: Store, now: float = NOW) -> int:
    list_id = begin_list(store, "winter", "leads.csv", "eva", now)
    add_portion(store, list_id, [LEAD], now)
    return list_id


def visible(store: Store) -> bool:
    with store.engine.connect() as connection:
        known = bool(known_numbers(connection, [NUMBER]))
    assert bool(leads_with(store, NUMBER)) == known
    return known


def rows_left(store: Store) -> int:
    tables = ("lead", "lead_number", "lead_list", "lead_group")
    with store.engine.connect() as connection:
        return sum(connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in tables)


def test_nobody_sees_a_list_before_it_is_whole(store: Store) -> None:
    list_id = begin(store)
    assert not visible(store) and next_due(store, "winter", NOW, 9) == []
    finish_list(store, list_id, 1, 1, GROUPS, NOW)
    assert visible(store) and len(next_due(store, "winter", NOW, 9)) == 1


def test_what_the_database_refuses_is_an_error_of_sqlalchemy(store: Store) -> None:
    list_id = begin(store)
    with pytest.raises(SQLAlchemyError):
        add_portion(store, list_id, [LEAD], NOW)  # the same rows again
    with store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(lead)).scalar_one() == 1


def test_there_is_one_import_at_a_time(store: Store) -> None:
    list_id = begin(store)
    with pytest.raises(AnotherImport, match='campaign "winter", begun by eva'):
        begin(store)
    finish_list(store, list_id, 1, 1, GROUPS, NOW)
    begin(store)


def test_an_import_that_is_given_up_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lead_loading, "PORTION", 2)
    list_id = begin_list(store, "winter", "leads.csv", "eva", NOW)
    add_portion(store, list_id, [NewLead(n, LEAD.numbers) for n in (1, 2, 3, 9)], NOW)
    give_up_list(store, list_id)
    assert rows_left(store) == 0
    begin(store)


def test_what_a_dead_import_left_is_removed_by_the_next(store: Store) -> None:
    dead = begin(store)
    alive = begin(store, NOW + SILENCE_S + 1)
    assert [row["id"] for row in load_lists(store)] == [alive] and alive != dead
    with pytest.raises(ImportLost):
        add_portion(store, dead, [LEAD], NOW)
    with pytest.raises(ImportLost):
        finish_list(store, dead, 1, 1, GROUPS, NOW)
    finish_list(store, alive, 1, 1, GROUPS, NOW)
    assert rows_left(store) == 4


def test_a_process_that_is_gone_need_not_be_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_pid: int, _signal: int) -> None:
        raise ProcessLookupError

    host = lead_loading._owner().rsplit(" ", 1)[0]
    monkeypatch.setattr(lead_loading, "_owner", lambda: f"{host} 4000001")
    begin(store)
    monkeypatch.setattr(lead_loading, "_owner", lambda: f"elsewhere {4000002}")
    assert remove_broken(store, NOW) == 0, "of another machine only its silence tells"
    monkeypatch.setattr(lead_loading, "_owner", lambda: f"{host} 4000002")
    monkeypatch.setattr(lead_loading.os, "kill", gone)
    assert remove_broken(store, NOW) == 1 and rows_left(store) == 0


def test_a_ready_list_is_never_removed(store: Store) -> None:
    list_id = begin(store)
    finish_list(store, list_id, 1, 1, GROUPS, NOW)
    give_up_list(store, list_id)
    assert remove_broken(store, NOW + 1e9) == 0
    assert visible(store)
