"""`cti prompts`: what it says and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cti.cli.main import app
from cti.cli.prompts import ENGINES
from cti.prompts.sound import Sound, write_wav
from tests.sounds import Humming

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CTI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CTI_SOUNDS", str(tmp_path / "sounds"))
    monkeypatch.setitem(ENGINES, "humming", Humming)
    (tmp_path / "prompts.yaml").write_text("custom/hello: {en: Hello there}\n")
    return tmp_path


def ask(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["prompts", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_list_build_check(folder: Path) -> None:
    code, _, errors = ask("check", folder)
    assert code == 1 and "custom/hello (en): missing; make it: " in errors
    code, output, _ = ask("build", folder, "--engine", "humming")
    assert code == 0 and "1 prompts in" in output and "1 made, 0 failed" in output
    code, output, _ = ask("list", folder, "--json")
    row = json.loads(output)[0]
    assert (row["name"], row["source"], row["state"]) == ("custom/hello", "text", "ready") and row["seconds"] > 0.5
    assert ask("check", folder)[:2] == (0, "1 prompts: all are there and sound right\n")


def test_check_hears_a_placed_file(folder: Path) -> None:
    place = folder / "sounds/en/custom/hello.wav"
    place.parent.mkdir(parents=True)
    place.write_bytes(write_wav(Sound(44100, [0.0] * 44100)))
    code, output, _ = ask("check", folder, "--json")
    found = json.loads(output)
    assert code == 1 and not found["ok"]
    assert [problem.split(";")[0] for problem in found["prompts"][0]["problems"]] == [
        "hello.wav: 44100 Hz, and Asterisk plays .wav only at 8000 Hz",
        "hello.wav: silent",
    ]
    place.write_bytes(b"no sound")
    assert "hello.wav: not a WAV file" in ask("check", folder)[2]


def test_wrong_words(folder: Path) -> None:
    assert (
        ask("build", folder, "--engine", "huming")[2]
        == 'error: there is no engine "huming" (did you mean "humming"?)\n'
    )
    code, _, errors = ask("list", folder / "none")
    assert code == 2 and "none/prompts.yaml: cannot be read" in errors
    (folder / "prompts.yaml").write_text("a: x")
    assert "prompts.yaml:1:4: a: must be a text for each language" in ask("list", folder)[2]


def test_a_voice_that_fails_is_told_and_ends_with_1(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "humming", lambda: Humming(mute=True))
    code, output, errors = ask("build", folder, "--engine", "humming")
    assert code == 1 and "1 failed" in output and "custom/hello (en): no voice today; drink tea" in errors
    code, output, _ = ask("build", folder, "--engine", "humming", "--json")
    assert code == 1 and json.loads(output)["made"][0]["error"] == "no voice today; drink tea"
