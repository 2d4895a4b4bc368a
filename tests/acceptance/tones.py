"""What did a caller hear, and when? Every prompt of the tests is a tone of its own, found again in a phone's recording.

The only clock is the recording's: how long something took is counted in the samples that the caller heard.
"""

from __future__ import annotations

import itertools
import math
import struct
import wave
from pathlib import Path
from typing import NamedTuple

from .waiting import PATIENCE_S, until

RATE_HZ = 8000
FRAME = 160  # samples, 20 ms: tones 50 Hz apart are strangers to each other in it
HEADER_BYTES = 44
LANGUAGES = ("en", "zh")
LONG_S, SHORT_S = 2.0, 0.4
LONG = ("menu",)
PROMPTS = (
    *("menu", "wrong", "silent", "order", "shipped", "other", "satisfied", "recommend", "closed", "callback"),
    *("promised", "message", "wait", "down", "thanks", "bye", "sorry"),
)
TALK = "talk"  # what every phone of ours says
TALK_HZ = 440.0
LOUDNESS = 0.25
QUIET, LOUD = 300.0, 4000.0  # root mean square of a frame, of 32,767; music at rest is quieter than our tones
PURE = 0.7  # so much of a frame's energy is the tone's, otherwise it is music
MIN_FRAMES = 4
GLITCH_S = 0.3  # packets came late: a machine with other work may keep them that long


def tones() -> dict[str, float]:
    """Return the frequency of each prompt in each language (`menu`, `zh:menu`), in Hz, and of a talk."""
    names = [name if language == "en" else f"{language}:{name}" for name in PROMPTS for language in LANGUAGES]
    return {TALK: TALK_HZ, **{name: 750.0 + 50 * number for number, name in enumerate(names)}}


def write(folder: Path) -> Path:
    """Write them as Asterisk's sounds `LANGUAGE/custom/NAME` below `folder`; return it."""
    known = tones()
    for language, name in itertools.product(LANGUAGES, PROMPTS):
        hz = known[name if language == "en" else f"{language}:{name}"]
        count = int((LONG_S if name in LONG else SHORT_S) * RATE_HZ)
        size = 32767 * LOUDNESS
        samples = [int(size * math.sin(2 * math.pi * hz * n / RATE_HZ)) for n in range(count)]
        file = folder / language / "custom" / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as out:
            out.setparams((1, 2, RATE_HZ, count, "NONE", ""))
            out.writeframes(struct.pack(f"<{count}h", *samples))
    return folder


class Heard(NamedTuple):
    """One sound: a prompt's name, `talk`, or `music` (anything else that is loud). Seconds of the recording."""

    what: str
    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


class Ear:
    """Listens to the recording `file` of one phone while it grows."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._frames: list[str] = []
        self._tones = {name: 2 * math.cos(2 * math.pi * hz / RATE_HZ) for name, hz in tones().items()}

    def heard(self) -> list[Heard]:
        """Everything that was heard so far, in order; the last one may still go on."""
        self._listen()
        found: list[Heard] = []
        at = 0
        for what, frames in itertools.groupby(self._frames):
            begin, at = at, at + len(list(frames))
            if not what or at - begin < MIN_FRAMES:
                continue
            start_s, end_s = begin * FRAME / RATE_HZ, at * FRAME / RATE_HZ
            before = len(found) - 1
            if before > 0 and found[before].what == "music" and found[before].seconds < GLITCH_S:
                before -= 1  # what a broken packet sounds like
            if before >= 0 and found[before].what == what and start_s - found[before].end_s < GLITCH_S:
                start_s = found[before].start_s
                del found[before:]
            found.append(Heard(what, start_s, end_s))
        return found

    @property
    def now_s(self) -> float:
        """The end of what is recorded by now. The file is written in pieces of a quarter of a second."""
        self._listen()
        return len(self._frames) * FRAME / RATE_HZ

    @property
    def is_complete(self) -> bool:
        """Whether the recording has ended: its length stands in its header."""
        with self.file.open("rb") as recording:
            return recording.read(HEADER_BYTES)[-4:] != bytes(4)

    def names(self) -> list[str]:
        """The prompts that were heard, without music and talk; one that was heard twice in a row stands there twice."""
        return [sound.what for sound in self.heard() if sound.what not in (TALK, "music")]

    def until(self, what: str, after_s: float = 0.0, timeout_s: float = PATIENCE_S) -> Heard:
        """Wait until `what` is heard (from `after_s` of the recording on)."""

        def there() -> Heard | None:
            return next((s for s in self.heard() if s.what == what and s.start_s >= after_s), None)

        try:
            found = until(there, f"{what} is heard", timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; heard: {self}") from None
        assert found is not None
        return found

    def __repr__(self) -> str:
        return ", ".join(f"{s.what} {s.start_s:.2f}-{s.end_s:.2f}" for s in self.heard()) or "nothing"

    def _listen(self) -> None:
        if not self.file.exists():
            return
        with self.file.open("rb") as recording:
            recording.seek(HEADER_BYTES + len(self._frames) * FRAME * 2)
            data = recording.read()
        for begin in range(0, len(data) - FRAME * 2 + 1, FRAME * 2):
            self._frames.append(self._name(struct.unpack_from(f"<{FRAME}h", data, begin)))

    def _name(self, frame: tuple[int, ...]) -> str:
        energy = sum(sample * sample for sample in frame)
        if energy < QUIET * QUIET * FRAME:
            return ""
        if energy < LOUD * LOUD * FRAME:
            return "music"
        share, name = max((_power(frame, twice), name) for name, twice in self._tones.items())
        return name if share > PURE * energy * FRAME / 2 else "music"


def _power(frame: tuple[int, ...], twice: float) -> float:
    """The energy at one frequency, by Goertzel; `twice` is 2 cos of its angle per sample."""
    one = two = 0.0
    for sample in frame:
        one, two = sample + twice * one - two, one
    return one * one + two * two - twice * one * two
