"""Do versions of the flows come back as they were, the newest first, and never without the one that holds?"""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from cti.store import flow_versions
from cti.store.database import Store
from cti.store.flow_versions import (
    FlowVersion,
    InForce,
    load_flow_version,
    load_flow_versions,
    load_in_force,
    put_in_force,
)

pytestmark = pytest.mark.unit


def version(number: int) -> FlowVersion:
    return FlowVersion(number, float(number), "eva", f"h{number}", {"main.yaml": f"# 你好 {number}\n"})


def test_at_first_nothing_holds(store: Store) -> None:
    assert (load_in_force(store), load_flow_version(store), load_flow_versions(store)) == (None, None, [])


def test_the_newest_word_holds_and_every_version_comes_back(store: Store) -> None:
    for number in (1, 2):
        put_in_force(store, InForce(float(number), "eva", number), version(number))
    put_in_force(store, InForce(3.0, "ben", 1, "h2"))
    assert load_in_force(store) == InForce(3.0, "ben", 1, "h2")
    assert (load_flow_version(store, 1), load_flow_version(store)) == (version(1), version(2))
    assert load_flow_version(store, 3) is None
    assert load_flow_versions(store) == [{"number": n, "at": float(n), "by": "eva"} for n in (2, 1)]
    assert [row["number"] for row in load_flow_versions(store, 1)] == [2]


def test_a_number_is_given_once_and_half_a_change_is_none(store: Store) -> None:
    put_in_force(store, InForce(1.0, "eva", 1), version(1))
    with pytest.raises(IntegrityError):
        put_in_force(store, InForce(2.0, "eva", 7), version(1))
    assert load_in_force(store) == InForce(1.0, "eva", 1)


def test_old_versions_go_but_the_newest_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_versions, "MOST_KEPT", 2)
    for number in (1, 2, 3):
        put_in_force(store, InForce(float(number), "eva", number), version(number))
    assert [row["number"] for row in load_flow_versions(store)] == [3, 2]


def test_what_cannot_be_read_is_not_there(store: Store) -> None:
    put_in_force(store, InForce(1.0, "eva", 1), version(1))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE flow_version SET body = '{'")
    assert load_flow_version(store, 1) is None
