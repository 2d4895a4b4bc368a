"""How does a test of asyncio code live through hours in no time? A loop whose clock jumps to whatever comes next.

Nothing to come, and somebody waiting: that is a hang, and fails the test (Stuck).
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(AssertionError):
    """Everybody waits, and nothing will ever come."""


class _Jumping(selectors.BaseSelector):
    """Waits for nothing: where no socket is ready, the time asked for has passed."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if not ready:
            if timeout is None:
                raise Stuck("nothing will ever come")
            self.now += max(0.0, timeout)
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def live(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `story` to its end in virtual time, from second 0 on."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(story())


async def passes(seconds: float) -> None:
    """Let time pass."""
    over = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, over.set_result, None)
    await over
