"""Does everybody who writes get his try at the end, at the same time, and is what was left told?"""

from __future__ import annotations

import asyncio
import threading

import pytest
from structlog.testing import capture_logs

from cti.closing import Closing

pytestmark = pytest.mark.unit

PATIENCE_S = 30.0


async def test_all_have_their_try_at_the_same_time_and_the_loop_turns_meanwhile() -> None:
    closing, together = Closing(PATIENCE_S), threading.Barrier(3)
    loop, turned = asyncio.get_running_loop(), threading.Event()

    def last_try(timeout_s: float) -> int:
        together.wait(timeout_s)
        loop.call_soon_threadsafe(turned.set)
        return 0 if turned.wait(timeout_s) else 1

    for name in ("history", "audit", "hooks"):
        closing.add(name, last_try)
    with capture_logs() as logged:
        await closing.close()
    assert logged == []


async def test_what_was_left_is_told_by_whom_and_how_much() -> None:
    closing = Closing(PATIENCE_S)
    closing.add("history", lambda _: 120)
    closing.add("audit", lambda _: 0)
    closing.add("hooks", lambda _: 1 // 0)
    with capture_logs() as logged:
        await closing.close()
    [line] = logged
    assert (line["event"], line["log_level"]) == ("not_written_at_the_end", "error")
    assert line["left"] == {"history": 120, "hooks": "ZeroDivisionError"}


async def test_one_that_hangs_costs_one_pause_and_nobody_else_his_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.closing.SPARE_S", 0.01)
    closing, never, written = Closing(0.01), threading.Event(), threading.Event()
    hung = threading.Event()

    def hangs(timeout_s: float) -> int:
        hung.set()
        return 0 if never.wait(PATIENCE_S) else 1

    def writes(timeout_s: float) -> int:
        written.set()
        return 0

    closing.add("history", hangs)
    closing.add("audit", writes)
    with capture_logs() as logged:
        await closing.close()
    assert hung.wait(PATIENCE_S) and written.wait(PATIENCE_S)
    assert not never.is_set() and "history" in logged[0]["left"]
    never.set()
