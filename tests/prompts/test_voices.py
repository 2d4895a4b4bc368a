"""The voice: found, started with the text on its stdin, and every failure told with the remedy."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import pytest

from cti.prompts import voices
from cti.prompts.ear import judge
from cti.prompts.loudness import levelled, trimmed
from cti.prompts.resample import resample
from cti.prompts.sound import read_wav
from cti.prompts.voices import Espeak, NoVoice, espeak

pytestmark = pytest.mark.contract


def program(folder: Path, text: str) -> str:
    folder.mkdir(exist_ok=True)
    file = folder / "espeak-ng"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_it_is_started_with_voice_and_speed_and_the_text_on_stdin(tmp_path: Path) -> None:
    voice = Espeak(program(tmp_path, f'echo "$@" >{tmp_path}/words; cat >{tmp_path}/text; printf RIFF'), "1.52")
    assert voice.say("--help [[x]] 欢迎", "zh") == b"RIFF"
    assert (tmp_path / "words").read_text() == "-v cmn+f4 -s 190 -g 2 -b 1 --stdin --stdout\n"
    assert (tmp_path / "text").read_text() == "--help [ [x]] 欢迎"
    assert voice.identity("zh") != voice.identity("en") != Espeak(voice.program, "1.53").identity("en")
    assert "-v fr" in voice.identity("fr") and "-v en-gb" in voice.identity("en-GB")
    assert pickle.loads(pickle.dumps(voice)) == voice


@pytest.mark.parametrize("text", ["echo 'no such voice' >&2; exit 1", "echo nothing"])
def test_a_failure_names_the_remedy(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoVoice, match=r"cannot speak en-us: .*--voices"):
        Espeak(program(tmp_path, text), "1").say("Hello", "en")


def test_a_program_that_hangs_or_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "SAY_TIMEOUT_S", 0.2)
    began = time.monotonic()
    with pytest.raises(NoVoice, match="does not run"):
        Espeak(program(tmp_path, "exec sleep 20"), "1").say("Hello", "en")
    assert time.monotonic() - began < 10
    with pytest.raises(NoVoice, match="set CTI_ESPEAK"):
        Espeak(str(tmp_path / "none"), "1").say("Hello", "en")


def test_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices.shutil, "which", lambda name: None)
    environ = {"CTI_CACHE": str(tmp_path)}
    with pytest.raises(NoVoice, match="install the package espeak-ng"):
        espeak(environ, fetch=False)
    kept = program(tmp_path / "espeak-ng", "echo 'eSpeak NG text-to-speech: 1.52.0  Data at: /x'")
    assert espeak(environ, fetch=False) == Espeak(kept, "1.52.0")
    with pytest.raises(NoVoice, match="correct CTI_ESPEAK"):
        espeak(environ | {"CTI_ESPEAK": program(tmp_path / "other", "echo hello")}, fetch=False)
    with pytest.raises(NoVoice, match="correct CTI_ESPEAK"):
        espeak(environ | {"CTI_ESPEAK": "/none"}, fetch=False)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Welcome. For sales, press one."), ("zh", "您好，欢迎致电。销售请按一。"), ("de", "Guten Tag.")],
)
def test_the_real_one_sounds_right(language: str, text: str) -> None:
    try:
        voice = espeak(fetch=False)
    except NoVoice as error:
        pytest.skip(f"NO REAL VOICE, this did not run: {error} (asterisk/lab voice fetches one)")
    sound = trimmed(read_wav(voice.say(text, language)))
    for ending, rate_hz in ((".wav", 8000), (".wav16", 16000)):
        assert judge(levelled(resample(sound, rate_hz)), ending, text) == []
