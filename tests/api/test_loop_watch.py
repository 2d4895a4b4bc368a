"""Does the watch tell a loop that is late from one that is not?"""

from __future__ import annotations

import asyncio
import time

import pytest

from cti.api.loop_watch import LoopWatch
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract


async def test_a_blocked_loop_is_seen_and_observed() -> None:
    seen: asyncio.Queue[float] = asyncio.Queue()
    watch = LoopWatch(seen.put_nowait, interval_s=0.01)
    assert watch.lag_s() == 0.0
    watch.start()
    time.sleep(0.2)  # noqa: ASYNC251 - blocking the loop is the point
    assert watch.lag_s() > 0.15  # while it still stands
    assert await asyncio.wait_for(seen.get(), PATIENCE_S) > 0.15
    watch.stop()


async def test_after_stop_nothing_is_observed() -> None:
    seen: list[float] = []
    watch = LoopWatch(seen.append, interval_s=0.001)
    watch.start()
    watch.stop()
    await asyncio.sleep(0.02)
    assert seen == []
