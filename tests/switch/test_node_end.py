"""Is an orderly end of the engine no alarm in its log?"""

from __future__ import annotations

import pytest

from cti.switch.ami import LinkState
from tests.switch.test_node import Bench

pytestmark = pytest.mark.unit


async def test_an_orderly_end_is_no_node_that_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    await bench.link.becomes(LinkState.UP)
    await bench.link.lists_channels()
    assert bench.node.live
    await bench.node.close()
    await bench.link.becomes(LinkState.CLOSED, "closed by us")
    assert bench.log.told("warning") == []
