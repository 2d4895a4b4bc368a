"""How is the configuration read where its mount may hang? In a thread of its own, one at a time, and not for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cti.background import in_thread_of_its_own
from cti.config import settings as config

READ_LIMIT_S = 45.0


class FileReading:
    """Reads a file again and again; for one asker at a time."""

    def __init__(self) -> None:
        self._reading: asyncio.Future[config.Reading] | None = None

    async def read(self, path: Path) -> config.Reading | None:
        """What the file says; None where it has been silent for too long. No second one is begun before it speaks."""
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=READ_LIMIT_S)
        if self._reading is None or self._reading.done():
            self._reading = in_thread_of_its_own(lambda: config.read(path))
            await asyncio.wait([self._reading], timeout=READ_LIMIT_S)
        if not self._reading.done():
            return None
        reading, self._reading = self._reading, None
        return reading.result()
