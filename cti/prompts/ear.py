"""Would a caller hear this prompt well? The machine's ear: rate, length, level, clipping, silence. PURE."""

from __future__ import annotations

from itertools import groupby

from cti.prompts.loudness import SILENT_DBFS, TARGET_DBFS, frames_dbfs, level_dbfs, peak
from cti.prompts.sound import Sound

RATES_HZ = {".wav": 8000, ".wav16": 16000}  # format_wav.c of Asterisk: it refuses a WAV file of another rate
LEVEL_TOLERANCE_DB = 3.0
CLIPPED = 0.999
CLIPPED_RUN = 4  # so many full samples in a row are a cut-off peak
LONGEST_S = 60.0
FASTEST_CHARS_S, SLOWEST_CHARS_S = 40.0, 1.2  # of any language: a hundred times off means another text, or noise
PAUSE_S = 2.0


def judge(sound: Sound, ending: str, text: str = "") -> list[str]:
    """Return what is wrong with a prompt, each with what to do; `text` is what it should say, if that is known."""
    found = []
    wanted_hz = RATES_HZ.get(ending)
    if wanted_hz is not None and sound.rate_hz != wanted_hz:
        found.append(f"{sound.rate_hz} Hz, and Asterisk plays {ending} only at {wanted_hz} Hz; convert it")
    level = level_dbfs(sound)
    if level < SILENT_DBFS:
        return [*found, "silent; record it again"]
    if abs(level - TARGET_DBFS) > LEVEL_TOLERANCE_DB:
        word = "louder" if level > TARGET_DBFS else "quieter"
        found.append(
            f"{abs(level - TARGET_DBFS):.0f} dB {word} than the others; put it into recordings/ to be levelled"
        )
    if clipped(sound):
        found.append(f"clipped (peak {peak(sound):.2f}); record it again with less gain")
    if sound.seconds > LONGEST_S:
        found.append(f"{sound.seconds:.0f} s long; nobody listens that long")
    if (pause := longest_pause_s(sound)) > PAUSE_S:
        found.append(f"{pause:.1f} s of silence; cut it out")
    if text and not len(text) / FASTEST_CHARS_S <= sound.seconds <= 2.0 + len(text) / SLOWEST_CHARS_S:
        found.append(f"{sound.seconds:.1f} s for {len(text)} characters: it cannot be that text; make it again")
    return found


def clipped(sound: Sound) -> bool:
    """Whether samples stand at full scale, several in a row."""
    full = (abs(value) >= CLIPPED for value in sound.samples)
    return any(is_full and sum(1 for _ in run) >= CLIPPED_RUN for is_full, run in groupby(full))


def longest_pause_s(sound: Sound) -> float:
    """Return the longest silence in seconds, at the ends too."""
    quiet = (level < SILENT_DBFS for level in frames_dbfs(sound))
    return max((0.02 * sum(1 for _ in run) for is_quiet, run in groupby(quiet) if is_quiet), default=0.0)
