"""How does work run beside the engine, on the loop or in a thread, so that no stop waits for it?"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)


T = TypeVar("T")


def in_thread_of_its_own(work: Callable[[], T]) -> asyncio.Future[T]:
    """Return what `work` returns or raises. For work that may never end: no stop waits for its thread."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if found.done():
            return
        if error is not None:
            found.set_exception(error)
        else:
            found.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failed = None, None
        try:
            result = work()
        except BaseException as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, result, failed)

    threading.Thread(target=run, name="cti-alone", daemon=True).start()
    return found


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
