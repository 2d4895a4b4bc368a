"""Is work beside the engine ended with it, and told when it ends too soon?"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading

import pytest
import structlog

from cti.background import background, in_thread_of_its_own

pytestmark = pytest.mark.unit


async def test_it_ends_with_the_stack() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with contextlib.AsyncExitStack() as stack:
        background(stack, work())
        await asyncio.sleep(0)
        assert not ended.is_set()
    assert ended.is_set()


async def test_what_is_ended_before_it_began_leaves_nothing_behind() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    never_begun = work()
    async with contextlib.AsyncExitStack() as stack:
        background(stack, never_begun)
    assert inspect.getcoroutinestate(never_begun) == inspect.CORO_CLOSED


async def test_a_failure_is_told_and_costs_nothing_else() -> None:
    async def work() -> None:
        raise ValueError("secret")

    with structlog.testing.capture_logs() as lines:
        async with contextlib.AsyncExitStack() as stack:
            background(stack, work())
            await asyncio.sleep(0)
    assert [line["error"] for line in lines] == ["ValueError"] and "secret" not in str(lines)


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
