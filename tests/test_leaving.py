"""Does an engine that is drained end when nobody is inside any more, or when a standby is there?"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cti import leaving
from cti.leaving import Leaving
from tests.running import Running

pytestmark = pytest.mark.contract


class Engine:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(leaving, "LOOK_S", 0.0)
        self.standbys, self.inside, self.closed = 0, 2, 0
        self.leaving = Leaving(lambda: self.standbys, lambda: self.inside, self.close)

    def close(self) -> None:
        self.closed += 1


async def test_alone_it_ends_when_nobody_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    assert engine.leaving.drain() == {"drain": "empties", "inside": 2}
    assert engine.leaving.drain() == {"drain": "empties", "inside": 2}, "asked twice"
    for _ in range(20):
        await asyncio.sleep(0)
    assert engine.closed == 1 and not engine.leaving.over.is_set()
    engine.inside = 0
    await asyncio.wait_for(engine.leaving.over.wait(), 30)


async def test_a_standby_takes_over_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(monkeypatch)
    engine.standbys = 1
    assert engine.leaving.drain() == {"drain": "handed_over", "inside": 2}
    await asyncio.wait_for(engine.leaving.over.wait(), 30)
    assert engine.closed == 0


async def test_an_engine_that_is_asked_takes_nothing_new_and_calls_nobody(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.write({
        "queues": {"sales": {}},
        "agents": {"anna": {"phone": "PJSIP/1001", "queues": ["sales"]}},
        "entries": {"6001": {"queue": "sales"}},
    })  # fmt: skip
    async with running.start():
        status, found = await running.ask("POST", "/v1/drain", {"by": "tests"})
        assert (status, found) == (200, {"ok": True, "drain": "empties", "inside": 0})
        assert not running.app.switch.takes_new and not running.app.outbound.ledger.is_open
        await asyncio.wait_for(running.app.leaving.over.wait(), 30)
        _, told = await running.ask("GET", "/v1/audit?limit=5")
        assert [(row["what"], row["by"]) for row in told["audit"]] == [("drain", "tests")]
