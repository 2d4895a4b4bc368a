"""Which voice is best heard over a telephone? Measured as far as a machine can: `.venv/bin/python -m bench.voices`.

For each voice: characters a second, the share of its power that a telephone passes (300 to 3,400 Hz), how much of that
lies where consonants are told apart (1,000 to 3,400 Hz), and the crest (peak over level: what limits its loudness).
Ears were not asked.
"""

from __future__ import annotations

import argparse
import cmath
import math
import sys
from collections.abc import Iterator

from cti.prompts.loudness import dbfs, level_dbfs, peak, trimmed
from cti.prompts.sound import Sound, read_wav
from cti.prompts.voices import NoVoice, espeak

TEXTS = {
    "en": "Your order number seven was sent on Tuesday. To talk to a person, press zero.",
    "zh": "您的七号订单已于星期二发出。如需人工服务，请按零。",
}
VOICES = {
    "en": ("en-us", "en-gb", "en-gb-x-rp", "en-us+f3", "en-us+f4", "en-us+linda", "en-us+steph", "en-us+m3"),
    "zh": ("cmn", "cmn+f2", "cmn+f3", "cmn+f4", "cmn+linda", "cmn+steph", "cmn+m3"),
}
SPEEDS = {"en": (140, 150, 160), "zh": (160, 190, 220)}
WINDOW = 1024


def main() -> None:
    """Print one line for each voice and speed."""
    argparse.ArgumentParser(prog="bench.voices", description=__doc__).parse_args()
    voice = espeak()
    print(f"{'voice':<16}{'wpm':>5}{'chars/s':>9}{'300-3400':>10}{'1000-3400':>11}{'crest dB':>10}")
    for language, text in TEXTS.items():
        for name in VOICES[language]:
            for speed in SPEEDS[language]:
                sound = trimmed(read_wav(voice.spoken(text, ("-v", name, "-s", str(speed), "-g", "2"))))
                powers = list(_powers(sound))
                passed, clear = _share(powers, sound, 300, 3400), _share(powers, sound, 1000, 3400)
                crest = dbfs(peak(sound)) - level_dbfs(sound)
                rate = len(text) / sound.seconds
                print(f"{name:<16}{speed:>5}{rate:>9.1f}{passed:>10.0%}{clear:>11.0%}{crest:>10.1f}")


def _powers(sound: Sound) -> Iterator[list[float]]:
    for start in range(0, len(sound.samples) - WINDOW, WINDOW):
        yield [abs(value) ** 2 for value in _fourier(sound.samples[start : start + WINDOW])[: WINDOW // 2]]


def _share(powers: list[list[float]], sound: Sound, low_hz: float, high_hz: float) -> float:
    step = sound.rate_hz / WINDOW
    inside = slice(math.ceil(low_hz / step), math.ceil(high_hz / step))
    return sum(sum(power[inside]) for power in powers) / sum(map(sum, powers))


def _fourier(samples: list[float]) -> list[complex]:
    if len(samples) == 1:
        return [complex(samples[0])]
    even, odd = _fourier(samples[::2]), _fourier(samples[1::2])
    turned = [cmath.exp(-2j * math.pi * k / len(samples)) * value for k, value in enumerate(odd)]
    return [a + b for a, b in zip(even, turned, strict=True)] + [a - b for a, b in zip(even, turned, strict=True)]


if __name__ == "__main__":
    try:
        main()
    except NoVoice as error:
        sys.exit(str(error))
