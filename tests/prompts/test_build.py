"""Missing prompts are made, once, at both rates, and nobody's file is overwritten."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from cti.model.spoken import PromptText, said_as
from cti.prompts.build import Busy, Made, build
from cti.prompts.ear import judge
from cti.prompts.shelf import RECORD, Folders, look, put
from cti.prompts.sound import read_wav, write_wav
from tests.sounds import Humming, silence, tone

pytestmark = pytest.mark.unit

PROMPTS = [
    PromptText("a", "en", "Hello there"),
    PromptText("b/c", "zh", "欢迎致电演示中心"),
    PromptText("b/d", "en", "Bye"),
]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "sounds", tmp_path / "recordings", tmp_path / "cache")


def test_they_are_made_once_and_sound_right(folders: Folders) -> None:
    told: list[tuple[Made, int]] = []
    done = build(PROMPTS, folders, Humming, processes=1, told=lambda made, number: told.append((made, number)))
    assert len(done) == 3 and [number for _, number in told] == [3, 3, 3]
    for finding in look(PROMPTS, folders):
        assert [file.suffix for file in finding.files] == [".wav", ".wav16"]
        for file in finding.files:
            sound = read_wav(file.read_bytes())
            assert judge(sound, file.suffix, finding.prompt.text) == []
            assert sound.seconds == pytest.approx(len(finding.prompt.text) / 12 + 0.1, abs=0.05)  # no silence around it
    assert build(PROMPTS, folders, Humming, processes=1) == []


def test_the_cache_serves_another_shelf_and_anew_does_not_ask_it(folders: Folders, tmp_path: Path) -> None:
    build(PROMPTS, folders, Humming, processes=1)
    mute = Folders(tmp_path / "other", folders.recordings, folders.cache)
    assert all(not made.why_not for made in build(PROMPTS, mute, lambda: Humming(mute=True), processes=1))
    found = build(PROMPTS, mute, lambda: Humming(mute=True), processes=1, anew=True)
    assert [made.why_not for made in found] == ["no voice today; drink tea"] * 3


def test_a_placed_file_is_left_alone(folders: Folders) -> None:
    placed = folders.sounds / "en/a.wav"
    put(placed, write_wav(tone()))
    assert {made.finding.prompt.name for made in build(PROMPTS, folders, Humming, processes=1, anew=True)} == {
        "b/c",
        "b/d",
    }
    assert placed.read_bytes() == write_wav(tone())


def test_killed_between_record_and_file_it_is_made_the_next_time(folders: Folders) -> None:
    build(PROMPTS[:1], folders, Humming, processes=1)
    old = (folders.sounds / "en/a.wav").read_bytes()
    changed = [PROMPTS[0]._replace(text="Quite another text")]
    build(changed, folders, Humming, processes=1)
    put(folders.sounds / "en/a.wav", old)  # as if the kill came before the file was there
    assert look(changed, folders)[0].source == "text"


def test_a_recording_that_is_no_sound_is_told(folders: Folders) -> None:
    put(folders.recordings / "en/a.wav", b"MP3, really")
    put(folders.recordings / "en/b/d.wav", write_wav(silence(1)))
    found = {made.finding.prompt.name: made.why_not for made in build(PROMPTS, folders, Humming, processes=1)}
    assert "save it as WAV" in found["a"] and found["b/c"] == "" and found["b/d"] == ""
    assert not (folders.sounds / "en/a.wav").exists()


def test_two_at_once_are_one_too_many(folders: Folders) -> None:
    build([], folders, Humming)
    with (folders.sounds / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            build(PROMPTS, folders, Humming)
    assert not (folders.sounds / RECORD).exists()


def test_in_two_processes_it_is_the_same(folders: Folders, tmp_path: Path) -> None:
    alone = Folders(tmp_path / "alone", folders.recordings, tmp_path / "another cache")
    build(PROMPTS, alone, Humming, processes=1)
    assert all(not made.why_not for made in build(PROMPTS, folders, Humming, processes=2))
    for file in alone.sounds.rglob("*.wav*"):
        assert (folders.sounds / file.relative_to(alone.sounds)).read_bytes() == file.read_bytes()


def test_the_sound_of_an_older_text_stays_for_a_while(folders: Folders) -> None:
    def stays(text: str) -> bool:
        return (folders.sounds / f"en/{said_as(text)}.wav").exists()

    build([PromptText("a", "en", "Hello there")], folders, Humming, processes=1)
    before = (folders.sounds / "en/a.wav").read_bytes()
    build([PromptText("a", "en", "Something else")], folders, Humming, processes=1)
    assert stays("Hello there") and stays("Something else")
    old = folders.sounds / f"en/{said_as('Hello there')}.wav"
    assert old.read_bytes() == before != (folders.sounds / "en/a.wav").read_bytes()
    os.utime(old, (1.0, 1.0))
    build([PromptText("a", "en", "Something else")], folders, Humming, processes=1)
    assert not stays("Hello there") and stays("Something else"), "nobody is in a version of long ago"


def test_what_is_there_already_is_kept_from_the_next_build_on(folders: Folders) -> None:
    build(PROMPTS, folders, Humming, processes=1)
    shutil.rmtree(folders.sounds / "en/cti/said")
    assert build(PROMPTS, folders, Humming, processes=1) == []
    assert (folders.sounds / f"en/{said_as('Hello there')}.wav").exists()
