"""Is what is too old deleted, in portions, and is what explanations still need kept?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit import START, Scene, center, member
from sqlalchemy import func, insert, select

from cti.store import history_retention
from cti.store.database import Store, open_store
from cti.store.erasure import erase
from cti.store.history import History
from cti.store.history_writer import HistoryWriter
from cti.store.tables import agent_fact, config_version, contact_fact, contact_history
from tests.store.retention import sweep

pytestmark = pytest.mark.unit

DAY_S = 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Ten calls, one a day; anna takes them, and ben is on one break after the other."""
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    scene = Scene(center(agents={"anna": member("sales"), "ben": member("sales")}))
    scene.login("anna", "ben")
    scene.pause("ben", "training")
    for day in range(10):
        scene.arrive(f"c{day}", caller="+4930123" if day % 2 else "+4930999")
        scene.talk("anna", 60)
        scene.pause("ben", "lunch" if day % 2 else "break")
        scene.wait(DAY_S - 60)
    writer = HistoryWriter(store, scene.policy, "v1", now=START, keep_s=1e9, gather_s=0.0)
    for told in scene.changes():
        writer.apply(told)
    writer.close()
    yield store
    store.close()


def rows(store: Store, table: object) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def test_what_is_older_goes_and_what_is_kept_is_explained_as_before(store: Store) -> None:
    history = History(store, center(agents={"anna": member("sales"), "ben": member("sales")}), "v1")
    newest = [row["contact"] for row in history.contacts(3)]
    before = [history.looks(contact) for contact in newest]
    assert sweep(store, START + 7 * DAY_S - 1, "v1") > 0
    assert [row["contact"] for row in history.contacts()] == newest
    assert [history.looks(contact) for contact in newest] == before
    assert {each.reason for look in before[-1] for each in look.standings} == {"free", "on_break"}
    with store.engine.connect() as connection:
        for table in (contact_fact, contact_history):
            oldest = table.c.at if "at" in table.c else table.c.seen_at
            assert connection.execute(select(func.min(oldest))).scalar_one() >= START + 7 * DAY_S - 1


def test_portions_are_small_and_the_rest_goes_next_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_retention, "PORTION", 4)
    before = rows(store, agent_fact)
    assert sweep(store, START + 20 * DAY_S, "v1") == 4
    assert rows(store, agent_fact) == before - 4
    while sweep(store, START + 20 * DAY_S, "v1"):
        pass
    assert [rows(store, table) for table in (contact_fact, contact_history)] == [0, 0]
    assert rows(store, agent_fact) == 2  # how each of them stands now


def test_a_person_can_be_forgotten_and_the_decisions_stay(store: Store) -> None:
    facts = rows(store, contact_fact)
    assert erase(store, ["+4930123"], "test", None, START).rows["contact_history"] == 5
    assert rows(store, contact_fact) == facts
    with store.engine.connect() as connection:
        callers = set(connection.execute(select(contact_history.c.caller)).scalars())
        assert callers == {"", "+4930999"}
        bodies = connection.execute(select(contact_fact.c.body)).scalars()
        assert not [body for body in bodies if "4930" in body]  # the number is in no other place


def test_a_policy_goes_with_the_last_fact_that_names_it(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(insert(config_version).values(version="v2", at=START + 1, body="{}"))
    assert sweep(store, START, "v2") == 0
    assert rows(store, config_version) == 2
    sweep(store, START + DAY_S, "v3")  # v2: no fact names it; v1 has facts yet
    with store.engine.connect() as connection:
        assert connection.execute(select(config_version.c.version)).scalars().all() == ["v1"]
    while sweep(store, START + 20 * DAY_S, "v1"):
        pass
    assert rows(store, config_version) == 1  # holds now
    sweep(store, START + 20 * DAY_S, "v3")
    assert rows(store, config_version) == 0
