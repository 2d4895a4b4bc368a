"""What do people and machines say when we call them? Real speech: prompts that come with Asterisk, put together."""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

from .centre import LAB, Lab

RATE_HZ = 8000
CONVERT_TIMEOUT_S = 20.0
PERSON = ("hello", 20.0)
MACHINE = ("vm-intro", 0.3, "beep", 20.0)  # "Please leave your message after the tone ..."
SILENT = (20.0,)


def write(lab: Lab, file: Path, parts: Sequence[str | float]) -> Path:
    """Write a wav file of sounds by name and silences in seconds."""
    data = b""
    for part in parts:
        data += _spoken(lab, part) if isinstance(part, str) else bytes(2 * int(part * RATE_HZ))
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, RATE_HZ, len(data) // 2, "NONE", ""))
        out.writeframes(data)
    return file


def seconds(lab: Lab, name: str) -> float:
    """How long a sound is."""
    return len(_spoken(lab, name)) / 2 / RATE_HZ


def _spoken(lab: Lab, name: str) -> bytes:
    spoken = lab.folder / f"{name}.wav"
    if not spoken.exists():
        source = Path(lab.descriptor["sounds_dir"]) / "en" / f"{name}.gsm"
        words = [str(LAB), "cli", "--dir", str(lab.folder), "node1", "file", "convert", str(source), str(spoken)]
        subprocess.run(words, check=True, capture_output=True, timeout=CONVERT_TIMEOUT_S)
    with wave.open(str(spoken), "rb") as sound:
        return sound.readframes(sound.getnframes())
