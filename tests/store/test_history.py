"""Is a contact found by what a person has in hand, and is it never another one?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit import START, Scene, center, member
from sqlalchemy import event

from cti.model.changes import Changed, Kind
from cti.model.policy_version import policy_version
from cti.model.words import CallId, ContactId
from cti.ports import Part
from cti.store.database import open_store
from cti.store.history import MAX_POLICIES, History
from cti.store.history_writer import HistoryWriter

pytestmark = pytest.mark.unit

POLICY = center(agents={"anna": member("sales", en=2)})
IDS = ("node1/1700.1", "node1/1700.12", "node2/1700.1", "node1/a%b", "node1/a_b", "node1/x-9.1")


def contact(name: str, at: float, call: str = "") -> Changed:
    call_id = CallId(call or name)
    return Changed(Kind.CONTACT, name, "", "arrived", at, "CallArrived", contact=ContactId(name), call=call_id)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    writer = HistoryWriter(store, POLICY, "v1", now=START, keep_s=1e9, gather_s=0.0)
    for number, name in enumerate(IDS):
        writer.apply(contact(name, START + number))
    writer.apply(contact("node1/x-9.1", START + 9, "node1/x-9.7"))
    yield History(store, POLICY, "v1", lambda: writer.flush(30.0))
    writer.close()
    store.close()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("node1/1700.1", ["node1/1700.1"]),  # exact, although another one begins so
        ("1700.12", ["node1/1700.12"]),
        ("1700.1", ["node2/1700.1", "node1/1700.1"]),  # the same Uniqueid on two nodes: the newest first
        ("node1/17", ["node1/1700.12", "node1/1700.1"]),
        ("17", ["node2/1700.1", "node1/1700.12", "node1/1700.1"]),
        ("x-9.7", ["node1/x-9.1"]),  # its newest call
        ("a%b", ["node1/a%b"]),
        ("a_b", ["node1/a_b"]),
        ("%", ["node1/a%b"]),
        ("00.12", ["node1/1700.12"]),
        ("700", ["node2/1700.1", "node1/1700.12", "node1/1700.1"]),
        ("", []),
    ],
)
def test_an_id_a_uniqueid_or_any_part_is_enough(history: History, asked: str, found: list[str]) -> None:
    assert [row["contact"] for row in history.find(asked)] == found


def test_a_whole_id_costs_no_look_through_the_history(history: History) -> None:
    asked = list[str]()
    event.listen(history._store.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    assert len(history.find("node1/1700.1")) == 1 and not any("LIKE" in each for each in asked)
    assert len(history.find("1700.12")) == 1 and any("LIKE" in each for each in asked)


def test_the_newest_are_listed_first_and_so_many(history: History) -> None:
    newest = history.contacts(2)
    assert [row["contact"] for row in newest] == ["node1/x-9.1", "node1/a_b"]
    behind = history.contacts(1, (newest[-1]["seen_at"], newest[-1]["contact"]))
    assert [row["contact"] for row in behind] == ["node1/a%b"]
    assert history.contacts(2, part=Part([newest[0]["queue"]], [])) == newest
    assert history.contacts(2, part=Part(["x"], [])) == []


def test_a_decision_is_explained_by_the_policy_of_its_time(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    first, second = policy_version(POLICY), "other"
    scene = Scene(POLICY)
    scene.arrive("c1")
    scene.wait(1)
    writer = HistoryWriter(store, POLICY, first, now=START, keep_s=1e9, gather_s=0.0)
    for told in scene.changes():
        writer.apply(told)
    without = center(agents={"ben": member("sales")})
    writer.propose(without, second, scene.now)
    writer.settle(accepted=True)
    writer.close()
    (look,) = History(store, without, second).looks("node1/c1")
    assert [each.agent for each in look.standings] == ["anna"]
    assert look.version == first
    store.close()


def test_only_a_few_former_policies_are_kept_in_memory(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    writer = HistoryWriter(store, POLICY, "v0", now=START, keep_s=1e9, gather_s=0.0)
    scene, known = Scene(POLICY), 0
    for number in range(1, 3 * MAX_POLICIES):
        scene.arrive(f"c{number}")
        for told in scene.changes()[known:]:
            writer.apply(told)
        known = len(scene.changes())
        writer.propose(POLICY, f"v{number}", scene.now)
        writer.settle(accepted=True)
    writer.close()
    history = History(store, POLICY, "newest")
    for number in range(1, 3 * MAX_POLICIES):
        assert history.looks(f"node1/c{number}")
    assert len(history._known) == MAX_POLICIES
    store.close()
