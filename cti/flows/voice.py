"""Who speaks to a flow's caller what nobody knew before his call: a name, an article, the answer of a lookup?

A process beside the engine, within a time (prompts/live.py); without a voice such texts are left out.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from cti.background import in_thread_of_its_own
from cti.config.settings import FlowRules
from cti.ivr.verbs import MAX_SILENCE_S
from cti.model.errors import PolicyError
from cti.prompts.live import LiveVoice
from cti.prompts.voices import NoVoice, Voice, espeak

SPEAK_S = MAX_SILENCE_S - 0.5  # nobody waits longer in silence; what is ready later is there for the next one

log = structlog.get_logger(__name__)

Speak = Callable[[str, str], Awaitable[str | None]]
VOICES: dict[str, Callable[[], Voice]] = {"espeak-ng": lambda: espeak(fetch=False)}


async def nobody(_text: str, _language: str) -> str | None:
    """There is no voice."""
    return None


class FlowVoice:
    """`speak` is for the switch; `failed` counts texts that were not spoken in time."""

    def __init__(self) -> None:
        self.speak: Speak = nobody
        self._live: LiveVoice | None = None

    @property
    def failed(self) -> int:
        return self._live.counts["failed"] if self._live is not None else 0

    @contextlib.asynccontextmanager
    async def open(self, rules: FlowRules | None) -> AsyncIterator[FlowVoice]:
        """Somebody speaks until the end, where the configuration names him. Raises PolicyError."""
        if rules is None or rules.voice is None:
            yield self
            return
        try:
            voice = await in_thread_of_its_own(VOICES[rules.voice])
        except NoVoice as error:
            raise PolicyError([f"flows.voice: {error}"]) from None
        async with LiveVoice(rules.sounds, voice, timeout_s=SPEAK_S) as live:
            self._live, self.speak = live, live.sound
            log.info("texts are spoken at once", voice=rules.voice, sounds=str(rules.sounds))
            try:
                yield self
            finally:
                self._live, self.speak = None, nobody
