"""What does chaos tell of a wait that is long?"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from bench import chaos_run
from bench.chaos_run import Chaos

pytestmark = pytest.mark.unit


class Slow(Chaos):
    """All is well at the third look."""

    def __init__(self) -> None:
        super().__init__(cast(Any, None), cast(Any, None), 1)
        self.looks = 0

    async def look(self) -> list[str]:
        self.looks += 1
        return ["the engine does not answer"] if self.looks % 3 else []


def test_a_start_is_told_as_a_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(chaos_run, "TELL_S", -1.0)
    monkeypatch.setattr(chaos_run, "LOOK_S", 0.0)
    asyncio.run(Slow().well(60.0, "starting"))
    assert capsys.readouterr().err.splitlines() == ["    starting, after 0 s: the engine does not answer"] * 2
    asyncio.run(Slow().well(60.0))
    assert "    not well yet, after 0 s: the engine does not answer" in capsys.readouterr().err
