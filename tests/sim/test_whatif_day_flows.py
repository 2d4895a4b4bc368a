"""A simulated day knows nothing of what callers do in flows: those who wait are offered none."""

from __future__ import annotations

import pytest

from cti.model.policy import Exit, LongWait, WhileWaiting
from cti.sim.whatif_day import _without_offers
from tests.kit import Queue

pytestmark = pytest.mark.unit


def test_nobody_is_offered_a_flow() -> None:
    elsewhere = LongWait(over_s=60, to=Exit(queue="rest"))
    queue = Queue(while_waiting=WhileWaiting(flow="callback"), on_long_wait=elsewhere)
    assert _without_offers(queue) == Queue(on_long_wait=elsewhere)
    into_flow = Queue(on_long_wait=LongWait(over_s=60, to=Exit(flow="callback", keep_place=True)))
    assert _without_offers(into_flow) == Queue()
