"""Does every line reach the file once and whole, whatever happens to the file?"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cti.metrics import queue_log_file
from cti.metrics.queue_log_file import LOOK_S, QueueLogFile
from cti.model.changes import Changed, Kind
from cti.model.words import CallId, ContactId, QueueName

from .streams import CENTER, START

pytestmark = pytest.mark.unit


class Scene:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "queue_log"
        self.now = 100.0
        self.log = QueueLogFile(self.path, CENTER, START, monotonic=lambda: self.now)

    def enter(self, number: int) -> None:
        call = CallId(f"n/{number}")
        who = {"queue": QueueName("sales"), "contact": ContactId(call), "call": call, "caller": "+4930123"}
        self.log.apply(Changed(Kind.VISIT, call, "", "waiting", START, "Test", **who))  # type: ignore[arg-type]

    def numbers(self, path: Path | None = None) -> list[str]:
        """The callids of all whole lines; "NONE" is QUEUESTART."""
        text = (path or self.path).read_text()
        assert text == "" or text.endswith("\n")
        return [line.split("|")[1] for line in text.splitlines()]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_each_line_is_on_the_disk_at_once(scene: Scene) -> None:
    scene.enter(1)
    assert scene.path.read_text() == (
        "1700000000|NONE|NONE|NONE|QUEUESTART|\n1700000000|1|sales|NONE|ENTERQUEUE||+4930123|1\n"
    )
    assert scene.path.stat().st_mode & 0o777 == 0o640 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_old_file_is_continued(tmp_path: Path) -> None:
    Scene(tmp_path).log.close()
    assert Scene(tmp_path).numbers() == ["NONE", "NONE"]


def test_a_moved_file_is_followed_by_a_new_one(scene: Scene) -> None:
    scene.enter(1)
    scene.path.rename(scene.path.with_suffix(".1"))
    scene.enter(2)  # in the same moment
    scene.now += 2 * LOOK_S
    scene.enter(3)
    scene.path.unlink()
    scene.path.write_text("")  # logrotate's "create"
    scene.now += 2 * LOOK_S
    scene.enter(4)
    assert scene.numbers(scene.path.with_suffix(".1")) == ["NONE", "1", "2"]
    assert scene.numbers() == ["4"]


def test_a_truncated_file_goes_on_at_its_beginning(scene: Scene) -> None:
    scene.enter(1)
    os.truncate(scene.path, 0)
    scene.enter(2)
    assert scene.numbers() == ["2"]


def test_a_full_disk_costs_nothing_but_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[[int, bytes], int] = os.write
    room = [30]

    def full(fd: int, data: bytes) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, "full")
        written = real(fd, data[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr(queue_log_file.os, "write", full)
    with capture_logs() as said:
        for number in range(1, 5):
            scene.enter(number)
        assert scene.log.errors == 1  # no second try within the same second
        room[0] = 10_000
        scene.now += 2
        scene.enter(5)
    assert scene.numbers() == ["NONE", "1", "2", "3", "4", "5"]
    assert [entry["event"] for entry in said] == ["queue_log_not_written", "queue_log_written_again"]
    assert "4930123" not in str(said)


def test_what_is_kept_has_a_bound_and_the_loss_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_log_file, "MAX_KEPT_LINES", 3)
    kept = scene.path.with_suffix(".kept")
    scene.path.rename(kept)
    scene.path.mkdir()
    scene.now += 2 * LOOK_S
    for number in range(1, 6):
        scene.enter(number)
    assert scene.log.dropped == 2
    scene.path.rmdir()
    scene.log.close()
    assert scene.numbers() == ["3", "4", "5"]


def test_a_folder_that_does_not_exist_yet_stops_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "later")
    scene.enter(1)
    (tmp_path / "later").mkdir()
    scene.now += 2
    scene.enter(2)
    assert scene.numbers() == ["NONE", "1", "2"]


def test_a_fifo_without_a_reader_does_not_stop_the_engine(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "queue_log")
    scene = Scene(tmp_path)
    scene.enter(1)
    assert scene.log.errors == 1
    scene.log.close()
