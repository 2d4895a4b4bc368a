"""Would a caller of the example centre hear what he should? Its prompts are built; the machine's ear listens to all.

The languages cannot be confused unseen: a Mandarin text takes three times as long for each sign as an English one for
each letter, and a voice that does not know the language spells it out [both measured with espeak-ng 1.52].
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.model.spoken import PromptText
from cti.prompt_sources import prompts_in
from cti.prompts.build import build
from cti.prompts.ear import CLIPPED, RATES_HZ, judge
from cti.prompts.loudness import peak
from cti.prompts.shelf import Folders
from cti.prompts.sound import Sound, read_wav
from cti.prompts.voices import NoVoice, cache_folder, espeak

pytestmark = [pytest.mark.contract, pytest.mark.timeout(180)]

CONFIG = Path(__file__).resolve().parents[2] / "config"
LANGUAGES = {"en", "zh"}
SECONDS_A_SIGN = {"en": (0.045, 0.14), "zh": (0.17, 0.35)}
ENOUGH_SIGNS = 8  # fewer: the pause at the end counts as much as the words
FEWEST = 150

Heard = dict[tuple[str, str], dict[str, Sound]]


@pytest.fixture(scope="module")
def prompts() -> list[PromptText]:
    return prompts_in(CONFIG)


@pytest.fixture(scope="module")
def heard(prompts: list[PromptText], tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """Every prompt as it is on the shelf: (name, language) -> ending -> sound."""
    try:
        voice = espeak(fetch=False)
    except NoVoice as reason:
        pytest.skip(f"NO REAL VOICE, this did not run: {reason} (asterisk/lab voice fetches one)")
    shelf = tmp_path_factory.mktemp("shelf")
    made = build(prompts, Folders(shelf, CONFIG / "recordings", cache_folder() / "prompts"), lambda: voice)
    assert [each.why_not for each in made if each.why_not] == []
    return {
        (prompt.name, prompt.language): {
            ending: read_wav((shelf / prompt.language / f"{prompt.name}{ending}").read_bytes()) for ending in RATES_HZ
        }
        for prompt in prompts
    }


def test_nothing_would_annoy_a_caller(prompts: list[PromptText], heard: Heard) -> None:
    """Energy, length for its text, level, pauses, clipping, and the rate that Asterisk plays."""
    assert len(prompts) > FEWEST
    found = {
        (prompt.name, prompt.language, ending): wrong
        for prompt in prompts
        for ending, sound in heard[prompt.name, prompt.language].items()
        if (wrong := judge(sound, ending, prompt.text)) or peak(sound) >= CLIPPED
    }
    assert found == {}


def test_both_rates_say_the_same(heard: Heard) -> None:
    for name, sounds in heard.items():
        narrow, wide = sounds[".wav"], sounds[".wav16"]
        assert wide.seconds == pytest.approx(narrow.seconds, abs=0.05), name


def test_each_language_speaks_itself(prompts: list[PromptText], heard: Heard) -> None:
    wrong = {}
    for prompt in prompts:
        low, high = SECONDS_A_SIGN[prompt.language]
        a_sign = heard[prompt.name, prompt.language][".wav"].seconds / len(prompt.text)
        if len(prompt.text) >= ENOUGH_SIGNS and not low < a_sign < high:
            wrong[prompt.name, prompt.language] = f"{a_sign:.2f} s a sign"
    assert wrong == {}


def test_whoever_has_chosen_a_language_hears_no_other(heard: Heard) -> None:
    """Words and parts around values differ with the language; all else is there in both, and is not the same sound."""
    names = {name for name, _ in heard if not name.startswith("cti/say/") and not name[-1].isdigit()}
    for name in names:
        each = {language for found, language in heard if found == name}
        assert each == LANGUAGES, name
        sounds = [tuple(heard[name, language][".wav"].samples[:8000]) for language in each]
        assert len(set(sounds)) == len(sounds), name
