"""How do all who write into the store end? At the same time, beside the loop, and what they leave is told.

A store that hangs costs one pause then, however many they are; nobody's rows are lost without a word; and the loop goes
on telling the lease and systemd that it lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import structlog

from cti.background import in_thread_of_its_own

WITHIN_S = 8.0  # half of CTI_RETRY_S: so long callers may be without an engine before the dialplan gives us up
SPARE_S = 0.5  # for who ends in time, and has to say so

Close = Callable[[float], int]
"""Write what waits, at most so many seconds; how much was not written. Blocks."""

log = structlog.get_logger(__name__)


class Closing:
    """Whoever is added here is closed with all others by `close`."""

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._closes: dict[str, Close] = {}

    def add(self, what: str, close: Close) -> None:
        """`what` names it in the log."""
        assert what not in self._closes, what
        self._closes[what] = close

    @property
    def names(self) -> frozenset[str]:
        """Who is closed here."""
        return frozenset(self._closes)

    async def close(self) -> None:
        """Let everybody write what he has left, and tell what was not written in time. Never raises."""
        ends = {what: in_thread_of_its_own(partial(close, self._within_s)) for what, close in self._closes.items()}
        if ends:
            await asyncio.wait(ends.values(), timeout=self._within_s + SPARE_S)
        left = {what: found for what, end in ends.items() if (found := _left(end))}
        if left:
            log.error("not_written_at_the_end", left=left)


def _left(end: asyncio.Future[int]) -> int | str:
    if not end.done():
        end.cancel()
        return "hangs"
    error = end.exception()
    return end.result() if error is None else type(error).__name__
