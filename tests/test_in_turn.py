"""Are wishes carried out one after the other, also where the asker goes away?"""

from __future__ import annotations

import asyncio

import pytest

from cti.in_turn import InTurn

pytestmark = pytest.mark.unit


async def test_one_after_the_other_to_the_end() -> None:
    in_turn, told = InTurn(), []

    async def wish(name: str) -> str:
        told.append(f"{name} begins")
        await asyncio.sleep(0)
        told.append(f"{name} ends")
        return name

    first = asyncio.ensure_future(in_turn(wish("one")))
    await asyncio.sleep(0)
    first.cancel()
    assert await in_turn(wish("two")) == "two"
    assert told == ["one begins", "one ends", "two begins", "two ends"]
