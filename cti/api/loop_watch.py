"""How late does the event loop run what is due? One timer that measures itself; knows nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

INTERVAL_S = 0.25


class LoopWatch:
    """`lag_s()` is the newest lag in seconds, or how long the loop is standing still now; `observe` gets each one."""

    def __init__(
        self, observe: Callable[[float], None] = lambda _lag_s: None, *, interval_s: float = INTERVAL_S
    ) -> None:
        self._observe, self._interval_s = observe, interval_s
        self._lag_s = 0.0
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._plan()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def lag_s(self) -> float:
        if self._loop is None or self._due is None:
            return 0.0
        return max(self._lag_s, self._loop.time() - self._due)

    def _plan(self) -> None:
        assert self._loop is not None
        self._due = self._loop.time() + self._interval_s
        self._timer = self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        assert self._loop is not None and self._due is not None
        self._lag_s = max(0.0, self._loop.time() - self._due)
        self._observe(self._lag_s)
        self._plan()
