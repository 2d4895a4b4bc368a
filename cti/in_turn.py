"""How are wishes of people carried out one after the other, each to its end? For what takes a thread and a database."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class InTurn:
    """Call it with a coroutine; it answers when that is through."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        """Once begun, to its end, even where the asker has gone: what holds and what is stored must not part.

        Who goes before it has begun takes it back.
        """
        begun = False

        async def alone() -> T:
            nonlocal begun
            async with self._one_at_a_time:
                begun = True
                return await work

        task = asyncio.ensure_future(alone())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not begun:
                task.cancel()
                work.close()
            raise
