"""Is every request remembered, in order, for good, and without the loop waiting?"""

from __future__ import annotations

import os
import pwd
from collections.abc import Hashable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from cti.model.audit import AuditEntry
from cti.store import audit as the_audit
from cti.store.audit import AuditLog
from cti.store.database import Store, open_store

pytestmark = pytest.mark.unit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def entry(number: int, **more: object) -> AuditEntry:
    fields = {"uid": os.getuid(), "by": "eva", "detail": {"n": number}, "result": "done"} | more
    return AuditEntry(at=float(number), what="agent.login", on="anna", **fields)  # type: ignore[arg-type]


def test_the_newest_come_first_with_the_name_of_their_user(store: Store) -> None:
    log = AuditLog(store)
    for number in range(5):
        log.add(entry(number))
    log.add(entry(5, uid=None, by="SIGHUP"))
    found = log.newest(3)
    assert [row["detail"]["n"] for row in found] == [5, 4, 3]
    assert [row["user"] for row in found] == ["", *[pwd.getpwuid(os.getuid()).pw_name] * 2]
    assert log.close() == 0


def test_they_are_read_page_by_page(store: Store) -> None:
    log = AuditLog(store)
    for number in range(5):
        log.add(entry(number))
    first = log.newest(2)
    assert [row["detail"]["n"] for row in log.newest(2, first[-1]["id"])] == [2, 1]
    log.close()


def test_they_survive_a_restart(store: Store) -> None:
    log = AuditLog(store)
    log.add(entry(1))
    assert log.close() == 0
    again = AuditLog(store)
    again.add(entry(2))
    assert [row["detail"]["n"] for row in again.newest(9)] == [2, 1]
    again.close()


@pytest.mark.parametrize("words", ["DELETE FROM audit", "UPDATE audit SET by = 'nobody'"])
def test_nobody_rewrites_the_past(store: Store, words: str) -> None:
    log = AuditLog(store)
    log.add(entry(1))
    log.close()
    with pytest.raises(SQLAlchemyError, match="append-only"), store.engine.begin() as connection:
        connection.exec_driver_sql(words)


def test_a_database_in_trouble_costs_no_entry_up_to_a_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_audit, "MAX_PENDING", 3)
    monkeypatch.setattr(the_audit, "SETTLE_S", 0.01)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit RENAME TO away")
    log = AuditLog(store, retry_s=0.01)
    for number in range(5):
        log.add(entry(number))
    assert log.lost == 2
    with pytest.raises(SQLAlchemyError):
        log.newest(9)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO audit")
    assert log.close() == 0
    assert log.errors >= 1
    reader = AuditLog(store)
    assert [row["detail"]["n"] for row in reader.newest(9)] == [2, 1, 0]
    reader.close()


def test_what_comes_while_others_are_written_is_written_next(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog(store)
    write, late = log._try, [entry(3), entry(2)]

    def slow(entries: dict[Hashable, AuditEntry]) -> bool:
        if late:
            log.add(late.pop())
        return write(entries)

    monkeypatch.setattr(log, "_try", slow)
    log.add(entry(1))
    assert log.close() == 0
    reader = AuditLog(store)
    assert [row["detail"]["n"] for row in reader.newest(9)][-2:] == [2, 1]
    reader.close()


def test_an_entry_that_no_database_takes_costs_itself_only(store: Store) -> None:
    log = AuditLog(store)
    log.add(entry(1, by="\udc80"))
    assert log.newest(9) == [] and log.lost == 1
    log.add(entry(2))
    assert [row["detail"]["n"] for row in log.newest(9)] == [2]
    log.close()


def test_what_is_too_long_is_cut_to_its_keys(store: Store) -> None:
    log = AuditLog(store)
    log.add(entry(1, detail={"rings": "x" * 3000}, reason="r" * 999))
    [row] = log.newest(1)
    assert row["detail"] == {"keys": ["rings"]} and len(row["reason"]) == 200
    log.close()
