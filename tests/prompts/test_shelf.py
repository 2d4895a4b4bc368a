"""What is on the shelf, and whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.model.spoken import PromptText
from cti.prompts.build import build
from cti.prompts.shelf import RECORD, Finding, Folders, Source, State, look, put
from cti.prompts.sound import write_wav
from tests.sounds import Humming, tone

pytestmark = pytest.mark.unit

HELLO = PromptText("custom/hello", "en", "Hello there")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "sounds", tmp_path / "recordings", tmp_path / "cache", (tmp_path / "core",))


def one(folders: Folders, prompt: PromptText = HELLO, voice: Humming | None = None) -> Finding:
    return look([prompt], folders, voice.identity if voice else None)[0]


def make(folders: Folders, prompt: PromptText = HELLO) -> None:
    assert [made.why_not for made in build([prompt], folders, Humming, processes=1)] == [""]


def test_text_is_missing_then_ready_then_outdated(folders: Folders) -> None:
    assert one(folders)[1:3] == (Source.TEXT, State.MISSING)
    make(folders)
    assert one(folders)[1:3] == (Source.TEXT, State.READY)
    assert one(folders, voice=Humming())[1:3] == (Source.TEXT, State.READY)
    assert one(folders, HELLO._replace(text="Good day")).state == State.OUTDATED
    assert one(folders, voice=Humming("2")).state == State.OUTDATED
    (folders.sounds / "en/custom/hello.wav16").unlink()
    assert one(folders).state == State.MISSING


def test_core_sounds_go_before_text(folders: Folders) -> None:
    put(folders.core[0] / "en/custom/hello.gsm", b"gsm")
    assert one(folders)[1:3] == (Source.CORE, State.READY)


def test_a_placed_file_goes_before_core_and_text_and_ours_is_not_one(folders: Folders) -> None:
    make(folders)
    put(folders.core[0] / "en/custom/hello.gsm", b"gsm")
    assert one(folders).source == Source.CORE
    placed = folders.sounds / "en/custom/hello.wav"
    put(placed, write_wav(tone(200, 1.0, 8000)))
    found = one(folders)
    assert (found.source, found.state, found.files) == (Source.PLACED, State.READY, (placed,))


def test_a_recording_goes_before_everything_and_is_converted(folders: Folders) -> None:
    recording = folders.recordings / "en/custom/hello.wav"
    put(recording, write_wav(tone(200, 1.0, 44100)))
    put(folders.sounds / "en/custom/hello.gsm", b"gsm")
    assert one(folders)[1:3] == (Source.RECORDING, State.MISSING)
    make(folders)
    assert one(folders)[1:3] == (Source.RECORDING, State.READY)
    put(recording, write_wav(tone(200, 2.0, 44100)))
    assert one(folders)[1:3] == (Source.RECORDING, State.OUTDATED)


def test_a_broken_record_means_that_files_are_somebodys(folders: Folders) -> None:
    make(folders)
    for broken in ("", "[]", "{}", '{"made": 1, "voices": {}}', '{"made": {"a": 1}, "voices": 2}'):
        put(folders.sounds / RECORD, broken.encode())
        assert one(folders).source == Source.PLACED


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    put(tmp_path / "a/b", b"1")
    put(tmp_path / "a/b", b"22")
    assert (tmp_path / "a/b").read_bytes() == b"22"
    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o644
    with pytest.raises(IsADirectoryError):
        put(tmp_path / "a", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
