"""Is what was written read back to the byte, and does a trouble with the disk cost the journal only?"""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from acd.worlds import World
from kit import START, replay

from cti.journal import Journal, read
from cti.model import events as ev
from cti.model.words import CallId, NodeId

pytestmark = pytest.mark.unit

EVENT = ev.CallArrived(CallId("node1/1.1"), NodeId("node1"), "PJSIP/t-1", "6001", "+4930")


def written(path: Path, number: int = 3) -> Journal:
    journal = Journal(path)
    for second in range(number):
        journal.append(START + second + 0.1, EVENT)
    return journal


def test_there_and_back(tmp_path: Path) -> None:
    written(tmp_path / "j").close()
    assert list(read(tmp_path / "j")) == [(START + second + 0.1, EVENT) for second in range(3)]


def test_a_replay_gives_the_same_outputs_to_the_byte(tmp_path: Path) -> None:
    world = World(7)
    for number in range(80):
        world.step(number * 7919)
    journal = Journal(tmp_path / "j")
    for now, event in world.scene.history:
        journal.append(now, event)
    journal.close()
    lived = replay(world.scene.policy, world.scene.history, strict=True)
    assert len(lived) > 5000
    assert replay(world.scene.policy, read(tmp_path / "j"), strict=True) == lived


def test_a_line_cut_short_is_left_out(tmp_path: Path) -> None:
    written(tmp_path / "j").close()
    text = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(text[:-5])
    assert len(list(read(tmp_path / "j"))) == 2


def test_a_new_engine_goes_on_in_the_same_file(tmp_path: Path) -> None:
    written(tmp_path / "j", 2).close()
    written(tmp_path / "j", 1).close()
    assert len(list(read(tmp_path / "j"))) == 3


def test_a_new_engine_goes_on_behind_a_line_cut_short(tmp_path: Path) -> None:
    """The engine died in the middle of a line; the next one appends."""
    written(tmp_path / "j", 2).close()
    text = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(text[:-5])
    written(tmp_path / "j", 2).close()
    assert len(list(read(tmp_path / "j"))) == 3


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    written(tmp_path / "j").close()
    assert stat.S_IMODE((tmp_path / "j").stat().st_mode) == 0o600


def test_it_turns_to_a_new_file_and_keeps_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", max_bytes=1000)
    for second in range(100):
        journal.append(START + second, EVENT)
    journal.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["j", "j.1"]
    assert all(path.stat().st_size < 2000 for path in tmp_path.iterdir())
    times = [now for name in ("j.1", "j") for now, _ in read(tmp_path / name)]
    assert times == sorted(times) and times[-1] == START + 99


def test_flush_makes_it_readable(tmp_path: Path) -> None:
    journal = written(tmp_path / "j")
    journal.flush()
    assert len(list(read(tmp_path / "j"))) == 3
    journal.close()


class FullDisk:
    """Takes `room` bytes, and no more."""

    def __init__(self, journal: Journal, room: int = 0) -> None:
        self.file: Any = journal._file
        self.room = room

    def write(self, data: bytes) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        part = bytes(data[: self.room])
        self.room -= len(part)
        return int(self.file.write(part))

    def close(self) -> None:
        self.file.close()


def test_a_full_disk_costs_nothing_where_there_is_room_again_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = written(tmp_path / "j")
    full: Any = FullDisk(journal, room=40)  # the first line is cut short
    monkeypatch.setattr(journal, "_file", full)
    for _ in range(3):
        journal.flush()
        journal.append(START, EVENT)
    monkeypatch.setattr(journal, "_file", full.file)
    journal.close()
    assert journal.lost == 0
    assert len(list(read(tmp_path / "j"))) == 6


def test_what_a_full_disk_costs_is_counted_by_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.journal.BUFFER_BYTES", 1000)
    journal = written(tmp_path / "j")
    journal.flush()
    full: Any = FullDisk(journal, room=40)  # in the middle of a line
    monkeypatch.setattr(journal, "_file", full)
    for second in range(100):
        journal.append(START + second, EVENT)  # there is room again when the file is opened anew
    journal.close()
    assert 1 < journal.lost < 20
    assert len(list(read(tmp_path / "j"))) == 103 - journal.lost


def test_a_folder_that_is_gone_costs_the_journal_only(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    journal = Journal(folder / "j", max_bytes=10)
    journal.append(START, EVENT)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    journal.append(START, EVENT)
    journal.append(START, EVENT)
    journal.close()
    assert journal.lost >= 1


def test_where_a_flow_stood_is_not_written_as_nobody_could_erase_a_number_in_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append(1.0, msgspec.structs.replace(EVENT, flow_at="eJyrVg"))
    journal.close()
    assert list(read(tmp_path / "journal")) == [(1.0, EVENT)]
