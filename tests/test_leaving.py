"""Does an engine that is drained end when nobody is inside any more, or when a standby is there?"""

from __future__ import annotations

import asyncio
import threading

import pytest

from cti import leaving as module
from cti.leaving import Leaving
from cti.model.changes import Refused
from cti.model.words import RefusedReason

pytestmark = pytest.mark.contract


class Engine:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "LOOK_S", 0.0)
        self.standbys, self.inside, self.closed = 0, 2, 0
        self.leaving = Leaving(lambda: self.standbys, lambda: self.inside, self.close)

    def joined(self) -> Leaving:
        return Leaving(lambda: self.standbys, lambda: self.inside, self.close, is_joined=True)

    def close(self) -> None:
        self.closed += 1


async def test_alone_it_ends_when_nobody_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    assert await engine.leaving.drain() == {"drain": "empties", "inside": 2}
    assert await engine.leaving.drain() == {"drain": "empties", "inside": 2}, "asked twice"
    for _ in range(20):
        await asyncio.sleep(0)
    assert engine.closed == 1 and not engine.leaving.over.is_set()
    engine.inside = 0
    await asyncio.wait_for(engine.leaving.over.wait(), 30)


async def test_a_standby_takes_over_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    engine.standbys = 1
    assert await engine.leaving.drain() == {"drain": "handed_over", "inside": 2}
    await asyncio.wait_for(engine.leaving.over.wait(), 30)
    assert engine.closed == 0


async def test_a_standby_that_comes_later_takes_over_asked_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    assert await engine.leaving.drain() == {"drain": "empties", "inside": 2}
    engine.standbys = 1
    await asyncio.wait_for(engine.leaving.over.wait(), 30)
    assert engine.inside == 2 and await engine.leaving.drain() == {"drain": "handed_over", "inside": 2}


async def test_to_nobody_is_handed_over_what_the_store_does_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    engine.standbys = 1
    leaving = engine.joined()
    leaving.store_trouble = lambda: "database or disk is full"
    refused = await leaving.drain()
    assert isinstance(refused, Refused) and refused.reason is RefusedReason.NOBODY_STANDS_BY
    assert "database or disk is full" in refused.detail and not leaving.over.is_set()
    assert await leaving.drain(alone=True) == {"drain": "handed_over", "inside": 2}


async def test_a_store_that_hangs_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, goes_on = Engine(monkeypatch), threading.Event()
    monkeypatch.setattr(module, "STORE_S", 0.01)
    engine.standbys = 1
    leaving = engine.joined()
    leaving.store_trouble = lambda: "" if goes_on.wait(30) else "never"
    try:
        assert isinstance(await leaving.drain(), Refused)
    finally:
        goes_on.set()


async def test_joined_and_without_a_standby_it_goes_only_if_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    leaving = engine.joined()
    refused = await leaving.drain()
    assert isinstance(refused, Refused) and refused.reason is RefusedReason.NOBODY_STANDS_BY
    assert engine.closed == 0 and not leaving.over.is_set(), "nothing has happened"
    assert await leaving.drain(alone=True) == {"drain": "empties", "inside": 2}
    assert await leaving.drain() == {"drain": "empties", "inside": 2}, "who asks again hears how many are left"
    engine.standbys = 1
    assert await leaving.drain() == {"drain": "handed_over", "inside": 2}
