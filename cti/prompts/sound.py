"""What is in a WAV file? Bytes to samples and back. PURE: knows no files, loudness or voices."""

from __future__ import annotations

import io
import sys
import wave
from array import array
from dataclasses import dataclass

FULL_SCALE = 32767.0


class NotSound(ValueError):
    """Not a WAV file of linear PCM; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel of samples, -1.0 to 1.0."""

    rate_hz: int
    samples: list[float]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz


def read_wav(data: bytes) -> Sound:
    """Return what is in a WAV file (16 bit linear, several channels mixed to one). Raises NotSound."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate, count = file.getparams()[:4]
            frames = file.readframes(min(count, len(data)))  # a stream's header may claim 2 GB (espeak-ng --stdout)
    except (wave.Error, EOFError, ValueError, RuntimeError) as error:
        raise NotSound("not a WAV file of linear PCM; save it as WAV, 16 bit") from error
    if width != 2 or not 1 <= channels <= 8 or not 4000 <= rate <= 192_000:
        raise NotSound(f"WAV of {8 * width} bit, {channels} channels, {rate} Hz; save it as 16 bit, mono, 8 to 48 kHz")
    values = array("h", frames[: len(frames) // (2 * channels) * 2 * channels])
    if sys.byteorder == "big":
        values.byteswap()
    if channels == 1:
        return Sound(rate, [value / FULL_SCALE for value in values])
    tracks = [values[channel::channels] for channel in range(channels)]
    return Sound(rate, [sum(together) / channels / FULL_SCALE for together in zip(*tracks, strict=True)])


def write_wav(sound: Sound) -> bytes:
    """Return `sound` as a WAV file, 16 bit, one channel. What is beyond full scale is clipped."""
    values = array("h", (round(max(-1.0, min(1.0, value)) * FULL_SCALE) for value in sound.samples))
    if sys.byteorder == "big":
        values.byteswap()
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, sound.rate_hz, len(values), "NONE", ""))
        file.writeframes(values.tobytes())
    return target.getvalue()
