"""What is answered while the store cannot be used? 503, in words that say so; the log hears of it once, not each time.

Calls go on meanwhile: what they write waits in memory. Who asks for what only the store knows has to ask again.
Knows a function that tells such an error from all others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import web

from cti.api.responses import problem

REASON = "store_away"
TEXT = "the store cannot be used now; calls go on: ask again in some seconds"
RETRY_AFTER_S = 5
QUIET_S = 60.0  # so long nobody was refused for it: the next time is another one

_log = structlog.get_logger(__name__)


class StoreAway:
    """One for all apps of an engine. `why` returns words where an error is the store's, "" of any other one.

    `refused` counts requests. `clock` gives seconds.
    """

    def __init__(self, why: Callable[[Exception], str], clock: Callable[[], float]) -> None:
        self.refused = 0
        self._why, self._clock = why, clock
        self._newest_at = float("-inf")

    def answer(self, error: Exception) -> web.Response | None:
        """Return what is said of `error`; None where it is not the store's."""
        why = self._why(error)
        if not why:
            return None
        now = self._clock()
        if now - self._newest_at >= QUIET_S:
            _log.error("the store cannot be used: requests that need it get 503", error=type(error).__name__, why=why)
        self._newest_at = now
        self.refused += 1
        return problem(503, REASON, TEXT, headers={"Retry-After": str(RETRY_AFTER_S)})

    def middleware(self) -> Any:
        """Return what goes around everything that asks the store."""

        @web.middleware
        async def told(request: web.Request, handler: Any) -> web.StreamResponse:
            try:
                response: web.StreamResponse = await handler(request)
            except web.HTTPException:
                raise
            except Exception as error:
                refusal = self.answer(error)
                if refusal is None:
                    raise
                return refusal
            return response

        return told
