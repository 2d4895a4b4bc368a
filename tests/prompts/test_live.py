"""Texts that are spoken at once: in time or not at all, once for many, and gone soon after."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from cti.prompts import live as live_module
from cti.prompts.ear import judge
from cti.prompts.live import FOLDER, LiveVoice
from cti.prompts.sound import read_wav
from tests.sounds import Humming
from tests.waiting import until

pytestmark = pytest.mark.contract

TEXT = "Your parcel comes tomorrow."


@dataclass(frozen=True)
class Dying(Humming):
    def say(self, text: str, language: str) -> bytes:
        os._exit(1)


def wavs(folder: Path) -> int:
    return len(list(folder.rglob("*.wav")))


async def test_it_is_made_once_for_many_and_gone_afterwards(tmp_path: Path) -> None:
    left = tmp_path / "en" / FOLDER / "left.wav"
    left.parent.mkdir(parents=True)
    left.touch()
    async with LiveVoice(tmp_path, Humming(), timeout_s=20) as live:
        names = await asyncio.gather(*(live.sound(TEXT, "en") for _ in range(5)))
        assert len(set(names)) == 1 and names[0] is not None and "parcel" not in names[0]
        file = tmp_path / "en" / f"{names[0]}.wav"
        assert judge(read_wav(file.read_bytes()), ".wav", TEXT) == []
        assert await live.sound(TEXT, "en") == names[0]
        assert live.counts == {"made": 5, "kept": 1} and not left.exists()
        assert await live.sound(TEXT, "zh") is not None
        assert wavs(tmp_path) == 2
    assert wavs(tmp_path) == 0


async def test_what_was_not_asked_for_lately_is_removed_also_where_nobody_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "TIDY_EVERY_S", 0.01)
    async with LiveVoice(tmp_path, Humming(), timeout_s=20, keep_s=0.0) as live:
        first = await live.sound(TEXT, "en")
        await until(lambda: wavs(tmp_path) == 0)
        assert first is not None and await live.sound(TEXT, "en") == first and live.counts["made"] == 2


async def test_what_cannot_be_spoken_is_no_sound_and_tells_no_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with LiveVoice(tmp_path, Humming(mute=True), timeout_s=20) as live:
        assert await live.sound(TEXT, "en") is None and live.counts == {"failed": 1}
    assert "no voice today; drink tea" in caplog.text and "parcel" not in caplog.text


async def test_too_late_is_no_sound_and_the_next_one_has_it(tmp_path: Path) -> None:
    async with LiveVoice(tmp_path, Humming(), timeout_s=0.001) as live:
        assert await live.sound(TEXT, "en") is None
        await asyncio.wait(live._making.values(), timeout=20)
        assert wavs(tmp_path) == 1
        assert await live.sound(TEXT, "en") is not None


async def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    async with LiveVoice(tmp_path, Dying(), timeout_s=20) as live:
        assert await live.sound(TEXT, "en") is None
        live._voice = Humming()
        assert await live.sound(TEXT, "en") is not None
