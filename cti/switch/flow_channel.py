"""What does a flow do with its caller's channel? Prompts, keys, recordings, a transfer: AGI commands and their answers.

Knows verbs and replies, and nothing of sessions, lines or calls. What is pressed is personal: it stands in no log.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence

import structlog

from cti.ivr import replies, verbs
from cti.switch.agi_codec import AgiEncodeError, Reply
from cti.switch.agi_session import ANSWER_S
from cti.switch.flow_sounds import Sounds

log = structlog.get_logger(__name__)

SAMPLES_A_SECOND = 8000  # of a wav file, which endpos counts
LONGEST_SILENCE_S = 10  # of Asterisk's core sounds silence/1 to silence/10: STREAM FILE can be stopped, WAIT cannot
CHANNEL_UP = 6  # CHANNEL STATUS
TRANSFERRED = {"ANSWER": "answered", "BUSY": "busy", "NOANSWER": "no_answer"}  # DIALSTATUS
OK = 200
STAR_TO_NINE = frozenset(map(ord, "0123456789*#"))


class Gone(Exception):
    """The caller is not there any more."""


class HungUp(Gone):
    """He ended a recording of so many `seconds` by hanging up."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class CannotDo(Exception):
    """A command that cannot be sent, or that Asterisk does not take."""


class FlowChannel:
    """The channel of one caller in a flow. `submit` sends a command; None: nobody is there. Raises AgiEncodeError.

    Every method raises Gone, CannotDo, AgiConnectionLost.
    """

    def __init__(
        self,
        submit: Callable[..., asyncio.Future[Reply] | None],
        speak: Callable[[str, str], Awaitable[str | None]],
        *,
        beside: bool = False,
        says_other: Callable[[verbs.Sound], bool] = lambda _: False,
    ) -> None:
        """`beside` a line: everything can be cut off at once. `says_other`: see flow_desk.py."""
        self._submit = submit
        self.beside = beside
        self._playing: asyncio.Future[Reply] | None = None
        self._speak, self._says_other = speak, says_other

    async def play(
        self, prompts: Sequence[verbs.Segment], stop_on: str
    ) -> replies.Played | replies.Digits | replies.PromptMissing:
        """See flow_sounds.py."""
        return await Sounds(self.send, self._speak, self._says_other).play(prompts, stop_on)  # kept, it would keep us

    async def music(self, music_class: str = "") -> None:
        """On, or off."""
        await self.send("SET", "MUSIC", *(("ON", music_class) if music_class else ("OFF",)))

    async def collect(self, verb: verbs.Collect) -> replies.AnyReply:
        """Keys, one by one, each with its own time; the prompt is cut off by the first."""
        digits = verb.already
        if not digits:
            heard = await self.play(verb.prompts, verbs.ALL_KEYS)
            if isinstance(heard, replies.PromptMissing):
                return heard
            digits = heard.digits if isinstance(heard, replies.Digits) else ""
        while not verb.complete(digits):
            wait_s = verb.next_digit_s if digits else verb.first_digit_s
            key = await self._key(wait_s)
            if key not in STAR_TO_NINE:
                break
            digits += chr(key)
        ended = verb.end_key and digits.endswith(verb.end_key) and digits not in verb.at_once
        return replies.Digits(digits[: -len(verb.end_key)] if ended else digits)

    @property
    def plays(self) -> bool:
        """Whether a sound is playing that only AMI can stop."""
        return self._playing is not None and not self._playing.done()

    async def _key(self, wait_s: float) -> int:
        """The key that is pressed within so long, 0 for none."""
        if not self.beside:
            waited = await self.send("WAIT", "FOR", "DIGIT", str(int(wait_s * 1000)), timeout_s=wait_s + ANSWER_S)
            return waited.result or 0
        left_s = max(1, math.ceil(wait_s))
        while left_s > 0:
            piece_s = min(left_s, LONGEST_SILENCE_S)
            silence = await self.send("STREAM", "FILE", f"silence/{piece_s}", verbs.ALL_KEYS)
            if silence.result == -1:  # not installed: in short pieces, because nothing else ends this command
                piece_s = 1
                silence = await self.send("WAIT", "FOR", "DIGIT", "1000")
            if silence.result:
                return silence.result
            left_s -= piece_s
        return 0

    async def record(self, verb: verbs.Record, file: str) -> replies.AnyReply:
        """Into `file`, a path on the Asterisk's machine without its ending.

        Raises HungUp where the caller ended the recording by hanging up: what he has said is in the file.
        """
        heard = await self.play(verb.prompts, verb.end_key)
        if isinstance(heard, replies.PromptMissing):
            return heard
        limits = (str(int(verb.max_s * 1000)), "0", "BEEP", f"s={max(1, int(verb.silence_s))}")
        words = ("RECORD", "FILE", file, "wav", verb.end_key, *limits)
        reply = await self.send(*words, timeout_s=verb.max_s + ANSWER_S, ending="hangup")
        seconds = (reply.endpos or 0) / SAMPLES_A_SECOND
        if reply.result == -1 and reply.data == "hangup":
            raise HungUp(seconds)
        return replies.NotRecorded("failed") if reply.result == -1 else replies.Recorded(seconds)

    async def transfer(self, dial: str, ring_timeout_s: float, *, once: bool) -> replies.Transferred:
        """`once`: another process of ours may have done it already, and he has talked while we were away."""
        if once and await self._dial_status() == "ANSWER":
            return replies.Transferred("answered")
        await self.forget_dial()
        await self.send("EXEC", "Dial", f"{dial},{ring_timeout_s:g},g", timeout_s=None)
        return replies.Transferred(TRANSFERRED.get(await self._dial_status(), "failed"))

    async def forget_dial(self) -> None:
        """What an earlier Dial left must not be taken for the next one's."""
        await self.send("SET", "VARIABLE", "DIALSTATUS", "")

    async def _dial_status(self) -> str:
        return (await self.send("GET", "FULL", "VARIABLE", "${DIALSTATUS}")).data

    async def send(self, *words: str, timeout_s: float | None = ANSWER_S, ending: str = "") -> Reply:
        """One AGI command and its answer. Raises Gone when the channel is dead, AgiConnectionLost, CannotDo.

        `ending`: a word in parentheses behind a result of -1 that is an answer, not the end of the channel alone.
        """
        try:
            future = self._submit(*words, timeout_s=timeout_s)
        except AgiEncodeError:  # `from None`: the words may be personal
            log.error("an AGI command of a flow cannot be sent", verb=" ".join(words[:2]))
            raise CannotDo from None
        if future is None:
            raise Gone
        if words[0] == "STREAM":
            self._playing = future
            reply = await asyncio.shield(future)  # it plays on, whoever goes
        else:
            reply = await future
        if reply.dead:
            raise Gone
        if reply.code != OK:
            log.error("Asterisk refuses an AGI command of a flow", verb=" ".join(words[:2]), code=reply.code)
            raise CannotDo
        if reply.result == -1 and words[0] != "CHANNEL" and not (ending and reply.data == ending):
            status = await self.send("CHANNEL", "STATUS")
            if status.result != CHANNEL_UP:
                raise Gone
        return reply
