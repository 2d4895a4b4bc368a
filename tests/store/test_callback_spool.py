"""Is every promise of Asterisk's fallback taken over exactly once, and no hostile file obeyed?"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cti.store import callback_spool
from cti.store.callback_request import decode_request
from cti.store.callback_spool import UNFINISHED_S, SpoolCounts, scan_spool, watch_spool
from cti.store.database import Store
from cti.store.tables import callback_request
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.unit

NOW = 1_700_000_100.0


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


def request(nth: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"id-{nth}",
        "at": 1_700_000_000.5,
        "caller": "+4930123",
        "number": "+4930456",
        "queue": "sales",
        "uniqueid": "1700000000.1",
        "linkedid": "1700000000.1",
        "ticket": "abc_-",
        **more,
    }


def put(spool: Path, content: Any, name: str = "a.json") -> Path:
    path = spool / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def scan(spool: Path, store: Store) -> SpoolCounts:
    counts = SpoolCounts()
    scan_spool(spool, store, NOW, counts)
    return counts


def rows(store: Store) -> list[Any]:
    with store.engine.connect() as connection:
        return list(connection.execute(select(callback_request).order_by(callback_request.c.id)).all())


def test_a_file_that_is_still_written_is_waited_for(spool: Path, store: Store) -> None:
    half = put(spool, json.dumps(request()).encode()[:-9])
    os.utime(half, (NOW, NOW - UNFINISHED_S + 1))
    assert scan(spool, store) == SpoolCounts()
    put(spool, request())
    os.utime(half, (NOW, NOW))
    assert scan(spool, store) == SpoolCounts(taken=1)
    put(spool, b"")
    os.utime(half, (NOW, NOW - UNFINISHED_S - 1))
    assert scan(spool, store) == SpoolCounts(bad=1)


def test_a_request_is_taken_over_with_all_it_says(spool: Path, store: Store) -> None:
    put(spool, request())
    assert scan(spool, store) == SpoolCounts(taken=1)
    assert [row._asdict() for row in rows(store)] == [
        {
            "id": "id-1",
            "at": 1_700_000_000.5,
            "caller": "+4930123",
            "number": "+4930456",
            "queue": "sales",
            "linkedid": "1700000000.1",
            "uniqueid": "1700000000.1",
            "state": "new",
            "taken_at": NOW,
            "kind": "callback",
            "recording": "",
            "message_s": 0.0,
            "connect": 1,
            "since": None,
            "due_at": None,
            "agent": "",
            "topic": "",
            "requires": "{}",
            "head_start_s": 0.0,
            "customer": "{}",
            "expires_at": None,
            "follow_up": None,
        }
    ]
    assert list(spool.iterdir()) == []


def test_a_crash_between_commit_and_unlink_is_no_second_request(
    spool: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    put(spool, request())
    with monkeypatch.context() as patched:
        patched.setattr(callback_spool.os, "unlink", killed)
        with pytest.raises(Killed):
            scan(spool, store)
    assert len(rows(store)) == 1 and (spool / "a.json").exists()
    assert scan(spool, store) == SpoolCounts(seen_again=1)
    assert len(rows(store)) == 1 and not (spool / "a.json").exists()


def test_a_crash_before_the_commit_loses_nothing(spool: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def ill(*_: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    put(spool, request(1), "a.json")
    put(spool, request(2), "b.json")
    with monkeypatch.context() as patched:
        patched.setattr(callback_spool, "take_over", ill)
        assert scan(spool, store) == SpoolCounts(errors=1)
    assert scan(spool, store) == SpoolCounts(taken=2)


def test_another_request_under_a_known_id_is_not_swallowed(spool: Path, store: Store) -> None:
    put(spool, request())
    scan(spool, store)
    put(spool, request(number="+99"))
    assert scan(spool, store) == SpoolCounts(bad=1)
    assert (spool / "bad" / "a.json").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[1]",
        b"\xff\xfe",
        b'{"id": "x"',
        b"[" * 10_000,
        b'{"id":"\\ud800","at":1,"number":"1"}',
        b" " * (16 * 1024 + 1),
        request(number=""),
        request(number="+49 30"),
        request(number="1" * 21),
        request(number="1,2"),
        request(number="12\n"),
        request(number=12),
        request(id=""),
        request(id="../../etc/passwd"),
        request(id="x" * 129),
        request(at="yesterday"),
        request(at=-1),
        request(at=1e300),
        request(caller=None),
    ],
    ids=lambda content: str(content)[:40],
)
def test_what_is_no_request_is_set_apart(spool: Path, store: Store, content: Any) -> None:
    put(spool, content)
    put(spool, request(2), "good.json")
    assert scan(spool, store) == SpoolCounts(taken=1, bad=1)
    assert [path.name for path in (spool / "bad").iterdir()] == ["a.json"]
    assert scan(spool, store) == SpoolCounts()


def test_an_odd_name_costs_no_caller_his_callback(spool: Path, store: Store) -> None:
    put(spool, request(caller="Ann\r\n\0|" + "x" * 200, queue="6001 'sales'", linkedid="\x1b[2J"))
    assert scan(spool, store) == SpoolCounts(taken=1)
    (row,) = rows(store)
    assert row.caller == "Ann___|" + "x" * 73
    assert (row.queue, row.linkedid) == ("6001 'sales'", "_[2J")


def test_links_pipes_and_folders_are_not_followed(spool: Path, store: Store, tmp_path: Path) -> None:
    secret = put(tmp_path, request(), "outside.json")
    (spool / "link.json").symlink_to(secret)
    (spool / "dangling.json").symlink_to(tmp_path / "nothing")
    os.mkfifo(spool / "pipe.json")
    (spool / "folder.json").mkdir()
    assert scan(spool, store) == SpoolCounts(bad=4)
    assert secret.exists() and rows(store) == []
    assert len(list((spool / "bad").iterdir())) == 4


def test_a_bad_folder_that_leads_elsewhere_takes_nothing(spool: Path, store: Store, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (spool / "bad").symlink_to(tmp_path / "elsewhere")
    put(spool, b"nonsense")
    put(spool, request(2), "z.json")
    assert scan(spool, store) == SpoolCounts(taken=1, errors=1)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_bad_files_of_one_name_do_not_replace_each_other(spool: Path, store: Store) -> None:
    for content in (b"one", b"two", b"three"):
        put(spool, content)
        scan(spool, store)
    assert sorted(path.read_bytes() for path in (spool / "bad").iterdir()) == [b"one", b"three", b"two"]


def test_temporary_files_and_strangers_are_left_alone(spool: Path, store: Store) -> None:
    put(spool, request(), ".a.json")
    put(spool, request(), "a.json.tmp")
    put(spool, request(), ".id.tmp")
    assert scan(spool, store) == SpoolCounts()
    assert len(list(spool.iterdir())) == 3


def test_a_spool_that_does_not_exist_is_an_empty_one(tmp_path: Path, store: Store) -> None:
    assert scan(tmp_path / "never", store) == SpoolCounts()


def test_a_spool_that_is_a_file_is_counted(tmp_path: Path, store: Store) -> None:
    assert scan(put(tmp_path, b"", "spool"), store) == SpoolCounts(errors=1)


def test_one_file_that_cannot_be_removed_stands_in_nobodys_way(
    spool: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.unlink

    def picky(name: str, *, dir_fd: int) -> None:
        if name == "a.json":
            raise PermissionError
        real(name, dir_fd=dir_fd)

    monkeypatch.setattr(callback_spool.os, "unlink", picky)
    put(spool, request(1), "a.json")
    put(spool, request(2), "b.json")
    counts = scan(spool, store)
    assert (counts.taken, counts.errors) == (2, 1)


def test_a_scan_is_bounded_and_the_rest_follows(spool: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_spool, "MAX_FILES_PER_SCAN", 2)
    for number in range(5):
        put(spool, request(number), f"{number}.json")
    assert [scan(spool, store).taken for _ in range(4)] == [2, 2, 1, 0]


@given(st.binary(max_size=300) | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(str).map(str.encode))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_crash_the_decoder(raw: bytes) -> None:
    decode_request(raw)


async def test_the_watcher_scans_at_once_and_again(spool: Path, store: Store) -> None:
    counts, scans, enough = SpoolCounts(), [0], asyncio.Event()

    def scanned() -> None:
        scans[0] += 1
        if scans[0] == 1:
            put(spool, request(2), "b.json")
        elif scans[0] == 2:
            enough.set()

    put(spool, request(1))
    task = asyncio.create_task(watch_spool(spool, store, lambda: NOW, counts, interval_s=0.0, scanned=scanned))
    await asyncio.wait_for(enough.wait(), PATIENCE_S)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert counts.taken == 2
