"""Does an engine that is asked to go take nothing new, and end?"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.running import Running

pytestmark = pytest.mark.contract


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
        door = running.app.view.door()
        assert (door["closed"], door["turned_away"]) == ("drained", {}) and door["since"], "boards and metrics say it"
        assert any("drained" in why for why in running.app._not_ready()), "and so does /readyz"
        assert running.app.engine.center._floor.leaving, "and the core begins nothing"
        await asyncio.wait_for(running.app.leaving.over.wait(), 30)
        _, told = await running.ask("GET", "/v1/audit?limit=5")
        assert [(row["what"], row["by"]) for row in told["audit"]] == [("drain", "tests")]
