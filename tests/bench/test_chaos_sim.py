"""What is told of virtual days on which everything breaks?"""

from __future__ import annotations

import json

import pytest

from bench.chaos_sim import main
from cti.sim.plans import KINDS

pytestmark = pytest.mark.unit


def test_faults_are_counted_and_a_short_run_says_how_long_it_would_take(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--days", "1", "--hours", "0.5", "--seconds", "0.01", "--workers", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["centres"] == 1
    assert told["faults"] == 2 * len(KINDS), "four times an hour, each"
    assert told["hours_for_all"] > 0
