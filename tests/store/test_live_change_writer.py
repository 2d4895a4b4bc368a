"""Is the newest state of live changes stored in the end, with everybody who changed something, whatever fails?"""

from __future__ import annotations

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from cti.model.audit import AuditEntry
from cti.store import live_change_writer
from cti.store.database import Store
from cti.store.live_change_writer import LiveChangeWriter
from cti.store.live_changes import LiveChange, load_live_changes
from cti.store.tables import audit

pytestmark = pytest.mark.unit

LIMIT_S = 10


def change(target_s: float) -> LiveChange:
    return LiveChange("queues.sales.target_s", target_s, "eva", target_s)


def entry(target_s: float) -> AuditEntry:
    return AuditEntry(target_s, None, "eva", "queue.set", "sales", {"target_s": target_s}, "done")


def told(store: Store) -> list[float]:
    with store.engine.connect() as connection:
        return list(connection.execute(select(audit.c.at).order_by(audit.c.id)).scalars())


def test_what_is_done_is_stored_and_told(store: Store) -> None:
    writer = LiveChangeWriter(store, [])
    writer.keep([change(1)], entry(1)).result(LIMIT_S)
    assert (load_live_changes(store), told(store), writer.is_behind) == ([change(1)], [1.0], False)
    writer.keep([], entry(2)).result(LIMIT_S)
    assert (load_live_changes(store), told(store), writer.stored) == ([], [1.0, 2.0], {})
    assert writer.close() == 0


def test_the_newest_wins_and_nobodys_entry_is_lost(store: Store) -> None:
    writer = LiveChangeWriter(store, [], retry_s=0.01)
    with capture_logs() as logged:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE audit RENAME TO away")
        waiting = [writer.keep([change(n)], entry(n)) for n in range(1, 6)]
        assert load_live_changes(store) == []  # neither is there without the other
        assert writer.is_behind and writer.stored == {}
        with store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO audit")
        for each in waiting:
            each.result(LIMIT_S)
    assert (load_live_changes(store), told(store)) == ([change(5)], [1.0, 2.0, 3.0, 4.0, 5.0])
    assert len([line for line in logged if line["log_level"] == "error"]) <= 1
    assert writer.close() == 0


def test_entries_have_a_bound_and_close_says_what_is_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_change_writer, "MAX_ENTRIES", 3)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    writer = LiveChangeWriter(store, [], retry_s=LIMIT_S)
    for n in range(20):
        writer.keep([change(n)], entry(n))
    assert writer.close() == 1
    assert writer.lost >= 13 and writer.errors >= 1


def test_a_change_that_no_database_takes_is_said_to_whoever_waits_and_ends_nothing(store: Store) -> None:
    writer = LiveChangeWriter(store, [])
    bad = LiveChange("queues.sales.target_s", 1.0, "half a character: \ud800", 1.0)
    with capture_logs() as logged, pytest.raises(UnicodeEncodeError):
        writer.keep([bad], entry(1)).result(LIMIT_S)
    assert [line["event"] for line in logged] == ["live_changes_lost"]
    assert writer.is_behind and (load_live_changes(store), writer.lost) == ([], 1)
    writer.keep([change(2)], entry(2)).result(LIMIT_S)
    assert (load_live_changes(store), told(store), writer.is_behind) == ([change(2)], [2.0], False)
    assert writer.close() == 0
