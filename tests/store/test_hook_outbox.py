"""Does each message to another system wait until it is taken, once, and in bounds? On each database."""

from __future__ import annotations

from typing import Any

import pytest

from cti.store import hook_outbox
from cti.store.database import Store
from cti.store.hook_outbox import FAILED, SENT, WAITING, Standing

pytestmark = pytest.mark.unit


def row(number: int, hook: str = "crm", at: float = 100.0) -> dict[str, Any]:
    times = {"at": at, "next_at": 0.0, "changed_at": at}
    return {
        "hook": hook,
        "id": f"m{number}",
        "type": "t",
        "body": "{}",
        "state": WAITING,
        "tries": 0,
        "answer": "",
    } | times


def add(store: Store, *rows: dict[str, Any], most: int = 100) -> int:
    return hook_outbox.add(store, rows, {"crm": most, "bi": most})


def due(store: Store, now: float = 1000.0, limit: int = 10) -> list[str]:
    return [message.id for message in hook_outbox.due(store, "crm", now, limit)[0]]


def test_each_receiver_has_its_own_and_each_once(store: Store) -> None:
    assert add(store, row(1), row(2), row(1, "bi")) == 0
    assert add(store, row(2), row(3, at=50.0)) == 0
    assert due(store) == ["m3", "m1", "m2"] and due(store, limit=1) == ["m3"]
    assert hook_outbox.standings(store, ["crm", "bi", "new"]) == {
        "crm": Standing(3, 0, 0, 50.0),
        "bi": Standing(1, 0, 0, 100.0),
        "new": Standing(),
    }


def test_beyond_the_bound_they_are_lost_and_counted(store: Store) -> None:
    assert add(store, row(1), row(2), row(3), row(1, "bi"), most=2) == 1
    assert add(store, row(4), most=2) == 1
    assert due(store) == ["m1", "m2"]


def test_a_try_is_counted_and_the_next_one_has_its_time(store: Store) -> None:
    add(store, row(1), row(2))
    hook_outbox.tried(store, "crm", "m1", WAITING, 110.0, "500", 140.0)
    found, later = hook_outbox.due(store, "crm", 120.0, 10)
    assert [message.id for message in found] == ["m2"] and later == 140.0
    assert hook_outbox.due(store, "crm", 150.0, 10)[0][1].tries == 1
    assert hook_outbox.hurry(store, "crm", 120.0) == 1 and due(store, 120.0) == ["m2", "m1"]


def test_what_is_over_is_never_due_until_a_person_wants_it(store: Store) -> None:
    add(store, row(1), row(2))
    hook_outbox.tried(store, "crm", "m1", SENT, 110.0, "204", 0.0)
    hook_outbox.tried(store, "crm", "m2", FAILED, 110.0, "500", 999.0)
    assert due(store) == [] and hook_outbox.standings(store, ["crm"])["crm"] == Standing(0, 1, 1)
    assert hook_outbox.again(store, "crm", 500.0) == 1 and due(store) == ["m2"]
    assert hook_outbox.due(store, "crm", 500.0, 1)[0][0].tries == 0


def test_what_is_over_for_long_is_deleted_and_what_waits_is_not(store: Store) -> None:
    add(store, row(1), row(2), row(3))
    hook_outbox.tried(store, "crm", "m1", SENT, 110.0, "204", 0.0)
    hook_outbox.tried(store, "crm", "m2", FAILED, 110.0, "500", 0.0)
    assert hook_outbox.forget(store, ["crm"], 200.0, 50.0) == 1
    assert hook_outbox.standings(store, ["crm"])["crm"] == Standing(1, 0, 1, 100.0)


def test_what_waits_for_a_receiver_that_is_gone_is_deleted_as_what_failed(store: Store) -> None:
    add(store, row(1), row(2, "bi"), row(3, "bi", at=300.0))
    assert hook_outbox.forget(store, ["crm"], 0.0, 100.0) == 0
    assert hook_outbox.forget(store, ["crm"], 0.0, 200.0) == 1
    assert hook_outbox.standings(store, ["crm", "bi"]) == {
        "crm": Standing(1, 0, 0, 100.0),
        "bi": Standing(1, 0, 0, 300.0),
    }


def test_a_portion_of_each_state_goes_at_a_time_and_says_that_there_is_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_outbox, "PORTION", 3)
    add(store, *(row(number, hook) for number in range(4) for hook in ("crm", "bi")), row(9))
    for hook in ("crm", "bi"):  # the same ids wait for both
        for number in range(4):
            hook_outbox.tried(store, hook, f"m{number}", SENT if number else FAILED, 110.0, "", 0.0)
    assert [hook_outbox.forget(store, ["crm", "bi"], 200.0, 200.0) for _ in range(3)] == [3, 3, 0]
    assert hook_outbox.standings(store, ["crm", "bi"]) == {"crm": Standing(1, 0, 0, 100.0), "bi": Standing()}
