"""A flow's sounds, one after another: cut off by a key, or by the first that cannot be played."""

from __future__ import annotations

import asyncio

import pytest

from cti.ivr import replies, verbs
from cti.model.spoken import said_as
from cti.switch.agi_codec import Reply
from cti.switch.agi_session import PROMPT_S
from cti.switch.flow_sounds import Sounds

pytestmark = pytest.mark.unit

HI, BYE, ZH = verbs.Sound("hi", "en"), verbs.Sound("bye", "en"), verbs.Sound("hi", "zh")


class Asterisk:
    """Answers each command with the next of `results`."""

    def __init__(self, *results: int) -> None:
        self.results, self.heard = list(results), list[tuple[str, ...]]()

    async def send(self, *words: str, timeout_s: float | None = None) -> Reply:
        assert timeout_s == PROMPT_S, "a long prompt is no wedged Asterisk"
        self.heard.append(words)
        await asyncio.sleep(0)
        return Reply(200, self.results.pop(0))


async def voice(text: str, language: str) -> str | None:
    return f"made/{text}" if language == "en" else None


async def test_each_sound_in_its_own_language_only() -> None:
    asterisk = Asterisk(0, 0, 0)
    played = await Sounds(asterisk.send, voice).play((HI, ZH, verbs.Spoken("tea", "en")), "12")
    assert played == replies.Played()
    assert asterisk.heard == [("STREAM", "FILE", file, "12") for file in ("en/hi", "zh/hi", "en/made/tea")]


async def test_a_key_cuts_the_rest_off() -> None:
    asterisk = Asterisk(0, ord("#"))
    assert await Sounds(asterisk.send, voice).play((HI, BYE, ZH), "#") == replies.Digits("#")
    assert len(asterisk.heard) == 2


async def test_what_is_missing_is_named_as_the_flow_knows_it() -> None:
    asterisk = Asterisk(0, -1)
    assert await Sounds(asterisk.send, voice).play((HI, ZH, BYE), "") == replies.PromptMissing(("zh/hi",))
    assert len(asterisk.heard) == 2


async def test_without_a_voice_nothing_is_played_and_no_file_is_to_blame() -> None:
    asterisk = Asterisk()
    assert await Sounds(asterisk.send, voice).play((verbs.Spoken("茶", "zh"), HI), "") == replies.PromptMissing()
    assert asterisk.heard == []


async def test_nothing_to_play_is_played_at_once() -> None:
    assert await Sounds(Asterisk().send, voice).play((), "1") == replies.Played()


@pytest.mark.parametrize("there", [True, False])
async def test_another_text_than_today_is_played_from_where_it_stays(there: bool) -> None:
    old = f"en/{said_as('Hello')}"
    asterisk = Asterisk(*((0, 0) if there else (-1, 0, 0)))
    sounds = Sounds(asterisk.send, voice, lambda sound: sound.text == "Hello")
    spoken = (verbs.Sound("f", "en", "Hello"), verbs.Sound("g", "en", "Hi"))
    assert await sounds.play(spoken, "") == replies.Played()
    assert [words[2] for words in asterisk.heard] == [old, *([] if there else ["en/f"]), "en/g"]
