"""Unit tests of labkit.processes and labkit.blocks: whose process, whose addresses."""

import os
from pathlib import Path

import pytest
from labkit import blocks
from labkit.processes import Process, this_process

pytestmark = pytest.mark.unit


def test_a_process_is_told_by_its_start_time_too() -> None:
    mine = this_process()
    assert mine.pid == os.getpid() and mine.is_alive()
    assert Process.from_record(mine.record()) == mine
    assert not Process(mine.pid, "1").is_alive()
    assert Process.from_record(None) is None


def test_two_claims_never_get_the_same_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "claims_folder", lambda: tmp_path / "claims")
    monkeypatch.setattr(blocks, "is_free", lambda host, port: True)
    first = blocks.claim(tmp_path / "a", (5038,), lambda lab: False)
    second = blocks.claim(tmp_path / "b", (5038,), lambda lab: False)
    assert first != second
    blocks.release(first, tmp_path / "b")  # not its own: stays claimed
    assert blocks.claim(tmp_path / "c", (5038,), lambda lab: False) not in (first, second)
    blocks.release(first, tmp_path / "a")
    assert blocks.claim(tmp_path / "d", (5038,), lambda lab: False) == first


def test_a_claim_lives_as_long_as_its_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "claims_folder", lambda: tmp_path / "claims")
    monkeypatch.setattr(blocks, "is_free", lambda host, port: True)
    dead = Process(this_process().pid, "1")
    monkeypatch.setattr(blocks, "this_process", lambda: dead)  # whoever claimed it has ended meanwhile
    first = blocks.claim(tmp_path / "a", (5038,), lambda lab: True)
    assert blocks.claim(tmp_path / "b", (5038,), lambda lab: True) != first
    assert blocks.claim(tmp_path / "c", (5038,), lambda lab: False) == first
