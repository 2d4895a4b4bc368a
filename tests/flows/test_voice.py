"""Is there a voice for what nobody knew before the call, where the configuration names one?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.config.settings import FlowRules
from cti.flows import voice as flow_voice
from cti.flows.voice import SPEAK_S, FlowVoice
from cti.ivr.verbs import MAX_SILENCE_S
from cti.model.errors import PolicyError
from cti.prompts.voices import NoVoice
from tests.sounds import Humming

pytestmark = pytest.mark.contract


async def test_without_one_nobody_speaks(tmp_path: Path) -> None:
    for rules in (None, FlowRules(folder=tmp_path)):
        async with FlowVoice().open(rules) as voice:
            assert await voice.speak("Anna", "en") is None and voice.failed == 0


async def test_it_speaks_onto_the_shelf_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flow_voice.VOICES, "espeak-ng", Humming)
    monkeypatch.setattr(flow_voice, "SPEAK_S", 20.0)
    voice = FlowVoice()
    async with voice.open(FlowRules(folder=tmp_path, voice="espeak-ng", sounds=tmp_path)):
        name = await voice.speak("Anna", "en")
        assert name is not None and "Anna" not in name and (tmp_path / "en" / f"{name}.wav").exists()
    assert await voice.speak("Anna", "en") is None
    assert SPEAK_S < MAX_SILENCE_S


async def test_a_voice_that_is_not_there_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Humming:
        raise NoVoice("install it")

    monkeypatch.setitem(flow_voice.VOICES, "espeak-ng", gone)
    with pytest.raises(PolicyError, match=r"flows\.voice: install it"):
        async with FlowVoice().open(FlowRules(folder=tmp_path, voice="espeak-ng", sounds=tmp_path)):
            pass
