"""Does the benchmark of reloads still know how a configuration is taken over, and print the figures it promises?"""

from __future__ import annotations

import json

import pytest

from bench import reload
from cti import machine

pytestmark = pytest.mark.contract

KEYS = {"quiet", "targets_of_all_queues", "phones_of_a_tenth", "nothing", "one_joins"}


def test_the_last_line_holds_the_figures(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "QUIET_S", 0.01)
    monkeypatch.setattr(machine, "make_pauses_rare", lambda: None)  # of the tests' own process
    assert reload.main(["--agents", "30", "--waiting", "5"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(found) == KEYS
    assert all(set(row) == {"whole_ms", "worst_pause_ms", "p99_pause_ms"} for row in found.values())
