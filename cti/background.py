"""How does work run beside the engine until it stops, and is missed when it ends too soon?"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine

import structlog

log = structlog.get_logger(__name__)


def background(stack: contextlib.AsyncExitStack, work: Coroutine[None, None, None]) -> None:
    """Run `work` until the stack unwinds; should it end before, say so."""

    async def watched() -> None:
        try:
            await work
        except Exception as error:
            log.error("a background task ended", task=getattr(work, "__qualname__", ""), error=type(error).__name__)

    task = asyncio.get_running_loop().create_task(watched())

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        work.close()  # ended before its first step, it would complain that it was never awaited

    stack.push_async_callback(end)
