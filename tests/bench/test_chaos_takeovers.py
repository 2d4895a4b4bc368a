"""Which takeovers should have been, and how are all of them told?"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.chaos_plan import Fault, Kind
from bench.chaos_takeovers import REPLACED_S, Takeover, holds_lock, told

pytestmark = pytest.mark.unit

KILLED = Fault(Kind.ENGINE_KILL, 1.0, 4.0)
FROZEN, BRIEFLY = (Fault(Kind.ENGINE_STOP, for_s, 4.0) for for_s in (REPLACED_S + 1.0, REPLACED_S - 1.0))


@pytest.mark.parametrize(
    ("takeover", "is_missed"),
    [
        (Takeover(KILLED, None), True),
        (Takeover(KILLED, 50.0), False),
        (Takeover(FROZEN, None), True),
        (Takeover(FROZEN, 3.0), False),
        (Takeover(FROZEN, None, locked=True), False),
        (Takeover(BRIEFLY, None), False),
    ],
)
def test_a_takeover_is_missed_where_somebody_could_and_had_the_time(takeover: Takeover, is_missed: bool) -> None:
    assert takeover.is_missed is is_missed


def test_all_are_told_and_who_was_not_replaced_by_name() -> None:
    assert told([]) == "takeovers: 0 of 0 owners who were killed or frozen"
    assert told([Takeover(KILLED, 2.0), Takeover(FROZEN, 2.94)]) == (
        "takeovers: 2 of 2 owners who were killed or frozen, within 2.9 s at most"
    )
    others = [Takeover(FROZEN, None), Takeover(BRIEFLY, None), Takeover(FROZEN, None, locked=True)]
    assert told([Takeover(KILLED, 2.0), *others]).split("; ") == [
        "takeovers: 1 of 4 owners who were killed or frozen, within 2.0 s at most",
        "engine frozen for 11.0 s: NOBODY TOOK OVER",
        "engine frozen for 9.0 s: went on so soon",
        "engine frozen for 11.0 s: SQLITE WAS LOCKED BY IT",
    ]


def test_who_is_within_a_write_holds_the_lock(tmp_path: Path) -> None:
    file, pid = tmp_path / "shared.db", os.getpid()
    store = f"sqlite:///{file}"
    assert not holds_lock(pid, store)
    with closing(sqlite3.connect(file, isolation_level=None)) as books:
        books.execute("PRAGMA journal_mode=WAL")
        books.execute("CREATE TABLE t (a)")
        books.execute("BEGIN")
        books.execute("SELECT * FROM t").fetchall()
        assert not holds_lock(pid, store)
        books.execute("INSERT INTO t VALUES (1)")
        assert holds_lock(pid, store) and not holds_lock(os.getppid(), store)
        assert not holds_lock(pid, f"sqlite:///{tmp_path / 'other.db'}")
        books.execute("COMMIT")
        assert not holds_lock(pid, store)
    assert not holds_lock(pid, "postgresql+psycopg://cti@localhost/chaos")
