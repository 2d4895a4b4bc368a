"""Is work beside the engine ended with it, and told when it ends too soon?"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from itertools import pairwise

import pytest
import structlog

from cti import background
from cti.background import Background, in_thread_of_its_own
from tests.virtual_time import live, passes

pytestmark = pytest.mark.unit


async def test_it_ends_with_the_stack() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with contextlib.AsyncExitStack() as stack:
        Background(stack).keep(work)
        await asyncio.sleep(0)
        assert not ended.is_set()
    assert ended.is_set()


async def test_what_is_ended_before_it_began_never_begins() -> None:
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)

    async with contextlib.AsyncExitStack() as stack:
        Background(stack).keep(work, 1)
    assert not begun


def test_what_breaks_off_is_told_and_counted_and_begins_again_until_it_is_done() -> None:
    begun: list[float] = []

    async def work() -> None:
        begun.append(asyncio.get_running_loop().time())
        if len(begun) < 3:
            raise ValueError("secret")

    async def story() -> int:
        async with contextlib.AsyncExitStack() as stack:
            kept = Background(stack)
            kept.keep(work)
            await passes(10 * background.AGAIN_S)
        return kept.errors

    with structlog.testing.capture_logs() as lines:
        assert live(story) == 2
    assert [b - a for a, b in pairwise(begun)] == [background.AGAIN_S] * 2
    assert [line["error"] for line in lines] == ["ValueError"] * 2 and "secret" not in str(lines)


async def test_a_thread_of_its_own_returns_and_raises() -> None:
    assert await in_thread_of_its_own(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await in_thread_of_its_own(lambda: 1 // 0)


def test_no_stop_waits_for_a_thread_of_its_own() -> None:
    never = threading.Event()

    async def stopped() -> None:
        in_thread_of_its_own(lambda: never.wait(30))

    asyncio.run(stopped())
    assert not never.is_set()
    never.set()
