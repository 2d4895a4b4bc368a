"""How does a benchmark wait for what goes on beside it? For a condition, so long and no longer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

LOOK_S = 0.02


async def until(condition: Callable[[], object], patience_s: float, look_s: float = LOOK_S) -> bool:
    """Wait for a condition; False if it did not come true in time."""
    give_up = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > give_up:
            return False
        await asyncio.sleep(look_s)
    return True


async def must(condition: Callable[[], object], patience_s: float, look_s: float = LOOK_S) -> None:
    """The same where nothing can go on without it. Raises TimeoutError."""
    if not await until(condition, patience_s, look_s):
        raise TimeoutError(f"not within {patience_s:g} s")


async def until_asked(condition: Callable[[], object], patience_s: float, look_s: float = LOOK_S) -> bool:
    """The same of a condition that asks another process: in a thread, since the loop is not to stand still for it."""
    give_up = time.monotonic() + patience_s
    while not await asyncio.to_thread(condition):
        if time.monotonic() > give_up:
            return False
        await asyncio.sleep(look_s)
    return True
