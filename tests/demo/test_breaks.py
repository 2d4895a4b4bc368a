"""Agents leave their desks one at a time, and everybody comes back, also whom the engine sent on a break."""

from __future__ import annotations

import random

import pytest

from cti.demo.breaks import AWAY_S, PAUSE, PAUSE_EVERY_S, UNPAUSE, Breaks, Errand

from .pictures import agent

pytestmark = pytest.mark.unit


def test_an_idle_agent_goes_and_comes_back() -> None:
    breaks = Breaks(random.Random(1))
    rows = [agent("anna"), agent("ben", activity="talking")]
    assert breaks.due(0.0, rows) == []
    assert breaks.due(PAUSE_EVERY_S[1], rows) == [Errand("anna", "1001", PAUSE)]
    rows[0]["status"] = "on_break"
    assert breaks.due(PAUSE_EVERY_S[1] + 1, rows) == []
    assert breaks.due(PAUSE_EVERY_S[1] + 1 + AWAY_S[1], rows) == [Errand("anna", "1001", UNPAUSE)]


def test_a_call_that_failed_is_made_again_and_not_at_once() -> None:
    breaks = Breaks(random.Random(1))
    rows = [agent("anna", status="on_break", reason="missed")]
    assert breaks.due(0.0, rows) == []
    assert [errand.code for errand in breaks.due(AWAY_S[1], rows)] == [UNPAUSE]
    assert breaks.due(AWAY_S[1] + 1, rows) == []
    assert [errand.code for errand in breaks.due(AWAY_S[1] + AWAY_S[0], rows)] == [UNPAUSE]


def test_nobody_leaves_while_another_is_away() -> None:
    breaks = Breaks(random.Random(1))
    rows = [agent("anna"), agent("ben", status="on_break")]
    breaks.due(0.0, rows)
    assert all(errand.code == UNPAUSE for errand in breaks.due(PAUSE_EVERY_S[1], rows))
