"""How loud is speech, and what makes it as loud as the other prompts? PURE.

Level is the mean power of the frames in which somebody speaks, in dB below full scale (dBFS), as ITU-T P.56 means it:
pauses do not count.
"""

from __future__ import annotations

import math

from cti.prompts.sound import Sound

TARGET_DBFS = -18.0  # as the core sounds of Asterisk: 45 of them measured, -19.4 to -15.7, median -17.8
PEAK_DBFS = -1.0  # head room: a codec's own overshoot must not clip
FRAME_S = 0.02
BELOW_LOUDEST_DB = 25.0  # quieter frames are pauses
SILENT_DBFS = -60.0
KEEP_S = 0.05  # of silence at both ends


def frames_dbfs(sound: Sound) -> list[float]:
    """Return the level of each frame of 20 ms."""
    size = max(1, round(sound.rate_hz * FRAME_S))
    samples = sound.samples
    starts = range(0, max(1, len(samples) - size // 2), size)
    return [dbfs(math.sqrt(_power(samples[start : start + size]))) for start in starts]


def level_dbfs(sound: Sound) -> float:
    """Return the level of the speech in `sound`; -120 for silence."""
    levels = frames_dbfs(sound)
    least = max(SILENT_DBFS, max(levels, default=-120.0) - BELOW_LOUDEST_DB)
    spoken = [10 ** (level / 10) for level in levels if level >= least]
    return 10 * math.log10(sum(spoken) / len(spoken)) if spoken else -120.0


def peak(sound: Sound) -> float:
    """Return the largest sample, 0 to 1."""
    return max(map(abs, sound.samples), default=0.0)


def levelled(sound: Sound) -> Sound:
    """Return `sound` at the level of all prompts. Peaks that would be too high are bent down softly, never cut."""
    gain = 10 ** ((TARGET_DBFS - level_dbfs(sound)) / 20)
    if peak(sound) == 0.0 or level_dbfs(sound) < SILENT_DBFS:
        return sound
    return Sound(sound.rate_hz, [_bent(value * gain) for value in sound.samples])


def trimmed(sound: Sound) -> Sound:
    """Return `sound` with little silence at both ends, so that prompts in a row sound like one sentence."""
    levels = frames_dbfs(sound)
    spoken = [number for number, level in enumerate(levels) if level >= max(levels) - 40.0 and level > SILENT_DBFS]
    if not spoken:
        return sound
    size, keep = max(1, round(sound.rate_hz * FRAME_S)), round(sound.rate_hz * KEEP_S)
    begin, end = spoken[0] * size - keep, (spoken[-1] + 1) * size + keep
    return Sound(sound.rate_hz, sound.samples[max(0, begin) : end])


def dbfs(value: float) -> float:
    """Return an amplitude (1.0 is full scale) in dB; -120 for nothing."""
    return 20 * math.log10(value) if value > 1e-6 else -120.0


KNEE = 0.6


def _bent(value: float) -> float:
    """Straight up to the knee, then smoothly towards the highest peak that is allowed."""
    size, most = abs(value), 10 ** (PEAK_DBFS / 20)
    if size <= KNEE:
        return value
    room = most - KNEE
    return math.copysign(KNEE + room * math.tanh((size - KNEE) / room), value)


def _power(samples: list[float]) -> float:
    return sum(value * value for value in samples) / len(samples) if samples else 0.0
