"""The survivability script by itself: scripted stdin and stdout in place of Asterisk."""

import importlib.machinery
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.unit

SCRIPT = Path(__file__).resolve().parent.parent.parent / "asterisk" / "agi-bin" / "cti-survivability"
ENVIRONMENT = "agi_request: cti-survivability\nagi_uniqueid: node1-17.3\nagi_channel: PJSIP/trunk1-1\n\n"
TOLD = {"caller": "+4930123", "dialled": "6001", "queue": "sales", "linkedid": "node1-17.3", "ticket": "dDE="}


@pytest.fixture
def script() -> Iterator[ModuleType]:
    before = signal.getsignal(signal.SIGHUP)  # pyst2's AGI takes it
    loader = importlib.machinery.SourceFileLoader("cti_survivability", str(SCRIPT))
    spec = importlib.util.spec_from_loader("cti_survivability", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    yield module
    signal.signal(signal.SIGHUP, before)


class Asterisk:
    """Answers each command by a part of it: `keys` are the results, in turn, of commands with that part."""

    def __init__(self, keys: dict[str, list[str]], hang_up_at: int = 10**6, ending: str = "") -> None:
        self.keys, self.hang_up_at, self.ending = keys, hang_up_at, ending
        self.heard: list[str] = []
        self._lines = iter(ENVIRONMENT.splitlines(keepends=True))

    def readline(self) -> str:
        line = next(self._lines, None)
        return line if line is not None else self._answer()

    def write(self, text: str) -> None:
        self.heard.append(text.strip())

    def flush(self) -> None:
        return

    def _answer(self) -> str:
        if len(self.heard) >= self.hang_up_at:
            return self.ending
        command = self.heard[-1]
        for part, answers in self.keys.items():
            if part in command and answers:
                return f"200 result={answers.pop(0)}\n"
        return "200 result=0\n"


def run(module: ModuleType, asterisk: Asterisk, folder: Path, **told: str) -> str:
    agi = module.AGI(asterisk, asterisk, io.StringIO())
    return str(module.converse(agi, {**TOLD, "spool": str(folder), **told}, 1700000000.5, "id1"))


def spooled(folder: Path) -> list[dict[str, object]]:
    assert not [path for path in folder.iterdir() if path.suffix != ".json"], "no temporary file stays"
    return [json.loads(path.read_text()) for path in folder.iterdir()]


def test_one_is_the_number_he_calls_from(script: ModuleType, tmp_path: Path) -> None:
    asterisk = Asterisk({"WAIT FOR DIGIT": ["49"]})
    assert run(script, asterisk, tmp_path) == "taken"
    assert spooled(tmp_path) == [
        {
            "id": "id1",
            "at": 1700000000.5,
            "caller": "+4930123",
            "number": "+4930123",
            "queue": "sales",
            "uniqueid": "node1-17.3",
            "linkedid": "node1-17.3",
            "ticket": "dDE=",
        }
    ]
    assert "SET VARIABLE CTI_CALLBACK taken" in asterisk.heard
    assert (tmp_path / "id1.json").stat().st_mode & 0o777 == 0o600


def test_key_during_a_prompt_counts_at_once(script: ModuleType, tmp_path: Path) -> None:
    asterisk = Asterisk({"vm-nobodyavail": ["49"]})
    assert run(script, asterisk, tmp_path) == "taken"
    assert not [command for command in asterisk.heard if command.startswith("WAIT")]


def test_two_is_another_number_read_back(script: ModuleType, tmp_path: Path) -> None:
    asterisk = Asterisk({"digits/2": ["50"], "GET DATA": ["0891234"], "WAIT FOR DIGIT": ["49"]})
    assert run(script, asterisk, tmp_path) == "taken"
    assert spooled(tmp_path)[0]["number"] == "0891234"
    assert any(command.startswith("SAY DIGITS 0891234") for command in asterisk.heard)


def test_withheld_number_is_offered_the_other_way_only(script: ModuleType, tmp_path: Path) -> None:
    for caller in ("", "anonymous", "1\n2", "1" * 21):
        asterisk = Asterisk({"WAIT FOR DIGIT": ["49"]})
        assert run(script, asterisk, tmp_path, caller=caller) == "declined"
    assert spooled(tmp_path) == []


def test_wrong_number_is_asked_again_and_bounded(script: ModuleType, tmp_path: Path) -> None:
    asterisk = Asterisk({"digits/2": ["50"], "GET DATA": ["", ""]})
    assert run(script, asterisk, tmp_path) == "declined"
    assert len([command for command in asterisk.heard if command.startswith("GET DATA")]) == 2
    assert len(asterisk.heard) < 40


def test_no_key_is_declined_and_said_to_the_dialplan(script: ModuleType, tmp_path: Path) -> None:
    asterisk = Asterisk({})
    assert run(script, asterisk, tmp_path) == "declined"
    assert "SET VARIABLE CTI_CALLBACK declined" in asterisk.heard


def test_prompts_that_are_not_there_do_not_end_it(script: ModuleType, tmp_path: Path) -> None:
    asterisk = Asterisk({"STREAM FILE": ["-1"] * 20, "WAIT FOR DIGIT": ["49"]})
    assert run(script, asterisk, tmp_path) == "taken"


@pytest.mark.parametrize(
    "ending", ["", "HANGUP\n", "511 Command Not Permitted on a dead channel\n", "200 result=-1 (hangup)\n"]
)
def test_hangup_at_every_step(script: ModuleType, tmp_path: Path, ending: str) -> None:
    for step in range(1, 25):
        folder = tmp_path / str(step)
        folder.mkdir()
        asterisk = Asterisk({"digits/2": ["50"], "GET DATA": ["0891234"], "WAIT FOR DIGIT": ["49"]}, step, ending)
        outcome = run(script, asterisk, folder)
        typed = any(command.startswith("GET DATA") for command in asterisk.heard[: step - 1])
        assert (outcome == "taken") == bool(spooled(folder)) == typed, step


def test_full_disk_is_said_and_ends_politely(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    asterisk = Asterisk({"WAIT FOR DIGIT": ["49"]})
    assert run(script, asterisk, tmp_path) == "failed"
    assert spooled(tmp_path) == []
    assert "SET VARIABLE CTI_CALLBACK failed" in asterisk.heard
    assert any("im-sorry" in command for command in asterisk.heard)
    assert "4930123" not in capsys.readouterr().err


def test_as_a_process_with_encoded_arguments(tmp_path: Path) -> None:
    words = [f"spool={tmp_path}", "caller=%2B4930123", "dialled=6001", "queue=", "linkedid=l", "ticket=a%3D"]
    answers = ENVIRONMENT + "200 result=49\n" + "200 result=0\n" * 5
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *words], input=answers, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0 and done.stderr == ""
    (request,) = spooled(tmp_path)
    assert (request["number"], request["queue"], request["ticket"]) == ("+4930123", "6001", "a=")
