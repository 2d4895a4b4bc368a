"""Is a follow-up opened once, shown in the order in which it is due, and closed once?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, CallId, ContactId, QueueName
from cti.ports import Part
from cti.store import follow_up
from cti.store.database import Store, open_store
from tests.store.retention import sweep

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def told(contact: str, due_in_s: float = 60.0, owner: str = "anna") -> Changed:
    return Changed(
        Kind.FOLLOW_UP,
        f"{contact}/after",
        "",
        owner,
        NOW,
        "SurveyAnswered",
        queue=QueueName("sales"),
        agent=AgentId("anna"),
        contact=ContactId(contact),
        call=CallId(contact),
        reason="how=1",
        caller="+4930555",
        until=NOW + due_in_s,
        flow_version=3,
    )


def test_it_holds_agent_queue_version_and_number_and_is_opened_once(store: Store) -> None:
    one = told("n/1")
    assert follow_up.open_told(store, [one, one]) == 1 and follow_up.open_told(store, [one]) == 0
    [kept] = follow_up.load(store)
    assert kept.pop("id") == 1
    assert kept == {
        "contact": "n/1", "survey": "after", "queue": "sales", "agent": "anna", "flow_version": 3, "answer": "how=1",
        "number": "+4930555", "owner": "anna", "opened_at": NOW, "due_at": NOW + 60, "done_at": None, "done_by": "",
        "outcome": "", "recording": "", "callback": None,
    }  # fmt: skip


def test_what_is_due_first_comes_first_and_what_is_done_is_gone(store: Store) -> None:
    rows = [told("n/1", 90), told("n/2", 30, "team_b"), told("n/3", 60)]
    follow_up.open_told(store, rows)
    assert [row["contact"] for row in follow_up.load(store)] == ["n/2", "n/3", "n/1"]
    assert [row["contact"] for row in follow_up.load(store, owner="team_b")] == ["n/2"]
    assert [row["contact"] for row in follow_up.load(store, limit=1)] == ["n/2"]
    assert len(follow_up.load(store, part=Part(["sales"], []))) == 3 and not follow_up.load(
        store, part=Part([], ["anna"])
    )
    [first] = follow_up.load(store, limit=1)
    behind = follow_up.load(store, after=(first["due_at"], first["id"]))
    assert [row["contact"] for row in behind] == ["n/3", "n/1"]
    number = follow_up.load(store)[0]["id"]
    assert follow_up.finish(store, number, "apologised", "eva", NOW + 5) is True
    assert follow_up.finish(store, number, "again", "ben", NOW + 6) is False
    assert follow_up.finish(store, 99, "", "eva", NOW) is None
    [done] = follow_up.load(store, done=True)
    assert (done["outcome"], done["done_by"], done["done_at"]) == ("apologised", "eva", NOW + 5)
    assert len(follow_up.load(store)) == 2


def test_what_is_done_is_swept_in_time_and_no_number_is_given_twice(store: Store) -> None:
    follow_up.open_told(store, [told("n/1"), told("n/2")])
    follow_up.finish(store, 1, "", "eva", NOW)
    sweep(store, NOW + 20_000, "v", NOW)
    assert len(follow_up.load(store, done=True)) == 1, "done just now"
    sweep(store, NOW, "v", NOW + 1)
    assert [row["id"] for row in follow_up.load(store)] == [2] and follow_up.load(store, done=True) == []
    follow_up.finish(store, 2, "", "eva", NOW)
    sweep(store, NOW + 1, "v")
    follow_up.open_told(store, [told("n/3")])
    assert [row["id"] for row in follow_up.load(store)] == [3], "requests are named by it"
