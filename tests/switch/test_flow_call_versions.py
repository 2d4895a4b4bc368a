"""Does a caller in a flow stay in the version he began with, whatever comes into force meanwhile?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cti.ivr.book import FlowBook
from cti.model import commands, events
from cti.model.flow import Flow
from cti.model.words import CallId
from cti.switch.agi_codec import Reply
from cti.switch.flow_call import FlowCall
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import flow

pytestmark = pytest.mark.unit

MENU = "a: {{menu: {text}, keys: {{'1': b}}, on: {{failed: hangup}}}}\nb: {{play: {{file: {text}}}, then: hangup}}"
CALL = CallId("node1/1.1")


def version(text: str) -> Flow:
    return flow(MENU.format(text=text), name="main")


class Channel:
    """One caller: what was played to him, and the key that he presses when `press` is called."""

    def __init__(self, desk: FlowDesk) -> None:
        self.played: list[str] = []
        self.checkpoint = ""
        self.posted: list[events.AnyEvent] = []
        self._waits: asyncio.Future[Reply] | None = None
        self._call = FlowCall(lambda: CALL, self._submit, desk, self.posted.append, lambda: 1_800_000_000.0)

    def run(self, at: str = "", outcome: str = "") -> None:
        self._call.run(commands.RunFlow(CALL, "main", at=at, outcome=outcome, caller="", dialled="6001"))

    def press(self, key: str) -> None:
        assert self._waits is not None
        self._waits.set_result(Reply(200, ord(key)))

    def hangup(self) -> None:
        self._call.end()

    def _submit(self, *words: str, timeout_s: float | None = None) -> asyncio.Future[Reply]:
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        if words[0] == "WAIT":
            self._waits = future
            return future
        if words[:3] == ("SET", "VARIABLE", "CTI_FLOW"):
            self.checkpoint = words[3]
        if words[0] == "STREAM":
            self.played.append(words[2].rpartition("/")[2])
        future.set_result(Reply(200, 0))
        return future


async def until(true: Callable[[], Any]) -> None:
    for _ in range(100):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("it does not come")


async def test_a_new_version_is_for_new_calls() -> None:
    desk = FlowDesk(FlowBook({"main": version("one")}, 1))
    first, second = Channel(desk), Channel(desk)
    first.run()
    await until(lambda: desk.inside[1])
    desk.book = FlowBook({"main": version("two")}, 2)
    second.run()
    await until(lambda: desk.inside[2])
    assert (desk.inside[1], desk.calls) == (1, 2)
    for channel in (first, second):
        await until(lambda channel=channel: channel._waits)
        channel.press("1")
        await until(lambda channel=channel: channel.posted)
    assert (first.played[-1], second.played[-1]) == ("one", "two")
    await until(lambda: not desk.calls)
    assert +desk.inside == {}


async def test_a_caller_of_a_killed_engine_goes_on_with_his_version() -> None:
    old = FlowBook({"main": version("one")}, 1)
    before = Channel(FlowDesk(old))
    before.run()
    await until(lambda: before._waits)
    before.hangup()

    async def stored(number: int) -> FlowBook | None:
        await asyncio.sleep(0)
        return old if number == 1 else None

    for stored_book, heard in ((stored, "one"), (FlowDesk().stored_book, "two")):
        desk = FlowDesk(FlowBook({"main": version("two")}, 2), stored_book=stored_book)
        after = Channel(desk)
        after.run(at=before.checkpoint)
        await until(lambda: after._waits)  # noqa: B023
        after.press("1")
        await until(lambda: after.posted)  # noqa: B023
        assert after.played[-1] == heard


async def test_a_caller_who_hangs_up_while_his_version_is_fetched_leaves_nothing() -> None:
    asked = asyncio.Event()

    async def never(_number: int) -> FlowBook | None:
        asked.set()
        await asyncio.Event().wait()
        return None

    before = Channel(FlowDesk(FlowBook({"main": version("one")}, 1)))
    before.run()
    await until(lambda: before._waits)
    desk = FlowDesk(FlowBook({"main": version("two")}, 2), stored_book=never)
    after = Channel(desk)
    after.run(at=before.checkpoint)
    await asked.wait()
    after.hangup()
    before.hangup()
    await until(lambda: not desk.calls)
    assert (+desk.inside, after.played) == ({}, [])
