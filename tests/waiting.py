"""How does a test wait for what goes on beside it? For a condition, with patience for a busy machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.005


async def until(true: Callable[[], T], what: str = "it", within_s: float = PATIENCE_S) -> T:
    """Return the first true value of `true`; AssertionError that says `what` was waited for and what was there."""
    end = time.monotonic() + within_s
    while not (value := true()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {within_s:g} s: {what}; last: {value!r}")
        await asyncio.sleep(LOOK_EVERY_S)
    return value
