"""The machine's ear hears what would annoy a caller."""

from __future__ import annotations

import pytest

from cti.prompts.ear import judge
from cti.prompts.loudness import levelled
from cti.prompts.sound import Sound
from tests.sounds import joined, silence, tone

pytestmark = pytest.mark.unit

GOOD = levelled(tone(440, 2.0, 8000))
TEXT = "Welcome to the demo centre."


def test_a_good_prompt_has_no_problem() -> None:
    assert judge(GOOD, ".wav", TEXT) == []


@pytest.mark.parametrize(
    ("sound", "ending", "text", "words"),
    [
        (GOOD, ".wav16", TEXT, "8000 Hz, and Asterisk plays .wav16 only at 16000 Hz"),
        (silence(2, 8000), ".wav", TEXT, "silent"),
        (Sound(8000, []), ".wav", TEXT, "silent"),
        (tone(440, 2.0, 8000, 0.01), ".wav", TEXT, "25 dB quieter"),
        (tone(440, 2.0, 8000, 0.9), ".wav", TEXT, "dB louder"),
        (joined(GOOD, silence(3, 8000), GOOD), ".wav", "", "3.0 s of silence"),
        (joined(*[GOOD] * 31), ".wav", "", "62 s long"),
        (levelled(tone(440, 0.2, 8000)), ".wav", TEXT, "it cannot be that text"),
        (joined(*[GOOD] * 15), ".wav", TEXT, "it cannot be that text"),
    ],
)
def test_what_is_wrong_is_heard(sound: Sound, ending: str, text: str, words: str) -> None:
    assert any(words in problem for problem in judge(sound, ending, text)), judge(sound, ending, text)


def test_clipping_is_heard() -> None:
    loud = Sound(8000, [max(-1.0, min(1.0, 20 * value)) for value in GOOD.samples])
    assert any("clipped" in problem for problem in judge(loud, ".wav"))
