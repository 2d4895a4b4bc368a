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
        """To its end, even where the asker has gone: what holds and what is stored must not part."""

        async def alone() -> T:
            async with self._one_at_a_time:
                return await work

        return await asyncio.shield(asyncio.ensure_future(alone()))
