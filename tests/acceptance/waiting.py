"""How does a test wait? For a condition, with a deadline; never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from tests.waiting import PATIENCE_S

__all__ = ["PATIENCE_S", "until"]

T = TypeVar("T")

POLL_S = 0.03


def until(condition: Callable[[], T], what: str, timeout_s: float = PATIENCE_S) -> T:
    """The first true value of `condition`; AssertionError that says `what` was waited for and what was there."""
    end = time.monotonic() + timeout_s
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout_s:g} s: {what}; last: {value!r}")
        time.sleep(POLL_S)
    return value
