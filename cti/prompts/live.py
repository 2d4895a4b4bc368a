"""How is a text spoken that nobody knew before the call, such as an answer of a lookup? At once, by another process.

The engine's loop never waits and never computes. A text may be personal: its file has no name that tells it, and is
removed soon after it was last asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
from collections import Counter
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from pathlib import Path

from cti.prompts.ear import RATES_HZ
from cti.prompts.loudness import levelled, trimmed
from cti.prompts.resample import resample
from cti.prompts.shelf import digest, put
from cti.prompts.sound import NotSound, read_wav, write_wav
from cti.prompts.voices import NoVoice, Voice

FOLDER = "cti/spoken"
ENDING = ".wav"  # 8 kHz alone: half the time to make, and every channel can play it
MAX_CHARS = 600
MAX_AT_ONCE = 20
TIDY_EVERY_S = 60.0

_log = logging.getLogger(__name__)


class LiveVoice:
    """Speaks texts into files on a shelf where Asterisk finds them. `async with` it, then `sound`.

    `keep_s`: so long a file stays after it was last asked for. `counts`: made, kept (was there already), failed.
    """

    def __init__(self, shelf: Path, voice: Voice, *, timeout_s: float = 4.0, keep_s: float = 600.0) -> None:
        self._shelf, self._voice = shelf, voice
        self._timeout_s, self._keep_s = timeout_s, keep_s
        self._used: dict[Path, float] = {}
        self._making: dict[Path, asyncio.Task[bool]] = {}
        self._pool: ProcessPoolExecutor | None = None
        self.counts: Counter[str] = Counter()

    async def __aenter__(self) -> LiveVoice:
        for left in self._shelf.glob(f"*/{FOLDER}/*{ENDING}"):  # by an engine that was killed
            left.unlink(missing_ok=True)
        self._begin()
        self._tidying = asyncio.create_task(self._tidy())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (self._tidying, *self._making.values()):
            task.cancel()
        self._end()
        for file in self._used:
            file.unlink(missing_ok=True)

    async def sound(self, text: str, language: str) -> str | None:
        """Return the name (below the language's folder) of a sound that says `text`, or None if there is none in time.

        Who asks goes on without it then; what is still made is there for the next one.
        """
        now = asyncio.get_running_loop().time()
        name = f"{FOLDER}/{digest(f'{self._voice.identity(language)} {text}'.encode())}"
        file = self._shelf / language / f"{name}{ENDING}"
        if file in self._used and file.exists():
            self._used[file] = now
            self.counts["kept"] += 1
            return name
        task = self._making.get(file)
        if task is None:
            if len(self._making) >= MAX_AT_ONCE:
                self.counts["failed"] += 1
                return None
            task = self._making[file] = asyncio.create_task(self._make(file, text[:MAX_CHARS], language))
        try:
            done = await asyncio.wait_for(asyncio.shield(task), self._timeout_s)
        except TimeoutError:
            done = False
        self.counts["made" if done else "failed"] += 1
        return name if done else None

    async def _make(self, file: Path, text: str, language: str) -> bool:
        loop = asyncio.get_running_loop()
        pool = self._pool
        assert pool is not None, "`async with` comes first"
        try:
            data = await loop.run_in_executor(pool, speak, self._voice, text, language)
            put(file, data)
        except BrokenExecutor:
            if pool is self._pool:  # else another text has seen it already
                _log.error("the process that speaks has died; a new one is started")
                self._begin()
            return False
        except (NoVoice, NotSound, OSError) as error:
            _log.error("a text could not be spoken: %s", error if isinstance(error, NoVoice) else type(error).__name__)
            return False
        finally:
            del self._making[file]
        self._used[file] = loop.time()
        return True

    async def _tidy(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            for file in [file for file, used in self._used.items() if loop.time() - used > self._keep_s]:
                del self._used[file]
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)

    def _begin(self) -> None:
        self._end()
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._pool.submit(abs, 0)  # started before the first caller needs it

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def speak(voice: Voice, text: str, language: str) -> bytes:
    """Return `text` as a WAV file that Asterisk plays. Raises NoVoice or NotSound."""
    sound = trimmed(read_wav(voice.say(text, language)))
    return write_wav(levelled(resample(sound, RATES_HZ[ENDING])))
