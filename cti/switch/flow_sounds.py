"""How are a flow's sounds played on an AGI session, one after another, and cut off by a key?

`en/welcome` looks in that language only: a plain name would be taken from English where the language lacks it, and
nobody would learn of it. STREAM FILE answers -1 for a file that does not exist [both measured on 22.10.1].
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from cti.ivr import replies, verbs
from cti.model.spoken import said_as
from cti.switch.agi_codec import Reply
from cti.switch.agi_session import PROMPT_S


class Send(Protocol):
    def __call__(self, *words: str, timeout_s: float | None = ...) -> Awaitable[Reply]: ...


class Sounds:
    """`speak` makes a sound for a text that nobody knew before; its name stands below the language's folder."""

    def __init__(
        self,
        send: Send,
        speak: Callable[[str, str], Awaitable[str | None]],
        says_other: Callable[[verbs.Sound], bool] = lambda _: False,
    ) -> None:
        """`says_other`: the file has got another text since this caller's version of the flow."""
        self._send, self._speak, self._says_other = send, speak, says_other

    async def play(
        self, segments: Sequence[verbs.Segment], stop_on: str
    ) -> replies.Played | replies.Digits | replies.PromptMissing:
        """Play them all; a key of `stop_on` ends it and is the answer. The first that cannot be played ends it too."""
        for segment in segments:
            file = await self._file(segment)
            if file is None:
                return replies.PromptMissing()
            reply = await self._stream(segment, file, stop_on)
            if reply.result == -1:
                return replies.PromptMissing((file,))
            if reply.result:
                return replies.Digits(chr(reply.result))
        return replies.Played()

    async def _stream(self, segment: verbs.Segment, file: str, stop_on: str) -> Reply:
        if isinstance(segment, verbs.Sound) and self._says_other(segment):
            old = f"{segment.language}/{said_as(segment.text)}"
            reply = await self._send("STREAM", "FILE", old, stop_on, timeout_s=PROMPT_S)
            if reply.result != -1:
                return reply
        return await self._send("STREAM", "FILE", file, stop_on, timeout_s=PROMPT_S)

    async def _file(self, segment: verbs.Segment) -> str | None:
        if isinstance(segment, verbs.Sound):
            return f"{segment.language}/{segment.file}"
        name = await self._speak(segment.text, segment.language)
        return None if name is None else f"{segment.language}/{name}"
