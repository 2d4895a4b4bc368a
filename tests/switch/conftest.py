"""What tests of the switch stand on: a bench whose nodes and desk are doubles, begun and ended."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.switch.a_switch import Bench


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    made = Bench(monkeypatch)
    await made.begin()
    yield made
    await made.end()
