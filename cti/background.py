"""How does work run beside the engine, on the loop or in a thread, so that no stop waits for it?"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

import structlog

AGAIN_S = 5.0

log = structlog.get_logger(__name__)

T = TypeVar("T")
P = ParamSpec("P")


def in_thread_of_its_own(work: Callable[[], T], unwanted: Callable[[T], object] | None = None) -> asyncio.Future[T]:
    """Return what `work` returns or raises. For work that may never end: no stop waits for its thread.

    `unwanted` gets, in a thread, what came when nobody waited for it any more: to close it.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if found.done():
            if unwanted is not None and error is None:
                threading.Thread(target=unwanted, args=(result,), name="cti-unwanted", daemon=True).start()
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


class Background:
    """Work on the loop, kept up until `stack` unwinds. `errors`: how often some of it broke off, and began again."""

    def __init__(self, stack: contextlib.AsyncExitStack) -> None:
        self.errors = 0
        self._stack = stack

    def keep(self, work: Callable[P, Coroutine[None, None, None]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run `work(*args)` until it returns. A bug in it costs a pause, and not the work for good."""

        async def kept() -> None:
            while True:
                try:
                    return await work(*args, **kwargs)
                except Exception as error:
                    self.errors += 1
                    what, bug = work.__qualname__, type(error).__name__
                    log.error("background work broke off, and begins again", work=what, error=bug, after_s=AGAIN_S)
                await asyncio.sleep(AGAIN_S)

        task = asyncio.get_running_loop().create_task(kept(), name=work.__qualname__)

        async def end() -> None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

        self._stack.push_async_callback(end)


async def is_done_within(work: Future[None], seconds: float) -> bool:
    """Wait for what a thread does; False where it took longer, or failed."""
    waits = asyncio.wrap_future(work)
    await asyncio.wait([waits], timeout=seconds)
    if waits.done():
        return waits.exception() is None
    waits.cancel()
    return False
