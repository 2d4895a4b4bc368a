"""Who hears whom, where somebody listens to a talk, whispers, or barges in? Each phone says a tone of its own."""

from __future__ import annotations

import json
import math
import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .centre import Centre, agent
from .engine_process import EngineProcess
from .phones import Call
from .tones import TALK_HZ
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]
RATE_HZ, SECONDS, FRAME = 8000, 25, 800
VOICES = {"caller": TALK_HZ, "agent": 1000.0, "boss": 1400.0}
SHARE = 0.05  # of a frame's energy: two tones together have some half of it each


class Said:
    """What one phone hears: whose tones are in its recording."""

    def __init__(self, call: Call, file: Path) -> None:
        self.file = file
        call.record(file)

    def voices(self) -> set[str]:
        """In the newest tenth of a second that is recorded."""
        data = self.file.read_bytes()[44:] if self.file.exists() else b""
        frame = data[len(data) // 2 * 2 - 2 * FRAME : len(data) // 2 * 2]
        samples = struct.unpack(f"<{len(frame) // 2}h", frame)
        energy = sum(sample * sample for sample in samples)
        if len(samples) < FRAME or energy < FRAME * 100 * 100:
            return set()
        return {name for name, hz in VOICES.items() if _share(samples, hz, energy) > SHARE}

    def hears(self, *voices: str) -> bool:
        try:
            until(lambda: self.voices() == set(voices), f"hears {voices}")
        except AssertionError as error:
            raise AssertionError(f"{error}; he hears {self.voices()}") from None
        return True


def _share(samples: tuple[int, ...], hz: float, energy: float) -> float:
    turn = 2 * math.pi * hz / RATE_HZ
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(samples))
    return 2 * (real * real + imaginary * imaginary) / (len(samples) * energy)


@pytest.fixture
def voices(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name in ("agent", "boss"):
        hz = VOICES[name]
        samples = [int(6000 * math.sin(2 * math.pi * hz * n / RATE_HZ)) for n in range(SECONDS * RATE_HZ)]
        found[name] = tmp_path / f"{name}.wav"
        with wave.open(str(found[name]), "wb") as out:
            out.setparams((1, 2, RATE_HZ, len(samples), "NONE", ""))
            out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return found


class Office:
    """A caller talks to anna at 1001; the boss has 1003."""

    def __init__(self, centre: Centre, start: Start, voices: dict[str, Path], folder: Path) -> None:
        self.centre, self.folder = centre, folder
        centre.phones("1001", "1003")
        self.engine = start({"sales": {}}, {"anna": agent("1001", "sales")})
        centre.phone("1001").voice("1001@node1", voices["agent"])
        centre.phone("1003").voice("1003@node1", voices["boss"])
        self.caller = centre.call("6001", caller=1)
        self.anna = centre.rings("1001")
        self.anna.answer()
        self.anna.wait("confirmed")
        centre.until_agent("anna", activity="talking")
        [row] = self.told("call", "show")
        self.contact = str(row["contact"])

    def told(self, *words: str) -> Any:
        return json.loads(self.engine.command(*words))

    def joins(self, mode: str) -> Call:
        self.told("contact", mode, self.contact, "--phone", "1003")
        phone = self.centre.rings("1003")
        phone.answer()
        return phone.wait("confirmed")

    def ears(self, boss: Call) -> tuple[Said, Said, Said]:
        return (
            Said(self.caller, self.folder / "at-caller.wav"),
            Said(self.anna, self.folder / "at-anna.wav"),
            Said(boss, self.folder / "at-boss.wav"),
        )


@pytest.mark.parametrize(
    ("mode", "caller_hears", "anna_hears"),
    [
        ("listen", {"agent"}, {"caller"}),
        ("whisper", {"agent"}, {"caller", "boss"}),
        ("barge", {"agent", "boss"}, {"caller", "boss"}),
    ],
)
def test_who_hears_whom(
    centre: Centre,
    start: Start,
    voices: dict[str, Path],
    tmp_path: Path,
    mode: str,
    caller_hears: set[str],
    anna_hears: set[str],
) -> None:
    office = Office(centre, start, voices, tmp_path)
    boss = office.joins(mode)
    at_caller, at_anna, at_boss = office.ears(boss)
    assert at_boss.hears("caller", "agent") and at_caller.hears(*caller_hears) and at_anna.hears(*anna_hears)
    office.anna.hangup()
    boss.wait("disconnected")
    office.caller.wait("disconnected")
    centre.until_no_calls()
    assert office.told("audit")[0]["what"] == f"contact.{mode}"


def test_he_goes_and_the_talk_goes_on_and_so_it_does_without_an_engine(
    centre: Centre, start: Start, voices: dict[str, Path], tmp_path: Path
) -> None:
    office = Office(centre, start, voices, tmp_path)
    boss = office.joins("barge")
    boss.hangup()
    office.caller.hears()
    boss = office.joins("listen")
    office.engine.kill()
    boss.hears()
    office.caller.hears()
    office.anna.hangup()
    boss.wait("disconnected")
    office.engine.start()
    office.caller.hangup()
    centre.until_no_calls()
