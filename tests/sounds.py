"""Sounds for tests: tones, and a voice that hums."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cti.prompts.sound import Sound, write_wav
from cti.prompts.voices import NoVoice


def tone(hz: float = 440.0, seconds: float = 1.0, rate_hz: int = 22050, size: float = 0.3) -> Sound:
    return Sound(rate_hz, [size * math.sin(2 * math.pi * hz * n / rate_hz) for n in range(round(seconds * rate_hz))])


def silence(seconds: float, rate_hz: int = 22050) -> Sound:
    return Sound(rate_hz, [0.0] * round(seconds * rate_hz))


def joined(*sounds: Sound) -> Sound:
    return Sound(sounds[0].rate_hz, [value for sound in sounds for value in sound.samples])


@dataclass(frozen=True)
class Humming:
    """Hums as long as the text is; a mute one cannot speak."""

    version: str = "1"
    mute: bool = False
    name: str = "humming"

    def identity(self, language: str) -> str:
        return f"humming {self.version} {language}"

    def say(self, text: str, language: str) -> bytes:
        if self.mute:
            raise NoVoice("no voice today; drink tea")
        return write_wav(joined(silence(0.3), tone(300.0, len(text) / 12), silence(0.3)))
